/** Every example: it reads, checks without a problem, is printed as the studio would print it, and runs. */
import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { GraphDocument } from '../engine/contract/document.ts';
import { parseDocument } from '../engine/contract/parse.ts';
import { printDocument } from '../engine/contract/print.ts';
import { checkGraph } from '../engine/plan/check.ts';
import { SystemClock, VirtualClock } from '../engine/runtime/clock.ts';
import { GraphRun } from '../engine/runtime/graph-run.ts';
import { type LocalResult, runLocally } from '../engine/runtime/local.ts';
import { startRun } from '../engine/runtime/run.ts';
import { RUNTIMES } from '../engine/runtimes.ts';
import { configOrder } from '../engine/specs.ts';
import { runDocumentTests } from '../engine/testing/document-tests.ts';
import { ROOT } from './root.ts';

const EXAMPLES = join(ROOT, 'examples');
const text = (name: string): string => readFileSync(join(EXAMPLES, `${name}.weir`), 'utf8');

function load(name: string): GraphDocument {
  const parsed = parseDocument(text(name));
  assert.ok(parsed.ok, `${name}.weir does not parse`);
  return parsed.value;
}

for (const file of globSync('*.weir', { cwd: EXAMPLES }).sort()) {
  const name = file.slice(0, -'.weir'.length);
  test(`example ${name}: valid, described, laid out, and printed as it stands`, () => {
    const document = load(name);
    assert.deepEqual(checkGraph(document).problems, []);
    assert.equal(printDocument(document, configOrder), text(name));
    assert.ok((document.description ?? '').length > 100);
    assert.deepEqual(Object.keys(document.layout?.nodes ?? {}).sort(), Object.keys(document.nodes).sort());
  });
}

for (const file of globSync('*.weir', { cwd: EXAMPLES }).sort()) {
  const name = file.slice(0, -'.weir'.length);
  const document = load(name);
  if (document.tests === undefined) continue;
  test(`example ${name}: its own tests pass`, async () => {
    for (const outcome of await runDocumentTests(document, EXAMPLES))
      assert.ok(outcome.passed, JSON.stringify(outcome));
  });
}

const sum = (result: LocalResult, sink: string, field: string): number =>
  (result.rows[sink] ?? []).reduce((total, row) => total + Number(row[field]), 0);

/** On a virtual clock, so that minutes of replay pass in no time. */
const run = (name: string): Promise<LocalResult> =>
  runLocally(load(name), { baseDir: EXAMPLES, clock: new VirtualClock(Date.UTC(2026, 0, 1)) });

test('flight-delays: every flight is in one window of each kind or late there; some are late', async () => {
  const result = await run('flight-delays');
  const late = (node: string): number => result.summary.nodes.find((n) => n.node === node)?.late ?? 0;
  assert.equal(result.summary.outcome, 'finished');
  assert.equal(result.summary.recordsRead, 20_000);
  assert.equal(sum(result, 'chart', 'flights') + late('hourly'), 20_000);
  assert.equal(sum(result, 'airports', 'flights') + late('daily'), 20_000);
  assert.equal(result.rows['late']?.length, late('hourly'));
  // Worked out apart from the engine, from the file, the hash of the airports and the rule of the watermark.
  assert.equal(late('hourly'), 351);
  assert.equal(late('daily'), 1);
});

test('earthquakes: explosions are filtered; a bound of a day still leaves late revisions', async () => {
  const result = await run('earthquakes');
  const node = (id: string) => result.summary.nodes.find((n) => n.node === id);
  assert.equal(result.summary.recordsRead, 1707);
  assert.equal(node('only')?.filtered, 28);
  assert.equal(sum(result, 'chart', 'quakes') + (node('hourly')?.late ?? 0), 1679);
  assert.ok((node('hourly')?.late ?? 0) > 200);
});

test('generator: the stall makes nothing late, as the watermark waits', async () => {
  const result = await run('generator');
  const good = result.summary.nodes.find((n) => n.node === 'good');
  assert.equal(result.summary.recordsRead, 60_000);
  assert.equal(sum(result, 'chart', 'readings'), good?.recordsOut);
  assert.equal(result.rows['late']?.length, 0);
});

test('http-events: its curl line names the port and path of its source', () => {
  const document = load('http-events');
  const { port, path } = document.nodes['events']?.config ?? {};
  const url = `http://127.0.0.1:${port}${path}`;
  for (const words of [document.description, document.nodes['events']?.note]) assert.ok(words?.includes(url));
});

test('flights-3m: three million rows, each in one window', async () => {
  const result = await run('flights-3m');
  assert.equal(result.summary.recordsRead, 3_000_000);
  assert.equal(sum(result, 'chart', 'flights'), 3_000_000);
  assert.equal(
    sum(result, 'table', 'flights'),
    result.summary.nodes.find((n) => n.node === 'delayed')?.recordsOut,
  );
});

for (const [guarantee, harmed] of [
  ['exactly-once', null],
  ['at-least-once', 'duplicated'],
  ['at-most-once', 'lost'],
] as const) {
  test(`guarantee-${guarantee}: two failures, and what its ledger shows of them`, async () => {
    const document = load(`guarantee-${guarantee}`);
    // Twenty times as fast, checkpoints too.
    const orders = document.nodes['orders'];
    assert.ok(orders !== undefined);
    orders.config['rate'] = 4000;
    document.settings = {
      ...document.settings,
      checkpoints: { every: '100 ms' },
      restart: { strategy: 'fixed-delay', attempts: 5, delay: '0 s' },
    };
    const baseDir = mkdtempSync(join(tmpdir(), 'weir-example-'));
    try {
      const quiet = { layout() {}, log() {}, sample() {}, view() {}, checkpoint() {}, ended() {} };
      const handle = await startRun({ runId: guarantee, document, baseDir, options: {} }, quiet);
      const summary = await handle.ended;
      assert.equal(summary.outcome, 'finished');
      const ledger = summary.nodes.find((n) => n.node === 'kept')?.ledger;
      assert.ok(ledger !== undefined);
      assert.deepEqual([ledger.expected, ledger.delivered + ledger.lost, ledger.inFlight], [4000, 4000, 0]);
      for (const count of ['duplicated', 'lost'] as const)
        assert.equal(ledger[count] > 0, count === harmed, `${count}: ${ledger[count]}`);
    } finally {
      rmSync(baseDir, { recursive: true, force: true });
    }
  });
}

test('http-events: what is posted reaches the tables', async () => {
  const document = load('http-events');
  const source = document.nodes['events'];
  assert.ok(source !== undefined);
  // Any free port: the example's own may be taken on this machine.
  source.config['port'] = 0;
  const log: string[] = [];
  const run = new GraphRun(checkGraph(document), {
    runtimes: RUNTIMES,
    clock: new SystemClock(),
    seed: 1,
    baseDir: EXAMPLES,
    batchRows: 1024,
    log: (_at, _level, _node, text) => log.push(text),
  });
  await run.open();
  const ended = run.run();
  const url = log.map((text) => /http:\S+/.exec(text)?.[0]).find((found) => found !== undefined);
  const response = await fetch(url ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([
      { user: 'ann', page: '/home' },
      { user: 'bob', page: '/home' },
    ]),
  });
  assert.deepEqual([response.status, await response.json()], [202, { accepted: 2 }]);
  const committed = (): number => run.summary('stopped').nodes.find((n) => n.node === 'raw')?.committed ?? 0;
  for (let wait = 0; wait < 200 && committed() < 2; wait++) await setTimeout(10);
  run.stop();
  assert.equal((await ended).outcome, 'stopped');
  assert.equal(committed(), 2);
});
