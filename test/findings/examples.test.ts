/** The examples that show why nothing comes out: each shows what it says. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseDocument } from '../../engine/contract/parse.ts';
import { snapshotLength } from '../../engine/contract/telemetry.ts';
import type { Finding, FindingCode } from '../../engine/findings/finding.ts';
import { findingsOf } from '../../engine/findings/findings.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { Injection } from '../../engine/runtime/chaos/injection.ts';
import { SystemClock, VirtualClock } from '../../engine/runtime/clock.ts';
import { GraphRun } from '../../engine/runtime/graph-run.ts';
import { RUNTIMES } from '../../engine/runtimes.ts';
import { Rates } from '../../engine/telemetry/figures.ts';
import { ROOT } from '../root.ts';

const EXAMPLES = join(ROOT, 'examples');
const START = Date.UTC(2026, 10, 25, 12);

/** What is found after so many seconds, and the nearest to the cause of it. */
const SHOWN: Readonly<Record<string, readonly [seconds: number, code: FindingCode, node: string]>> = {
  'why-filter': [3, 'all-filtered', 'large'],
  'why-window': [3, 'window-open', 'daily'],
  'why-session': [20, 'session-open', 'visits'],
  'why-late': [60, 'all-late', 'counts'],
  'why-future': [10, 'from-the-future', 'orders'],
  'why-unit': [10, 'time-unit', 'orders'],
  'why-partition': [30, 'held-by-partition', 'orders'],
  'why-hold': [10, 'source-ended', 'orders'],
  'why-bad-records': [5, 'unusable', 'orders'],
  'why-slow-sink': [2, 'back-pressure', 'orders'],
  'why-join': [5, 'no-match', 'both'],
};

async function found(name: string, seconds: number): Promise<Finding[]> {
  const parsed = parseDocument(readFileSync(join(EXAMPLES, `${name}.weir`), 'utf8'));
  assert.ok(parsed.ok);
  const document = parsed.value;
  // How long a sink holds others up is measured by the machine's clock.
  const real = name === 'why-slow-sink';
  const clock = real ? new SystemClock() : new VirtualClock(START);
  const chaos = document.settings?.chaos;
  const injected = { seed: 1, attempt: 0, elapsedMs: 0, struck: [] };
  const graph = checkGraph(document);
  const run = new GraphRun(graph, {
    runtimes: RUNTIMES,
    clock,
    seed: 1,
    baseDir: EXAMPLES,
    batchRows: 1024,
    log: () => {},
    chaos: chaos === undefined ? null : new Injection({ ...injected, chaos }, clock, () => {}),
  });
  await run.open();
  const { layout } = run;
  const rates = new Rates(layout);
  const read = (at: number): Float64Array => {
    run.refresh();
    const figures = new Float64Array(snapshotLength(layout));
    run.writeFigures(figures);
    return rates.fill(figures, at);
  };
  let isOver = false;
  const ended = run.run().finally(() => {
    isOver = true;
  });
  const start = clock.now();
  read(0);
  while (!isOver && clock.now() < start + seconds * 1000) {
    await new Promise((resolve) => setImmediate(resolve));
    run.refresh();
  }
  const findings = findingsOf({
    graph,
    layout,
    figures: read(seconds * 1000),
    evidence: run.evidence(),
    checkpoints: false,
  });
  run.stop();
  await ended;
  return findings;
}

for (const [name, [seconds, code, node]] of Object.entries(SHOWN))
  test(`example ${name}: ${code}`, async () => {
    const findings = await found(name, seconds);
    const own = findings.filter((finding) => finding.code === code);
    assert.deepEqual(
      own.map((finding) => finding.node),
      [node],
      JSON.stringify(findings),
    );
    assert.equal(findings[0]?.code, code, 'nothing stands before it');
  });

test('every example of them is here', () => {
  const files = globSync('why-*.weir', { cwd: EXAMPLES }).map((file) => file.slice(0, -'.weir'.length));
  assert.deepEqual(files.sort(), Object.keys(SHOWN).sort());
});
