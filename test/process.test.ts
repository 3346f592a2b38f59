import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runTestProcess } from './process.ts';

/** What the test entry makes of a test file, good or bad: nothing may get lost, and nothing may count twice. */

interface Case {
  readonly title: string;
  readonly source: string;
  /** [passed, failed, skipped] */
  readonly tally: readonly [number, number, number];
  /** What must be printed. */
  readonly prints?: readonly RegExp[];
  readonly timeoutsMs?: { readonly hangTimeoutMs?: number; readonly exitTimeoutMs?: number };
}

const CASES: readonly Case[] = [
  {
    title: 'suites do not count',
    source: `describe('outer', () => { describe('inner', () => { test('a', () => {}); test('b', () => {}); }); });`,
    tally: [2, 0, 0],
  },
  {
    title: 'a failure names suite, test, line and error, once',
    source: `\ndescribe('outer', () => { test('ok', () => {});\ntest('bad', () => assert.equal(1, 2)); });`,
    tally: [1, 1, 0],
    prints: [/FAILED: outer › bad {2}\(.*one\.test\.mjs:4\)/, /1 !== 2/],
  },
  {
    title: 'a failing subtest counts once',
    source: `test('outer', async (t) => { await t.test('inner', () => { throw new Error('no'); }); });`,
    tally: [0, 1, 0],
    prints: [/FAILED: outer › inner/, /Error: no/],
  },
  {
    title: 'a skip prints its reason',
    source: `test('slow', { skip: 'needs a broker' }, () => {}); describe.skip('later', () => { test('x', () => {}); });
             test('inside', (t) => t.skip('no GPU'));`,
    tally: [0, 0, 3],
    prints: [
      /skipped: slow .*: needs a broker/,
      /skipped: later .*: no reason given/,
      /skipped: inside .*: no GPU/,
    ],
  },
  {
    title: 'a todo counts as skipped, even if it fails',
    source: `test.todo('one'); test('two', { todo: 'when joins exist' }, () => { throw new Error('no'); });`,
    tally: [0, 0, 2],
    prints: [/skipped: two .*: when joins exist/],
  },
  {
    title: 'a hook that fails is a failure',
    source: `describe('s', () => { before(() => { throw new Error('no broker'); }); test('a', () => {}); });`,
    tally: [0, 1, 0],
    prints: [/no broker/],
  },
  {
    title: 'a file that does not load is a failure',
    source: `test('a', () => {}); import './missing.mjs';`,
    tally: [0, 1, 0],
    prints: [/missing\.mjs/],
  },
  {
    title: 'an error while a file loads is a failure',
    source: `test('a', () => {}); throw new Error('at the top');`,
    tally: [1, 1, 0],
    prints: [/at the top/],
  },
  {
    title: 'process.exit in a test is a failure',
    source: `test('a', () => {}); test('quits', () => process.exit(0));`,
    tally: [1, 1, 0],
    prints: [/quits/],
  },
  {
    title: 'a crash is a failure, and what passed before counts',
    source: `test('a', () => {}); test('crashes', () => process.kill(process.pid, 'SIGKILL'));`,
    tally: [1, 1, 0],
    prints: [/ended by SIGKILL before its tests did, in: crashes/],
  },
  {
    title: 'a rejection that nobody handles is a failure',
    source: `test('a', async () => { void Promise.reject(new Error('lost')); await new Promise((r) => setTimeout(r, 20)); });`,
    tally: [0, 1, 0],
    prints: [/lost/],
  },
  {
    title: 'a promise that never settles is a failure',
    source: `test('a', () => {}); test('waits', () => new Promise(() => {}));`,
    tally: [1, 1, 0],
    prints: [/waits/],
  },
  {
    title: 'a loop without end is killed',
    source: `test('spins', () => { for (;;); });`,
    tally: [0, 1, 0],
    prints: [/made no progress for 1000 ms and was killed, in: spins/],
    timeoutsMs: { hangTimeoutMs: 1000 },
  },
  {
    title: 'a process that does not end is a failure',
    source: `test('a', () => { setInterval(() => {}, 1000); });`,
    tally: [1, 1, 0],
    prints: [/did not end within 300 ms of its last test/],
    timeoutsMs: { exitTimeoutMs: 300 },
  },
];

describe('a test process', { concurrency: 2 }, () => {
  for (const { title, source, tally, prints = [], timeoutsMs } of CASES) {
    test(title, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'weir-tests-'));
      const file = join(folder, 'one.test.mjs');
      await writeFile(
        file,
        `import assert from 'node:assert/strict'; import { before, describe, test } from 'node:test'; assert; before; describe;
        ${source}\n`,
      );
      const output: string[] = [];
      const print = (text: string) => output.push(text);
      const found = await runTestProcess({
        label: 'inner',
        files: [file],
        testTimeoutMs: 1000,
        print,
        ...timeoutsMs,
      });
      await rm(folder, { recursive: true });
      const text = output.join('\n');
      assert.deepEqual([found.passed, found.failed, found.skipped], tally, text);
      for (const pattern of prints) assert.match(text, pattern);
    });
  }
});
