/**
 * The same run with and without live metrics, taking turns in one warm process. With: figures are copied out 40 times a second,
 * pictures of sinks and samples of the selected node 4 times, evidence once, rates and the studio's frame are made 10 times, as a run
 * with an open studio does. Without: nobody asks. Counters are counted in both: nothing runs without them.
 */

import { encodeFrame } from '../../../engine/contract/codec.ts';
import type { FromEngine } from '../../../engine/contract/link.ts';
import { snapshotLength } from '../../../engine/contract/telemetry.ts';
import { checkGraph } from '../../../engine/plan/check.ts';
import { SystemClock } from '../../../engine/runtime/clock.ts';
import '../../../engine/runtime/v8-flags.ts';
import { GraphRun } from '../../../engine/runtime/graph-run.ts';
import { RUNTIMES } from '../../../engine/runtimes.ts';
import { Rates } from '../../../engine/telemetry/figures.ts';
import { median } from '../section.ts';
import type { Part } from './main.ts';
import { busy } from './pipelines.ts';

const SHARE_MAX = 1;
const RECORDS = 12_000_000;
const BATCH_ROWS = 1024;
/** The node that is selected in the studio; inside of a fused chain. */
const WATCHED = 'n1';
const WARMUPS = 2;

/** Does something every so many ms, where it is called often enough. */
function every(ms: number, work: () => void): () => void {
  let last = performance.now();
  return () => {
    const now = performance.now();
    if (now - last < ms) return;
    last = now;
    work();
  };
}

/** What is made on the way is counted, so that nothing of it is left out as useless. */
let made = 0;

/** What worker, coordinator and link do for a studio, without the threads between them. */
function liveMetrics(run: GraphRun): () => void {
  const { layout } = run;
  const figures = new Float64Array(new SharedArrayBuffer(snapshotLength(layout) * 8));
  const rates = new Rates(layout);
  const post = (message: unknown): void => {
    structuredClone(message);
    made++;
  };
  const parts = [
    every(1000, () => post(run.evidence())),
    every(250, () => {
      for (const view of run.views()) post(view);
      for (const sample of run.samples((node) => node === WATCHED)) post(sample);
    }),
    every(100, () => {
      const snapshot = rates.fill(figures.slice(), performance.now());
      made += encodeFrame<FromEngine>({
        message: { type: 'run.telemetry', runId: 'r' },
        figures: snapshot,
      }).length;
    }),
  ];
  return () => {
    run.writeFigures(figures);
    for (const part of parts) part();
  };
}

interface Once {
  /** CPU time of the process, ms. */
  readonly cpu: number;
  /** Time that passed, ms. */
  readonly wall: number;
  /** Of that, while metrics were made, ms. */
  readonly inside: number;
}

async function once(isOn: boolean): Promise<Once> {
  const graph = checkGraph(JSON.parse(busy(RECORDS)));
  let publish = (): void => {};
  const run = new GraphRun(graph, {
    runtimes: RUNTIMES,
    clock: new SystemClock(),
    seed: 1,
    baseDir: import.meta.dirname,
    batchRows: BATCH_ROWS,
    log: () => {},
    publish: () => publish(),
  });
  await run.open();
  let inside = 0;
  if (isOn) {
    const make = liveMetrics(run);
    publish = () => {
      const began = performance.now();
      make();
      inside += performance.now() - began;
    };
  }
  const before = process.cpuUsage();
  const start = performance.now();
  const { outcome, problems } = await run.run();
  const { user, system } = process.cpuUsage(before);
  if (outcome !== 'finished') throw new Error(problems[0]?.message ?? outcome);
  return { cpu: (user + system) / 1000, wall: performance.now() - start, inside };
}

export async function metricsBench(rounds: number): Promise<Part> {
  for (let n = 0; n < WARMUPS; n++) await once(n % 2 === 0);
  const pairs: [on: Once, off: Once][] = [];
  for (let round = 0; round < rounds; round++) {
    const first = await once(round % 2 === 0);
    const second = await once(round % 2 !== 0);
    pairs.push(round % 2 === 0 ? [first, second] : [second, first]);
  }
  if (made === 0) throw new Error('no metrics were made');
  const off = median(pairs.map(([, without]) => without.cpu));
  // Metrics are made by time and not by record: where a machine gives a tenth of a core, the same run makes ten times as many.
  const shares = pairs.map(([on, without]) => ((on.cpu - without.cpu) / on.wall) * 100).sort((a, b) => a - b);
  const share = median(shares);
  const inside = median(pairs.map(([on]) => (on.inside / on.wall) * 100));
  const quarter = shares.length >> 2;
  return {
    lines: [
      `Generator, filter, map, window, table; ${RECORDS} records; CPU time, medians of ${rounds} pairs.`,
      `a run took ${median(pairs.map(([on]) => on.wall)).toFixed(0)} ms`,
      `without   ${off.toFixed(0).padStart(5)} ms`,
      `with      ${median(pairs.map(([on]) => on.cpu))
        .toFixed(0)
        .padStart(5)} ms`,
      `the pairs differ by ${(shares[quarter] ?? 0).toFixed(1)} to ${(shares.at(-1 - quarter) ?? 0).toFixed(1)} % of a core (the half in the middle)`,
      `time spent in making metrics: ${inside.toFixed(2)} % of a core`,
    ],
    bars: [{ what: 'live metrics add', value: share, unit: '% of a core', limit: SHARE_MAX }],
  };
}
