import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type ProblemCode, problem, WeirError } from '../contract/problems.ts';
import { lockFolder } from './lock.ts';
import { answerSavepoints, askForSavepoint } from './savepoint-requests.ts';

describe('a savepoint that another process asks for', () => {
  let folder = '';
  let release = async (): Promise<void> => {};
  let stop = (): void => {};
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-savepoint-requests-'));
    release = await lockFolder(folder);
  });
  afterEach(async () => {
    stop();
    stop = () => {};
    await release();
    await rm(folder, { recursive: true, force: true });
  });

  const refused = (code: ProblemCode, says: RegExp, work: Promise<void>): Promise<void> =>
    assert.rejects(work, (error) => {
      assert.ok(error instanceof WeirError, String(error));
      assert.equal(error.problem.code, code);
      assert.match(error.problem.message, says);
      return true;
    });
  const left = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name !== 'lock');

  test('is taken under its name, and nothing of the question stays', async () => {
    const asked: string[] = [];
    stop = answerSavepoints(folder, async (name) => void asked.push(name));
    await Promise.all([askForSavepoint(folder, 'a', 10_000), askForSavepoint(folder, 'b', 10_000)]);
    assert.deepEqual(asked.sort(), ['a', 'b']);
    assert.deepEqual(await left(), []);
  });

  test('why it failed comes back', async () => {
    stop = answerSavepoints(folder, () => {
      throw new WeirError(problem('K-NAME', { path: [], message: 'There is one.' }));
    });
    await refused('K-NAME', /There is one/, askForSavepoint(folder, 'a', 10_000));
    stop();
    stop = answerSavepoints(folder, () => Promise.reject(new Error('no room')));
    await refused('K-NONE', /no room/, askForSavepoint(folder, 'a', 10_000));
  });

  test('where the run does not look, it is given up after a while', async () => {
    await refused('K-NONE', /did not answer in 0\.2 s/, askForSavepoint(folder, 'a', 200));
    assert.deepEqual(await left(), []);
  });

  test('where nobody holds the folder, it is refused at once; so is a name that cannot be', async () => {
    await refused('K-NAME', /cannot have this name/, askForSavepoint(folder, 'latest', 10_000));
    await release();
    await refused('K-NONE', /No run holds/, askForSavepoint(folder, 'a', 10_000));
  });

  test('whoever asked and died gets none', async () => {
    const asked: string[] = [];
    const ask = 'savepoint-00000000-0000-0000-0000-000000000000.ask';
    await writeFile(join(folder, ask), JSON.stringify({ name: 'ghost', pid: 2 ** 22 + 1, started: '1' }));
    stop = answerSavepoints(folder, async (name) => void asked.push(name));
    await askForSavepoint(folder, 'living', 10_000);
    assert.deepEqual(asked, ['living']);
    assert.deepEqual(await left(), []);
  });
});
