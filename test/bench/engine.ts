/**
 * This engine, by its real way: a document is checked, planned and run by GraphRun with its chains, windows, watermarks,
 * ports and counters. Only the ends are the bench's own: a source that hands out batches which are already in memory,
 * and a sink that counts and adds up.
 */
import { z } from 'zod';
import type { Batch } from '../../engine/batch/batch.ts';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { zTime } from '../../engine/contract/settings.ts';
import { defineNode, MAIN_IN, MAIN_OUT } from '../../engine/contract/spec.ts';
import { appendOnly } from '../../engine/contract/types.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { SystemClock } from '../../engine/runtime/clock.ts';
import type { Sink, Source } from '../../engine/runtime/contracts.ts';
import { GraphRun } from '../../engine/runtime/graph-run.ts';
import { RUNTIMES } from '../../engine/runtimes.ts';
import { SPECS } from '../../engine/specs.ts';
import { BATCH_ROWS, BID, FIELDS, toBatches } from './corpus.ts';
import { AUCTION_MODULUS, type Entrant, type Outcome, type Prepared, type Query, RATE } from './entrant.ts';
import type { Meter } from './meter.ts';

const about = { summary: '', description: '', icon: '', stateful: false, targets: [], examples: [] };

const memorySpec = defineNode({
  ...about,
  type: 'memory',
  kind: 'source',
  label: 'Memory',
  config: z.strictObject({ time: zTime }),
  inputs: [],
  outputs: [MAIN_OUT],
  summarize: () => '',
  schemas: ({ config }) => ({ out: appendOnly(FIELDS, config.time !== undefined) }),
});

const tallySpec = defineNode({
  ...about,
  type: 'tally',
  kind: 'sink',
  label: 'Tally',
  config: z.strictObject({ fields: z.array(z.string()) }),
  inputs: [MAIN_IN],
  outputs: [],
  summarize: () => '',
  schemas: () => ({}),
});

const bids = { type: 'filter', config: { condition: `event_type = ${BID}` } };
const keep = ['auction', 'bidder', 'price', 'dateTime', 'extra'];
const time = { field: 'dateTime', watermark: { kind: 'bounded', delay: '4 s' } };

/** Nodes between source and sink, and the fields that the sink adds up. */
const PIPELINES: Record<
  Query,
  { readonly nodes: readonly GraphDocument['nodes'][string][]; readonly sum: readonly string[] }
> = {
  q0: { nodes: [bids, { type: 'map', config: { keep } }], sum: ['price'] },
  q1: {
    nodes: [
      bids,
      { type: 'map', config: { keep, compute: [{ name: 'price', expression: `${RATE} * price` }] } },
    ],
    sum: ['price'],
  },
  q2: {
    nodes: [
      bids,
      { type: 'filter', config: { condition: `auction % ${AUCTION_MODULUS} = 0` } },
      { type: 'map', config: { keep: ['auction', 'price'] } },
    ],
    sum: ['auction', 'price'],
  },
  q7: {
    nodes: [
      bids,
      {
        type: 'window',
        config: {
          window: { kind: 'tumbling', size: '10 s' },
          aggregates: [{ function: 'max', of: 'price', as: 'highest' }],
        },
      },
    ],
    sum: ['highest'],
  },
};

function documentOf(query: Query): GraphDocument {
  const { nodes, sum } = PIPELINES[query];
  const chain = [
    // Every query runs with event time and watermarks, as a stream processor would.
    { type: 'memory', config: { time } },
    ...nodes,
    { type: 'tally', config: { fields: [...sum] } },
  ];
  return {
    weir: 1,
    nodes: Object.fromEntries(chain.map((node, i) => [`n${i}`, node])),
    edges: chain.slice(1).map((_, i) => ({ from: `n${i}:out`, to: `n${i + 1}` })),
  };
}

class MemorySource implements Source {
  readonly partitions = ['0'];
  readonly #batches: readonly Batch[];
  readonly #meter: Meter;
  #next = 0;

  constructor(batches: readonly Batch[], meter: Meter) {
    this.#batches = batches;
    this.#meter = meter;
  }
  async open(): Promise<void> {}
  poll() {
    const batch = this.#batches[this.#next];
    if (batch === undefined) return null;
    this.#meter.batch(this.#next++);
    return { batch, partitions: null, deadLetters: [] };
  }
  get ended(): boolean {
    return this.#next >= this.#batches.length;
  }
  async whenReady(): Promise<void> {}
  position() {
    return {};
  }
  lag() {
    return { records: (this.#batches.length - this.#next) * BATCH_ROWS, ms: 0 };
  }
  async close(): Promise<void> {}
}

class TallySink implements Sink {
  committed = 0;
  sum = 0;
  readonly #columns: readonly number[];

  constructor(columns: readonly number[]) {
    this.#columns = columns;
  }
  async open(): Promise<void> {}
  write(batch: Batch): void {
    const { count, selection } = batch;
    for (const index of this.#columns) {
      const { values } = batch.columns[index] as { values: Float64Array };
      let { sum } = this;
      if (selection === null) for (let k = 0; k < count; k++) sum += values[k] as number;
      else for (let k = 0; k < count; k++) sum += values[selection[k] as number] as number;
      this.sum = sum;
    }
    this.committed += count;
  }
  finish(): void {}
  close(): void {}
}

async function runOnce(document: GraphDocument, batches: readonly Batch[], meter: Meter): Promise<Outcome> {
  const graph = checkGraph(document, [...SPECS, memorySpec, tallySpec]);
  const problem = graph.problems.find((p) => p.severity === 'error');
  if (problem !== undefined) throw new Error(`${problem.path.join('.')}: ${problem.message}`);
  let sink = new TallySink([]);
  const run = new GraphRun(graph, {
    runtimes: {
      ...RUNTIMES,
      sources: { ...RUNTIMES.sources, memory: { create: () => new MemorySource(batches, meter) } },
      sinks: {
        ...RUNTIMES.sinks,
        tally: {
          create: ({ config, input }) => {
            const wanted = config['fields'] as readonly string[];
            sink = new TallySink(wanted.map((name) => input.fields.findIndex((f) => f.name === name)));
            return sink;
          },
        },
      },
    },
    clock: new SystemClock(),
    seed: 1,
    baseDir: process.cwd(),
    batchRows: BATCH_ROWS,
    log: () => {},
  });
  await run.open();
  const { outcome, problems } = await run.run();
  if (outcome !== 'finished') throw new Error(problems[0]?.message ?? outcome);
  return { rows: sink.committed, sum: sink.sum };
}

export const engine: Entrant = {
  label: 'Weir',
  prepare(query, columns): Prepared {
    const batches = toBatches(columns);
    const document = documentOf(query);
    return (meter) => runOnce(document, batches, meter);
  },
};
