/** Feeds a case's steps to a graph of Weir's own nodes, and notes what comes out during which step. */
import { z } from 'zod';
import { type Batch, NO_WATERMARK, rowsOf } from '../../engine/batch/batch.ts';
import { BatchBuilder } from '../../engine/batch/builder.ts';
import type { Value } from '../../engine/batch/column.ts';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { defineNode, MAIN_IN, MAIN_OUT } from '../../engine/contract/spec.ts';
import { appendOnly, type Field } from '../../engine/contract/types.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { PartitionWatermarks } from '../../engine/progress/partitions.ts';
import { type BuiltGraph, buildGraph } from '../../engine/runtime/build.ts';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import type { Sink } from '../../engine/runtime/contracts.ts';
import { RUNTIMES } from '../../engine/runtimes.ts';
import { SPECS } from '../../engine/specs.ts';
import { type JsonObject, Unsupported } from './case.ts';
import type { InputRecord } from './steps.ts';
import { TIME_FIELD, type WindowPlan } from './window-plan.ts';

/** What came to one of the two sinks. */
export interface Output {
  readonly port: 'out' | 'late';
  readonly step: number;
  readonly row: JsonObject;
  readonly time: number | null;
  /** The watermark before the step began: what it had passed had fired already. */
  readonly watermarkBefore: number;
}

const about = { summary: '', description: '', icon: '', stateful: false, targets: [], examples: [] };

const collectSpec = defineNode({
  ...about,
  type: 'collect',
  kind: 'sink',
  label: 'Collect',
  config: z.strictObject({}),
  inputs: [MAIN_IN],
  outputs: [],
  summarize: () => '',
  schemas: () => ({}),
});

const stepsSpec = (plan: WindowPlan) =>
  defineNode({
    ...about,
    type: 'steps',
    kind: 'source',
    label: 'Steps',
    config: z.strictObject({}),
    inputs: [],
    outputs: [MAIN_OUT],
    summarize: () => '',
    schemas: () => ({ out: appendOnly(plan.fields, !plan.processing) }),
  });

function documentOf(plan: WindowPlan): GraphDocument {
  const map: GraphDocument['nodes'] = plan.map === null ? {} : { map: { type: 'map', config: plan.map } };
  return {
    weir: 1,
    nodes: {
      steps: { type: 'steps', config: {} },
      ...map,
      window: { type: 'window', config: plan.window },
      out: { type: 'collect', config: {} },
      late: { type: 'collect', config: {} },
    },
    edges: [
      ...(plan.map === null ? [] : [{ from: 'steps', to: 'map' }]),
      { from: plan.map === null ? 'steps' : 'map:out', to: 'window' },
      { from: 'window:out', to: 'out' },
      { from: 'window:late', to: 'late' },
    ],
  };
}

export function runWindow(plan: WindowPlan): Output[] {
  return new Run(plan).run();
}

class Run {
  readonly #plan: WindowPlan;
  readonly #clock = new VirtualClock(0);
  readonly #outputs: Output[] = [];
  readonly #built: BuiltGraph;
  readonly #marks: PartitionWatermarks;
  #step = 0;
  #watermark = NO_WATERMARK;
  #before = NO_WATERMARK;

  constructor(plan: WindowPlan) {
    this.#plan = plan;
    this.#marks = new PartitionWatermarks(
      1,
      plan.watermark.kind === 'generated' ? plan.watermark.delay : null,
    );
    const graph = checkGraph(documentOf(plan), [...SPECS, stepsSpec(plan), collectSpec]);
    const refused = graph.problems.find((p) => p.severity === 'error');
    if (refused !== undefined) throw new Unsupported(`Weir refuses it: ${refused.message}`);
    this.#built = buildGraph(graph, {
      runtimes: {
        ...RUNTIMES,
        sources: { ...RUNTIMES.sources, steps: { create: () => inertSource } },
        sinks: {
          ...RUNTIMES.sinks,
          collect: { create: ({ nodeId, input }) => this.#sink(nodeId as Output['port'], input.fields) },
        },
      },
      clock: this.#clock,
      seed: 1,
      baseDir: '.',
      batchRows: 1024,
      onBadRecord: 'fail',
      signal: new AbortController().signal,
      log: () => {},
      wake: () => {},
    });
  }

  #sink(port: Output['port'], fields: readonly Field[]): Sink {
    return {
      async open() {},
      write: (batch: Batch) => {
        rowsOf(batch, fields).forEach((row, k) => {
          const at = batch.selection?.[k] ?? k;
          this.#outputs.push({
            port,
            step: this.#step,
            row: row as JsonObject,
            time: batch.times?.[at] ?? null,
            watermarkBefore: this.#before,
          });
        });
      },
      finish() {},
      close() {},
      committed: 0,
    };
  }

  run(): Output[] {
    const [source] = this.#built.sources;
    if (source === undefined) throw new Error('no source was built');
    const { out } = source.parts;
    this.#plan.steps.forEach((steps, at) => {
      this.#step = at;
      this.#before = this.#watermark;
      for (const step of steps) {
        switch (step.op) {
          case 'records':
            out.batch(this.#batch(step.records, step.together));
            if (this.#plan.watermark.kind === 'generated') this.#advance(this.#marks.merged);
            break;
          case 'watermark':
            if (this.#plan.watermark.kind !== 'explicit') break;
            this.#advance(step.time + this.#plan.watermark.shift);
            break;
          case 'clock':
            this.#clock.advanceTo(step.now);
            for (const { operator } of this.#built.stateful) operator.clock(step.now);
            break;
          case 'end':
            this.#advance(Infinity);
            out.end();
        }
      }
    });
    const lost = this.#built.nodes.find((n) => n.deadLetters > 0);
    if (lost !== undefined)
      throw new Error(`${lost.deadLetters} records became dead letters at ${lost.node}`);
    return this.#outputs;
  }

  #advance(time: number): void {
    if (time <= this.#watermark) return;
    this.#watermark = time;
    this.#built.sources[0]?.parts.out.watermark(time);
  }

  /** Rows as a source would give them: with event time, and the watermark before each. */
  #batch(records: readonly InputRecord[], together: boolean): Batch {
    const { fields, processing, watermark } = this.#plan;
    const builder = new BatchBuilder(fields);
    for (const { ts, row } of records) {
      builder.push(
        fields.map((f) => (f.name === TIME_FIELD && row[TIME_FIELD] === undefined ? ts : cell(row, f))),
      );
    }
    const batch = builder.take(this.#clock.now());
    if (processing) return batch;
    const times = Float64Array.from(records, ({ ts }) => {
      if (ts === null) throw new Unsupported('a record without time in an event-time window');
      return ts;
    });
    const watermarks = new Float64Array(times.length);
    if (watermark.kind === 'generated') this.#marks.stamp(times, null, times.length, watermarks);
    // "After each batch": what came with the batch does not count for its own rows.
    if (watermark.kind !== 'generated' || (watermark.perBatch && together)) watermarks.fill(this.#watermark);
    return { ...batch, times, watermarks };
  }
}

function cell(row: JsonObject, { name, type }: Field): Value {
  const value = row[name] ?? null;
  if (type.kind === 'DOUBLE' && typeof value === 'string') return Number(value);
  return value as Value;
}

/** Rows are put behind it, at its output. */
const inertSource = {
  partitions: ['0'],
  async open() {},
  poll: () => null,
  ended: false,
  async whenReady() {},
  position: () => ({}),
  lag: () => ({ records: 0, ms: 0 }),
  async close() {},
};
