/**
 * `npm run bench:ledger`: what a ledger and at-most-once cost. The same rows go the same way, with each and without; the ways take turns
 * within a round, in one process, and a figure is the median of the ratios within rounds.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { Batch } from '../../engine/batch/batch.ts';
import { openPositions } from '../../engine/checkpoints/position-log.ts';
import { CheckpointStore } from '../../engine/checkpoints/store.ts';
import type { GraphDocument, Guarantee } from '../../engine/contract/document.ts';
import { defineNode, MAIN_OUT } from '../../engine/contract/spec.ts';
import { appendOnly, BIGINT, field } from '../../engine/contract/types.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { SystemClock } from '../../engine/runtime/clock.ts';
import type { Source } from '../../engine/runtime/contracts.ts';
import { GraphRun } from '../../engine/runtime/graph-run.ts';
import { RUNTIMES } from '../../engine/runtimes.ts';
import { SPECS } from '../../engine/specs.ts';

/** See `docs/decisions/0013-three-guarantees-and-a-ledger.md` for what was measured. */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    rows: { type: 'string', default: '1000000' },
  },
});
const ROUNDS = Number(values.rounds);
const ROWS = Number(values.rows);
const BATCH_ROWS = 1024;
const FIELDS = [field('id', BIGINT, false), field('value', BIGINT, false)];

const memorySpec = defineNode({
  type: 'memory',
  kind: 'source',
  label: 'Memory',
  summary: '',
  description: '',
  icon: '',
  stateful: false,
  targets: [],
  examples: [],
  config: z.strictObject({}),
  inputs: [],
  outputs: [MAIN_OUT],
  replayable: true,
  summarize: () => '',
  schemas: () => ({ out: appendOnly(FIELDS, false) }),
});

function makeBatches(): Batch[] {
  const batches: Batch[] = [];
  for (let from = 0; from < ROWS; from += BATCH_ROWS) {
    const length = Math.min(BATCH_ROWS, ROWS - from);
    const ids = Float64Array.from({ length }, (_, i) => from + i);
    const values = Float64Array.from(ids, (id) => (id * 7919) % 1000);
    batches.push({
      length,
      columns: [ids, values].map((own) => ({ kind: 'number', values: own, validity: null }) as const),
      count: length,
      selection: null,
      times: null,
      watermarks: null,
      ingestedAt: 0,
      changes: null,
    } as Batch);
  }
  return batches;
}
const BATCHES = makeBatches();

class MemorySource implements Source {
  readonly partitions = ['0'];
  #next = 0;
  async open(): Promise<void> {}
  poll() {
    const batch = BATCHES[this.#next];
    if (batch === undefined) return null;
    this.#next++;
    return { batch, partitions: null, deadLetters: [] };
  }
  get ended(): boolean {
    return this.#next >= BATCHES.length;
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

const WAYS = {
  'exactly-once': { guarantee: 'exactly-once', ledger: false },
  'exactly-once, ledger': { guarantee: 'exactly-once', ledger: true },
  'at-most-once': { guarantee: 'at-most-once', ledger: false },
  'at-most-once, ledger': { guarantee: 'at-most-once', ledger: true },
} as const satisfies Record<string, { guarantee: Guarantee; ledger: boolean }>;
type Way = keyof typeof WAYS;
const SINKS = {
  nothing: { type: 'nothing', config: {} },
  'a file': { type: 'file-sink', config: { folder: 'out', name: 'rows' } },
} as const;
type SinkName = keyof typeof SINKS;

const documentOf = (sink: SinkName, { guarantee, ledger }: (typeof WAYS)[Way]): GraphDocument => ({
  weir: 1,
  settings: { guarantee, ...(ledger ? { ledger: 'id' } : {}) },
  nodes: {
    rows: { type: 'memory', config: {} },
    some: { type: 'filter', config: { condition: 'value % 10 < 8' } },
    more: { type: 'map', config: { compute: [{ name: 'twice', expression: 'value * 2' }] } },
    out: SINKS[sink],
  },
  edges: [
    { from: 'rows', to: 'some' },
    { from: 'some', to: 'more' },
    { from: 'more', to: 'out' },
  ],
});

/** CPU of this process, its threads included, ns a row. */
async function measure(sink: SinkName, way: Way): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-bench-ledger-'));
  try {
    const { guarantee } = WAYS[way];
    const graph = checkGraph(documentOf(sink, WAYS[way]), [...SPECS, memorySpec]);
    const problem = graph.problems.find((p) => p.severity === 'error');
    if (problem !== undefined) throw new Error(`${problem.path.join('.')}: ${problem.message}`);
    const state = join(folder, 'state');
    const run = new GraphRun(graph, {
      runtimes: {
        ...RUNTIMES,
        sources: { ...RUNTIMES.sources, memory: { create: () => new MemorySource() } },
      },
      clock: new SystemClock(),
      seed: 1,
      baseDir: folder,
      batchRows: BATCH_ROWS,
      log: () => {},
      checkpoints: {
        store: await CheckpointStore.open(state, { keep: 3, warn: (text) => console.error(text) }),
        everyMs: 1000,
        minPauseMs: 0,
        timeoutMs: 60_000,
        tolerableFailures: 0,
        restored: null,
        positions: openPositions(state, guarantee, false),
      },
    });
    await run.open();
    const before = process.cpuUsage();
    const { outcome, problems } = await run.run();
    const { user, system } = process.cpuUsage(before);
    if (outcome !== 'finished') throw new Error(problems[0]?.message ?? outcome);
    const { recordsRead, nodes } = run.summary(outcome);
    const counts = nodes.find((n) => n.node === 'out')?.ledger;
    const isWrong =
      WAYS[way].ledger && (counts?.delivered !== counts?.expected || !((counts?.expected ?? 0) > ROWS / 2));
    if (recordsRead !== ROWS || isWrong) throw new Error(`${way}: ${JSON.stringify(counts)}`);
    return ((user + system) * 1000) / ROWS;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const median = (all: readonly number[]): number =>
  all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;

const ways = Object.keys(WAYS) as Way[];
for (const sink of Object.keys(SINKS) as SinkName[]) {
  const took = new Map<Way, number[]>(ways.map((way) => [way, []]));
  // The first round is not counted.
  for (let round = 0; round <= ROUNDS; round++) {
    const turn = round % ways.length;
    for (const way of [...ways.slice(turn), ...ways.slice(0, turn)]) {
      const ns = await measure(sink, way);
      if (round > 0) took.get(way)?.push(ns);
    }
  }
  console.log(
    `Into ${sink}: ${ROWS} rows through a filter and a map, CPU of the process, medians of ${ROUNDS} rounds`,
  );
  const base = took.get('exactly-once') ?? [];
  for (const [way, all] of took) {
    const ratio = median(all.map((ns, round) => ns / (base[round] ?? Number.NaN)));
    console.log(`  ${way.padEnd(22)} ${median(all).toFixed(0).padStart(6)} ns a row   ${ratio.toFixed(2)}x`);
  }
}
