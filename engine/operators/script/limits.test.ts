/** Scripts that want to do harm: each ends its own node, with a reason, and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GraphDocument } from '../../contract/document.ts';
import type { RunSummary } from '../../contract/link.ts';
import { type Problem, WeirError } from '../../contract/problems.ts';
import { checkGraph } from '../../plan/check.ts';
import { VirtualClock } from '../../runtime/clock.ts';
import { runLocally } from '../../runtime/local.ts';
import { startRun } from '../../runtime/run.ts';
import { loadQuickJs, Sandbox } from './sandbox.ts';

await loadQuickJs();

const graph = (code: string, more: Record<string, unknown> = {}): GraphDocument => ({
  weir: 1,
  nodes: {
    rows: {
      type: 'generator',
      config: {
        data: {
          kind: 'rows',
          schema: [{ name: 'v', type: 'INT' }],
          rows: [{ v: 1 }, { v: 2 }],
        },
      },
    },
    script: { type: 'script', config: { code, timeout: '300 ms', megabytesMax: 16, ...more } },
    out: { type: 'table', config: {} },
  },
  edges: [
    { from: 'rows', to: 'script' },
    { from: 'script', to: 'out' },
  ],
});

const run = (code: string, more?: Record<string, unknown>) =>
  runLocally(graph(code, more), { clock: new VirtualClock(0) });

/** Ways to go beyond the limits inside `onRecord`, and the setting that the error must name. */
const BOMBS: readonly (readonly [name: string, body: string, setting: string])[] = [
  ['an endless loop', 'for (;;) {}', 'timeout'],
  [
    'an endless loop that catches everything',
    'for (;;) { try { for (;;) {} } catch {} finally { continue; } }',
    'timeout',
  ],
  [
    'a catastrophic regular expression',
    "return { v: /^(a+)+$/.test('a'.repeat(60) + 'b') ? 1 : 0 };",
    'timeout',
  ],
  ['a getter that never returns', 'return { get v() { for (;;) {} } };', 'timeout'],
  ['a toJSON that never returns', 'return { v: { toJSON() { for (;;) {} } } };', 'timeout'],
  ['an array that grows', 'const xs = []; for (;;) xs.push([1, 2, 3]);', 'megabytesMax'],
  ['a text that doubles', "let s = 'x'; for (;;) s = [s, s].join('');", 'megabytesMax'],
  ['a typed array of a gigabyte', 'return { v: new Uint8Array(1e9).length };', 'megabytesMax'],
  ['huge output', 'return Array.from({ length: 1e7 }, () => ({ v: 1 }));', 'megabytesMax'],
];

for (const [name, body, setting] of BOMBS) {
  test(`${name} ends the run at its node`, async () => {
    const started = performance.now();
    // Memory is what ends those that take it, however slow the machine.
    const timeout = setting === 'timeout' ? '300 ms' : '20 s';
    const { summary, problems } = await run(`function onRecord(record) { ${body} }`, { timeout });
    assert.equal(summary.outcome, 'failed');
    assert.deepEqual(
      problems.map((p) => [p.code, p.path.join('.')]),
      [['R-SCRIPT', `nodes.script.config.${setting}`]],
      JSON.stringify(problems),
    );
    assert.ok(performance.now() - started < 20_000);
    // The next script on this thread is none the worse.
    const after = await run('function onRecord(record) { return record; }');
    assert.deepEqual([after.summary.outcome, after.rows['out']?.length], ['finished', 2]);
  });
}

test('state that only grows is told as too much memory', async () => {
  const { problems } = await run(
    `function onRecord(record, { state }) { for (let i = 0; ; i++) (state.all ??= []).push({ i, record }); }`,
    { timeout: '20 s' },
  );
  assert.match(problems[0]?.message ?? '', /too much memory/);
});

test('memory that is taken and caught again and again still ends in time', async () => {
  const { problems } = await run(
    `function onRecord() { for (;;) { try { let s = 'x'; for (;;) s += s; } catch {} } }`,
  );
  assert.equal(problems[0]?.code, 'R-SCRIPT');
});

test('what is wrong with the code is told before a record is read, with its line', async () => {
  const cases: [string, RegExp, string][] = [
    ['function onRecord( {', /SyntaxError/, 'code'],
    ['const x = 1;\nx.y.z;', /TypeError/, 'code'],
    ['const onRecord = 5;', /no function onRecord/, 'code'],
    ['for (;;) {}', /300 ms/, 'timeout'],
    ['export function onRecord() {}', /SyntaxError/, 'code'],
  ];
  for (const [code, text, setting] of cases) {
    await assert.rejects(run(code), (error) => {
      assert.ok(error instanceof WeirError);
      assert.equal(error.problem.code, 'R-SCRIPT');
      assert.deepEqual(error.problem.path, ['nodes', 'script', 'config', setting]);
      assert.match(error.problem.value ?? '', text);
      return true;
    });
  }
});

test('the sandbox reaches nothing outside of it, by no prototype', async () => {
  const names = [
    'process',
    'require',
    'fetch',
    'setTimeout',
    'performance',
    'Date',
    'WeakRef',
    'std',
    'os',
    'WebAssembly',
  ];
  const { rows } = await run(
    `const found = [];
     for (const name of ${JSON.stringify(names)}) if (typeof globalThis[name] !== 'undefined') found.push(name);
     const host = console.log.constructor.constructor('return typeof process + typeof require')();
     function onRecord() { return { text: [...found, host, typeof this.constructor.constructor('return globalThis')().process].join() }; }`,
    { schema: [{ name: 'text', type: 'STRING' }] },
  );
  assert.equal(rows['out']?.[0]?.['text'], 'undefinedundefined,undefined');
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

test('prototype games break the script’s own node at most', async () => {
  const games = [
    'Object.prototype.polluted = 1;',
    'Array.prototype.push = () => 0;',
    "JSON.stringify = () => '[]';",
    "String.prototype.toJSON = () => 'x'; Array.prototype.toJSON = () => ({ rows: 1 });",
    "Object.defineProperty(Array.prototype, '0', { set() { throw new Error('no'); }, get() { return -7; } });",
    'Map.prototype.get = () => ({}); Set.prototype.has = () => true;',
    'Object.freeze(Object.prototype); Object.freeze(Array.prototype);',
    "globalThis.onRecord = null; Function.prototype.call = () => 'x';",
  ];
  for (const game of games) {
    const result = await run(`${game}\nfunction onRecord(record) { return { v: record.v }; }`).catch(
      (error: unknown) => {
        assert.ok(error instanceof WeirError, String(error));
        return null;
      },
    );
    if (result === null) continue;
    const good = result.summary.outcome === 'finished' || result.problems[0]?.code === 'R-SCRIPT';
    assert.ok(good, `${game}: ${JSON.stringify(result.problems)}`);
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  }
});

test('what it logs is kept, but not without end', async () => {
  const { log } = await run(
    `function onRecord(record) { console.warn('v', record, 1n, [undefined]); for (let i = 0; i < 2000; i++) console.log('x'.repeat(5000)); }`,
  );
  assert.equal(log[0], 'warning script v {"v":1} "1" [null]');
  assert.equal(log.length, 1000);
  assert.ok(log.every((line) => line.length < 2100));
  assert.match(log.at(-1) ?? '', /more are not kept/);
});

test('wrong settings are refused with their path', () => {
  const problems = (more: Record<string, unknown>) =>
    checkGraph(graph('function onRecord() {}', more)).problems.map(
      (p) => `${p.code} ${p.path.slice(3).join('.')}`,
    );
  assert.deepEqual(problems({}), []);
  assert.deepEqual(problems({ keys: ['w'] }), ['T-FIELD keys.0']);
  assert.deepEqual(problems({ timeout: '0 s' }), ['S-VALUE timeout']);
  assert.deepEqual(problems({ megabytesMax: 0 }), ['S-VALUE megabytesMax']);
  assert.deepEqual(problems({ code: '' }), ['S-VALUE code']);
  const twice = { name: 'a', type: 'INT' };
  assert.deepEqual(problems({ schema: [twice, twice] }), ['S-VALUE schema.1.name']);
});

test('a sandbox gives its memory back', () => {
  for (let i = 0; i < 40; i++) {
    const sandbox = new Sandbox({
      nodeId: 's',
      code: 'const held = new Uint8Array(8e6).fill(1); function onRecord(r) { return held.length; }',
      fields: ['v'],
      keys: [],
      timeoutMs: 2000,
      bytesMax: 16 * 2 ** 20,
      log: () => {},
    });
    assert.ok(sandbox.bytes > 8e6);
    sandbox.dispose();
  }
});

/** A run in its own thread, as the coordinator starts it. */
async function threadRun(
  document: GraphDocument,
): Promise<{ summary: RunSummary; problems: readonly Problem[] }> {
  let problems: readonly Problem[] = [];
  const handle = await startRun(
    { runId: 'r', document, baseDir: '.', options: {} },
    {
      layout: () => {},
      log: () => {},
      sample: () => {},
      view: () => {},
      checkpoint: () => {},
      ended: (_summary, found) => {
        problems = found;
      },
    },
  );
  const summary = await handle.ended;
  return { summary, problems };
}

test('in threads: a run whose script never ends fails, the thread of another and this one go on', async () => {
  const beats: number[] = [];
  const timer = setInterval(() => beats.push(performance.now()), 20);
  const [stuck, other] = await Promise.all([
    threadRun(graph('function onRecord() { for (;;) {} }')),
    threadRun(graph('function onRecord(record) { return record; }')),
  ]);
  clearInterval(timer);
  assert.deepEqual([stuck.summary.outcome, stuck.problems[0]?.code], ['failed', 'R-SCRIPT']);
  assert.deepEqual([other.summary.outcome, other.problems], ['finished', []]);
  assert.ok(beats.length > 10);
});

test('in threads: a native call that no limit stops is ended from outside', async () => {
  const code =
    'function onRecord() { return { v: Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1) }; }';
  const { summary, problems } = await threadRun(graph(code));
  assert.equal(summary.outcome, 'failed');
  assert.deepEqual(
    problems.map((p) => [p.code, p.path.join('.')]),
    [['R-SCRIPT', 'nodes.script.config.timeout']],
  );
  assert.match(problems[0]?.message ?? '', /ended from outside/);
});
