/**
 * One case in a process of its own: `child.ts <on|off> <keys> <numbers|texts> <seconds>`. A count and a sum by key, of rows that are in
 * memory; every key is touched again and again. Answers with one message.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Batch } from '../../../engine/batch/batch.ts';
import { InternTable } from '../../../engine/batch/column.ts';
import { CheckpointStore } from '../../../engine/checkpoints/store.ts';
import type { CheckpointReport } from '../../../engine/contract/checkpoints.ts';
import type { GraphDocument } from '../../../engine/contract/document.ts';
import { defineNode, MAIN_OUT } from '../../../engine/contract/spec.ts';
import { appendOnly, BIGINT, field, STRING } from '../../../engine/contract/types.ts';
import { checkGraph } from '../../../engine/plan/check.ts';
import { SystemClock } from '../../../engine/runtime/clock.ts';
import '../../../engine/runtime/v8-flags.ts';
import type { Source } from '../../../engine/runtime/contracts.ts';
import { GraphRun } from '../../../engine/runtime/graph-run.ts';
import { random } from '../../../engine/runtime/random.ts';
import { RUNTIMES } from '../../../engine/runtimes.ts';
import { SPECS } from '../../../engine/specs.ts';

export interface CheckpointCase {
  readonly rowsPerSecond: number;
  readonly cpuNsPerRow: number;
  /** Of the run's thread alone. */
  readonly ownCpuNsPerRow: number;
  /** The longest time between two polls of the source, ms. */
  readonly longestGapMs: number;
  /** Of the reports of complete checkpoints. */
  readonly checkpoints: number;
  readonly longestStallMs: number;
  readonly medianTookMs: number;
  readonly bytes: number;
  readonly writtenBytes: number;
  readonly peakBytes: number;
}

const BATCH_ROWS = 1024;
const [mode, keyText = '1000000', kind = 'numbers', secondsText = '8'] = process.argv.slice(2);
const keys = Number(keyText);
const seconds = Number(secondsText);

/** Every key once a round, in no order. */
function makeBatches(): Batch[] {
  const { next } = random(7);
  const order = Float64Array.from({ length: keys }, (_, i) => i);
  for (let i = keys - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  const table = new InternTable();
  if (kind === 'texts') for (let i = 0; i < keys; i++) table.code(`customer-${i.toString(36)}`);
  const batches: Batch[] = [];
  for (let from = 0; from < keys; from += BATCH_ROWS) {
    const ids = order.slice(from, from + BATCH_ROWS);
    const value = { kind: 'number', values: ids, validity: null } as const;
    const key =
      kind === 'texts' ? { kind: 'string', values: Int32Array.from(ids), table, validity: null } : value;
    batches.push({
      length: ids.length,
      columns: [key, value],
      count: ids.length,
      selection: null,
      times: null,
      watermarks: null,
      ingestedAt: 0,
      changes: null,
    } as unknown as Batch);
  }
  return batches;
}

const FIELDS = [field('key', kind === 'texts' ? STRING : BIGINT, false), field('value', BIGINT, false)];

const memorySpec = defineNode({
  summary: '',
  description: '',
  icon: '',
  stateful: false,
  targets: [],
  examples: [],
  type: 'memory',
  kind: 'source',
  label: 'Memory',
  config: z.strictObject({}),
  inputs: [],
  outputs: [MAIN_OUT],
  summarize: () => '',
  schemas: () => ({ out: appendOnly(FIELDS, false) }),
});

/** Of all keys twice, so that state has its size and the code is warm, then for the seconds that are measured. */
class LoopedSource implements Source {
  readonly partitions = ['0'];
  readonly #batches = makeBatches();
  #next = 0;
  #rows = 0;
  #startedAt = Number.NaN;
  #lastAt = Number.NaN;
  #cpu = process.cpuUsage();
  #ownCpu = process.threadCpuUsage();
  ended = false;
  result = { rowsPerSecond: 0, cpuNsPerRow: 0, ownCpuNsPerRow: 0, longestGapMs: 0 };

  get measuring(): boolean {
    return !Number.isNaN(this.#startedAt);
  }
  async open(): Promise<void> {}
  poll() {
    const now = performance.now();
    if (this.#next === this.#batches.length * 2) {
      this.#startedAt = now;
      this.#cpu = process.cpuUsage();
      this.#ownCpu = process.threadCpuUsage();
    } else if (this.measuring) {
      this.result.longestGapMs = Math.max(this.result.longestGapMs, now - this.#lastAt);
      this.#rows += BATCH_ROWS;
      if (now - this.#startedAt > seconds * 1000) this.#end(now);
    }
    this.#lastAt = now;
    if (this.ended) return null;
    const batch = this.#batches[this.#next++ % this.#batches.length] as Batch;
    return { batch, partitions: null, deadLetters: [] };
  }
  #end(now: number): void {
    const { user, system } = process.cpuUsage(this.#cpu);
    this.ended = true;
    this.result.rowsPerSecond = (this.#rows / (now - this.#startedAt)) * 1000;
    this.result.cpuNsPerRow = ((user + system) * 1000) / this.#rows;
    const own = process.threadCpuUsage(this.#ownCpu);
    this.result.ownCpuNsPerRow = ((own.user + own.system) * 1000) / this.#rows;
  }
  async whenReady(): Promise<void> {}
  position() {
    return { next: this.#next };
  }
  lag() {
    return { records: Number.NaN, ms: Number.NaN };
  }
  async close(): Promise<void> {}
}

const document: GraphDocument = {
  weir: 1,
  nodes: {
    rows: { type: 'memory', config: {} },
    totals: {
      type: 'group-aggregate',
      config: {
        keys: ['key'],
        aggregates: [
          { function: 'count', as: 'rows' },
          { function: 'sum', of: 'value', as: 'sum' },
        ],
      },
    },
    end: { type: 'nothing', config: {} },
  },
  edges: [
    { from: 'rows:out', to: 'totals' },
    { from: 'totals:out', to: 'end' },
  ],
};

const graph = checkGraph(document, [...SPECS, memorySpec]);
const problem = graph.problems.find((p) => p.severity === 'error');
if (problem !== undefined) throw new Error(`${problem.path.join('.')}: ${problem.message}`);

const folder = await mkdtemp(join(tmpdir(), 'weir-bench-checkpoints-'));
const source = new LoopedSource();
const complete: CheckpointReport[] = [];
const run = new GraphRun(graph, {
  runtimes: { ...RUNTIMES, sources: { ...RUNTIMES.sources, memory: { create: () => source } } },
  clock: new SystemClock(),
  seed: 1,
  baseDir: folder,
  batchRows: BATCH_ROWS,
  log: (_at, level, _node, text) => console.error(level, text),
  checkpoints:
    mode === 'off'
      ? null
      : {
          store: await CheckpointStore.open(folder, { keep: 3, warn: (text) => console.error(text) }),
          everyMs: 1000,
          minPauseMs: 0,
          timeoutMs: 60_000,
          tolerableFailures: 0,
          restored: null,
          report: (report) => {
            if (report.status === 'complete' && source.measuring && !source.ended) complete.push(report);
          },
        },
});
await run.open();
const { outcome, problems } = await run.run();
if (outcome !== 'finished') throw new Error(problems[0]?.message ?? outcome);
await rm(folder, { recursive: true, force: true });

const result: CheckpointCase = {
  ...source.result,
  checkpoints: complete.length,
  longestStallMs: Math.max(0, ...complete.map((r) => r.stalledMs)),
  medianTookMs: complete.map((r) => r.tookMs).sort((a, b) => a - b)[complete.length >> 1] ?? 0,
  bytes: complete.at(-1)?.bytes ?? 0,
  writtenBytes: complete.at(-1)?.writtenBytes ?? 0,
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
if (process.send === undefined) console.log(result);
else process.send(result, () => process.disconnect());
