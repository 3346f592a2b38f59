import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WeirError } from '../../contract/problems.ts';
import { MemoryFiles } from '../../files/memory.ts';
import { random } from '../../runtime/random.ts';
import { Journal } from './journal.ts';

const FOLDER = '/state/journal';
const body = (text: string) =>
  ({ bytes: Buffer.from(text), format: 'json', rows: 1, at: text.length }) as const;

function open(files: MemoryFiles, from: number | null = null, warnings: string[] = []): Promise<Journal> {
  return Journal.open({ files, folder: FOLDER, nodeId: 'n', warn: (text) => warnings.push(text) }, from);
}

async function texts(journal: Journal, from = journal.start): Promise<string[]> {
  const found: string[] = [];
  for await (const entries of journal.read(from))
    for (const { bytes } of entries) found.push(Buffer.from(bytes).toString());
  return found;
}

const only = (files: MemoryFiles): string => `${FOLDER}/${files.names(FOLDER)[0]}`;
const fails = (code: string) => (error: unknown) => error instanceof WeirError && error.problem.code === code;

describe('journal of accepted events', () => {
  it('gives back what was kept, from any of its places', async () => {
    const files = new MemoryFiles();
    const journal = await open(files);
    const places: { offset: number; next: number }[] = [];
    const all = Array.from({ length: 20 }, (_, i) => `body ${i}`);
    await Promise.all(all.slice(0, 12).map((text) => journal.append(body(text), (p) => places.push(p))));
    for (const text of all.slice(12)) await journal.append(body(text), (p) => places.push(p));
    await journal.close();
    const again = await open(files);
    assert.deepEqual(await texts(again), all);
    for (const [i, { offset, next }] of places.entries()) {
      assert.deepEqual(await texts(again, offset), all.slice(i));
      assert.equal(next, places[i + 1]?.offset ?? again.end);
    }
    assert.deepEqual(await texts(again, again.end), []);
    await assert.rejects(texts(again, (places[3]?.offset ?? 0) + 1), fails('R-NODE'));
    await assert.rejects(open(files, again.end + 1), fails('R-NODE'));
    for await (const entries of again.read(0))
      for (const { at, bytes } of entries) assert.equal(at, bytes.length);
  });

  it('writes what waits together, and syncs once for all of it', async () => {
    const files = new MemoryFiles();
    const journal = await open(files);
    let done = 0;
    await Promise.all(Array.from({ length: 100 }, () => journal.append(body('x'), () => done++)));
    assert.equal(done, 100);
    // The first finds nobody waiting; the others come while it is written.
    assert.equal(files.calls.get('sync'), 2);
    assert.equal(files.calls.get('write'), 2);
    assert.equal((await texts(journal)).length, 100);
  });

  for (const how of ['kill', 'power', 'full'] as const) {
    it(`keeps all that it said it kept, in order, when it fails at any operation (${how})`, async () => {
      for (let at = 1; at < 60; at++) {
        const files = new MemoryFiles();
        const { next } = random(at);
        const kept: string[] = [];
        for (const [life, fault] of [at, 1 + Math.floor(next() * 12), null].entries()) {
          let count = 0;
          let isDead = false;
          files.torn = (bytes) => Math.floor(next() * (bytes + 1));
          files.before = () => {
            if (!isDead && ++count !== fault) return;
            isDead ||= how !== 'full';
            throw Object.assign(new Error('full'), { code: 'ENOSPC' });
          };
          const asked: Promise<unknown>[] = [];
          const journal = await open(files).catch(() => null);
          for (let round = 0; journal !== null && round < 6; round++) {
            for (let k = 0; k < 1 + (round % 3); k++) {
              const text = `${life}/${round}/${k} ${'x'.repeat(Math.floor(next() * 40))}`;
              asked.push(journal.append(body(text), () => kept.push(text)).catch(() => {}));
            }
            if (next() < 0.7) await Promise.all(asked);
          }
          await Promise.all(asked);
          files.before = () => {};
          if (how === 'power') files.cutPower(next);
        }
        const found = await texts(await open(files));
        assert.deepEqual(
          found.filter((text) => kept.includes(text)),
          kept,
          `operation ${at}`,
        );
        assert.ok(kept.length > 6);
        assert.equal(new Set(found).size, found.length);
        if (how === 'full') assert.deepEqual(found, kept, 'what was refused is not there');
      }
    });
  }

  it('ignores a torn end at any byte, and goes on behind what is whole', async () => {
    const files = new MemoryFiles();
    const journal = await open(files);
    await journal.append(body('first'), () => {});
    const whole = journal.end;
    await journal.append(body('second'), () => {});
    const bytes = files.bytes(only(files));
    for (let length = whole; length < bytes.length; length++) {
      const torn = new MemoryFiles();
      torn.put(only(files), bytes.subarray(0, length));
      const warnings: string[] = [];
      const again = await open(torn, null, warnings);
      assert.equal(again.end, whole);
      assert.equal(warnings.length, length === whole ? 0 : 1);
      await again.append(body('third'), () => {});
      assert.deepEqual(await texts(await open(torn)), ['first', 'third']);
    }
  });

  it('refuses a journal that was damaged before its end', async () => {
    const files = new MemoryFiles();
    const journal = await open(files);
    for (const text of ['first', 'second', 'third']) await journal.append(body(text), () => {});
    const bytes = files.bytes(only(files));
    const second = bytes.indexOf('second');
    for (let at = 0; at < second + 6; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      const damaged = new MemoryFiles();
      damaged.put(only(files), flipped);
      await assert.rejects(open(damaged), fails('C-FORMAT'), `byte ${at}`);
    }
  });

  it('is cut by whole segments, never into what is asked for', async () => {
    const files = new MemoryFiles();
    const journal = await open(files);
    const large = 'x'.repeat(1_500_000);
    const places: number[] = [];
    for (let i = 0; i < 9; i++) await journal.append(body(`${i}${large}`), (p) => places.push(p.offset));
    assert.equal(files.names(FOLDER).length, 3);
    const place = places[4] ?? 0;
    await journal.cut(place);
    assert.equal(files.names(FOLDER).length, 2);
    assert.ok(journal.start <= place && journal.start > 0);
    await journal.close();
    const again = await open(files, place);
    const first = (await texts(again, place)).map((text) => text[0]);
    assert.deepEqual(first, ['4', '5', '6', '7', '8']);
    await assert.rejects(open(files, 0), fails('R-NODE'));
    await again.cut(again.end);
    assert.equal(files.names(FOLDER).length, 1);
  });

  it('begins where the checkpoint stood when its folder is new, and says so', async () => {
    const warnings: string[] = [];
    const journal = await open(new MemoryFiles(), 500, warnings);
    assert.match(warnings.join(), /do not come again/);
    await journal.append(body('x'), ({ offset }) => assert.equal(offset, 500));
  });

  it('keeps nothing more when nobody knows what a sync did', async () => {
    const files = new MemoryFiles();
    const journal = await open(files);
    await journal.append(body('kept'), () => {});
    files.before = (operation) => {
      if (operation === 'sync') throw new Error('EIO');
    };
    await assert.rejects(journal.append(body('who knows'), () => assert.fail()));
    files.before = () => {};
    await assert.rejects(journal.append(body('more'), () => assert.fail()));
    assert.match(String(journal.failure), /EIO/);
  });
});
