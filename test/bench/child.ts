/** One case in a process of its own: `child.ts <entrant> <query> <events> <repeats> <warmups>`; answers with one message. */
import { PerformanceObserver } from 'node:perf_hooks';
import { BATCH_ROWS, makeColumns } from './corpus.ts';
import type { Outcome, Query } from './entrant.ts';
import { type EntrantName, LOADERS } from './entrants.ts';
import { type Measured, Meter } from './meter.ts';

export interface CaseResult {
  readonly outcome: Outcome;
  readonly label: string;
  readonly cpuNs: number;
  readonly wallNs: number;
  readonly batchMsP999: number;
  readonly gcMsMax: number;
  readonly peakBytes: number;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const [name, query, events, repeats, warmups = '1'] = process.argv.slice(2);
const entrant = await LOADERS[name as EntrantName]();
const run = entrant.prepare(query as Query, makeColumns(Number(events)));

let gcMsMax = 0;
const watch = new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) gcMsMax = Math.max(gcMsMax, entry.duration);
});

// Without being measured. Functions that are called once a batch take thousands of batches until V8 compiled them for good.
let outcome = await run(new Meter(Number(events), BATCH_ROWS));
for (let n = 1; n < Number(warmups); n++) await run(new Meter(Number(events), BATCH_ROWS));
watch.observe({ entryTypes: ['gc'] });
const measured: Measured[] = [];
for (let n = 0; n < Number(repeats); n++) {
  const meter = new Meter(Number(events), BATCH_ROWS);
  const again = await run(meter);
  measured.push(meter.end());
  if (again.rows !== outcome.rows || again.sum !== outcome.sum)
    throw new Error('two runs gave different results');
  outcome = again;
}
// Entries are delivered on a later turn.
await new Promise((resolve) => setTimeout(resolve, 10));
watch.disconnect();

const batchMs = measured.flatMap((m) => m.batchMs).sort((a, b) => a - b);
const result: CaseResult = {
  outcome: { rows: outcome.rows, sum: outcome.sum },
  label: entrant.label,
  cpuNs: median(measured.map((m) => m.cpuNs)),
  wallNs: median(measured.map((m) => m.wallNs)),
  batchMsP999: batchMs[Math.min(batchMs.length - 1, Math.floor(batchMs.length * 0.999))] ?? Number.NaN,
  gcMsMax,
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
process.send?.(result, () => process.disconnect());
