/** One case in a process of its own: `child.ts '{"entrant":…}'` (Case, as JSON); answers with one message. */
import { PerformanceObserver } from 'node:perf_hooks';
import { BATCH_ROWS, makeColumns } from './corpus.ts';
import type { NdjsonFiles, Outcome } from './entrant.ts';
import { type EntrantName, LOADERS } from './entrants.ts';
import { type Measured, Meter } from './meter.ts';
import { filesOf } from './queries.ts';

export interface Case {
  readonly entrant: EntrantName;
  readonly query: string;
  readonly events: number;
  readonly repeats: number;
  readonly warmups: number;
  /** Null: in memory. */
  readonly files: NdjsonFiles | null;
}

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

const { entrant: name, query, events, repeats, warmups, files } = JSON.parse(process.argv[2] ?? '') as Case;
const entrant = await LOADERS[name]();
const run =
  files === null ? entrant.prepare(query, makeColumns(events)) : entrant.prepareBytes?.(query, files);
if (run === undefined) throw new Error(`${name} has no ${query} from NDJSON`);
/** From NDJSON a run is timed as one, and an event is a record of the files that the query reads. */
const records =
  files === null ? events : filesOf(query).reduce((n, file) => n + (files.records[file] ?? 0), 0);
const newMeter = (): Meter => new Meter(records, files === null ? BATCH_ROWS : records);

let gcMsMax = 0;
const watch = new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) gcMsMax = Math.max(gcMsMax, entry.duration);
});

// Without being measured. Functions that are called once a batch take thousands of batches until V8 compiled them for good.
/** Sums of fractions may differ in their last digits, where batches are cut at other places. */
const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.abs(a);
let outcome = await run(newMeter());
for (let n = 1; n < warmups; n++) await run(newMeter());
watch.observe({ entryTypes: ['gc'] });
const measured: Measured[] = [];
for (let n = 0; n < repeats; n++) {
  const meter = newMeter();
  const again = await run(meter);
  measured.push(meter.end());
  if (again.rows !== outcome.rows || !close(again.sum, outcome.sum))
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
  batchMsP999:
    files !== null
      ? Number.NaN
      : (batchMs[Math.min(batchMs.length - 1, Math.floor(batchMs.length * 0.999))] ?? Number.NaN),
  gcMsMax,
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
process.send?.(result, () => process.disconnect());
