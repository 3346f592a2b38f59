/** Feeds a case's steps to a graph of Weir's own nodes, and notes what comes out during which step. */
import { z } from 'zod';
import { type Batch, NO_WATERMARK, position } from '../../engine/batch/batch.ts';
import { BatchBuilder } from '../../engine/batch/builder.ts';
import { CHANGE_NAMES, type Change, type ChangeName } from '../../engine/batch/changes.ts';
import { valueAt } from '../../engine/batch/column.ts';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { ANY_IN, defineNode, MAIN_OUT, type NodeSpec } from '../../engine/contract/spec.ts';
import { appendOnly, type EdgeSchema, type Field, updating } from '../../engine/contract/types.ts';
import { plainValue } from '../../engine/contract/value-text.ts';
import type { Value } from '../../engine/contract/values.ts';
import { jsonToValue } from '../../engine/expressions/json-value.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { PartitionWatermarks } from '../../engine/progress/partitions.ts';
import { type BuiltGraph, buildGraph } from '../../engine/runtime/build.ts';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import type { Sink } from '../../engine/runtime/contracts.ts';
import { RUNTIMES } from '../../engine/runtimes.ts';
import { SPECS } from '../../engine/specs.ts';
import { type Json, type JsonObject, show, Unsupported } from './case.ts';
import type { InputRecord, Step } from './steps.ts';

/** How the watermark of a stream comes about. */
export type WatermarkPlan =
  /** Only `watermark` steps, moved by `shift` ms. */
  | { readonly kind: 'explicit'; readonly shift: number }
  /** Behind the largest time. `perBatch`: rows of a batch are judged by the watermark before the batch. */
  | {
      readonly kind: 'generated';
      readonly delay: number;
      readonly perBatch: boolean;
      readonly perPartition?: boolean;
    }
  | { readonly kind: 'none' };

/** One input of a case: a source of the graph, under this id. */
export interface StreamPlan {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly eventTime: boolean;
  /** Updating streams: the fields that name a row, or none. */
  readonly updating: { readonly key: readonly string[] | null } | null;
  readonly watermark: WatermarkPlan;
}

export interface PipelinePlan {
  readonly streams: readonly StreamPlan[];
  /** Beside the sources. */
  readonly nodes: GraphDocument['nodes'];
  readonly edges: GraphDocument['edges'];
  /** By name of an output, the `node:port` that gives it. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly steps: readonly (readonly Step[])[];
  /** The record's own time, where the rows do not carry it under this name. */
  readonly timeField: string;
  /** The largest time of all streams closes windows in each of them (Kafka). */
  readonly sharedTime?: boolean;
}

export interface Output {
  readonly output: string;
  readonly step: number;
  readonly row: JsonObject;
  readonly change: ChangeName;
  readonly time: number | null;
  /** The lowest watermark of all streams before the step began: what it had passed had fired already. */
  readonly watermarkBefore: number;
}

const about = { summary: '', description: '', icon: '', stateful: false, targets: [], examples: [] };

const collectSpec = defineNode({
  ...about,
  type: 'collect',
  kind: 'sink',
  label: 'Collect',
  config: z.strictObject({}),
  inputs: [ANY_IN],
  outputs: [],
  summarize: () => '',
  schemas: () => ({}),
});

const streamSpec = ({ name, fields, eventTime, updating: changes }: StreamPlan): NodeSpec =>
  defineNode({
    ...about,
    type: `stream ${name}`,
    kind: 'source',
    label: name,
    config: z.strictObject({}),
    inputs: [],
    outputs: [MAIN_OUT],
    summarize: () => '',
    schemas: () => ({
      out:
        changes === null
          ? appendOnly(fields, eventTime)
          : updating(fields, eventTime, changes.key === null ? undefined : changes.key),
    }),
  });

function documentOf(plan: PipelinePlan): GraphDocument {
  const outputs = Object.entries(plan.outputs);
  return {
    weir: 1,
    nodes: {
      ...Object.fromEntries(plan.streams.map(({ name }) => [name, { type: `stream ${name}`, config: {} }])),
      ...plan.nodes,
      ...Object.fromEntries(outputs.map(([name]) => [`${name}-out`, { type: 'collect', config: {} }])),
    },
    edges: [...plan.edges, ...outputs.map(([name, from]) => ({ from, to: `${name}-out` }))],
  };
}

export function runPipeline(plan: PipelinePlan): Output[] {
  return new Run(plan).run();
}

class Run {
  readonly #plan: PipelinePlan;
  readonly #clock = new VirtualClock(0);
  readonly #outputs: Output[] = [];
  readonly #built: BuiltGraph;
  readonly #streams: readonly Stream[];
  #step = 0;
  #before = NO_WATERMARK;

  constructor(plan: PipelinePlan) {
    this.#plan = plan;
    const graph = checkGraph(documentOf(plan), [...SPECS, ...plan.streams.map(streamSpec), collectSpec]);
    const refused = graph.problems.find((p) => p.severity === 'error');
    if (refused !== undefined)
      // What the driver made of a description must be a document that Weir takes: a refusal is a fault of one of the two.
      throw new Error(`Weir refuses it at ${refused.path.join('.')}: ${refused.message}`);
    const sources = plan.streams.map(({ name }) => [`stream ${name}`, { create: () => inertSource }]);
    this.#built = buildGraph(graph, {
      runtimes: {
        ...RUNTIMES,
        sources: { ...RUNTIMES.sources, ...Object.fromEntries(sources) },
        sinks: {
          ...RUNTIMES.sinks,
          collect: { create: ({ nodeId, input }) => this.#sink(nodeId.replace(/-out$/, ''), input) },
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
    this.#streams = plan.streams.map(
      (stream) => new Stream(stream, partitionsOf(plan, stream), plan.timeField, this.#clock, this.#built),
    );
  }

  #sink(output: string, { fields }: EdgeSchema): Sink {
    return {
      async open() {},
      write: (batch: Batch) => {
        for (let k = 0; k < batch.count; k++) {
          const at = position(batch, k);
          const row = fields.map((f, c) => {
            const column = batch.columns[c];
            return [f.name, column === undefined ? null : plainValue(valueAt(column, f.type, at), f.type)];
          });
          const time = batch.times?.[at] ?? Number.NaN;
          this.#outputs.push({
            output,
            step: this.#step,
            row: Object.fromEntries(row) as JsonObject,
            change: CHANGE_NAMES[(batch.changes?.[at] ?? 0) as Change],
            time: Number.isNaN(time) ? null : time,
            watermarkBefore: this.#before,
          });
        }
      },
      finish() {},
      close() {},
      committed: 0,
    };
  }

  run(): Output[] {
    this.#plan.steps.forEach((steps, at) => {
      this.#step = at;
      this.#before = Math.min(...this.#streams.map((s) => s.watermark));
      for (const step of steps) this.#take(step);
    });
    const lost = this.#built.nodes.find((n) => n.deadLetters > 0);
    if (lost !== undefined)
      throw new Error(`${lost.deadLetters} records became dead letters at ${lost.node}`);
    return this.#outputs;
  }

  #take(step: Step): void {
    switch (step.op) {
      case 'records':
        this.#records(step);
        break;
      case 'watermark':
        for (const stream of this.#of(step.stream)) stream.told(step.time);
        break;
      case 'clock':
        this.#clock.advanceTo(step.now);
        for (const { operator } of this.#built.stateful) operator.clock(step.now);
        break;
      case 'restore':
        for (const task of this.#built.stateful) task.restart();
        break;
      case 'end':
        for (const stream of this.#streams) stream.end();
    }
  }

  #records({ records, together }: Extract<Step, { op: 'records' }>): void {
    // One batch as long as the records are of one stream.
    for (let from = 0; from < records.length; ) {
      const { stream } = records[from] as InputRecord;
      let until = from;
      while (until < records.length && records[until]?.stream === stream) until++;
      const [target] = this.#of(stream);
      if (target === undefined) throw new Unsupported(`a record of the stream ${show(stream)}`);
      const part = records.slice(from, until);
      target.batch(part, together);
      if (this.#plan.sharedTime === true)
        for (const { ts } of part) for (const other of this.#streams) other.saw(ts);
      from = until;
    }
  }

  #of(stream: string | null): readonly Stream[] {
    return stream === null ? this.#streams : this.#streams.filter((s) => s.plan.name === stream);
  }
}

/** Partitions of a source where its watermark is the least of theirs: all are there from the start. */
function partitionsOf({ steps }: PipelinePlan, { name, watermark }: StreamPlan): string[] {
  if (watermark.kind !== 'generated' || watermark.perPartition !== true) return [];
  const records = steps.flat().flatMap((s) => (s.op === 'records' ? s.records : []));
  return [...new Set(records.filter((r) => (r.stream ?? name) === name).map((r) => r.partition))];
}

/** One source: puts batches and watermarks behind itself, as its task would. */
class Stream {
  readonly plan: StreamPlan;
  readonly #timeField: string;
  readonly #clock: VirtualClock;
  readonly #out: BuiltGraph['sources'][number]['parts']['out'];
  readonly #marks: PartitionWatermarks;
  #ended = false;
  watermark = NO_WATERMARK;
  readonly #partitions: readonly string[];

  constructor(
    plan: StreamPlan,
    partitions: readonly string[],
    timeField: string,
    clock: VirtualClock,
    built: BuiltGraph,
  ) {
    this.plan = plan;
    this.#timeField = timeField;
    this.#clock = clock;
    const source = built.sources.find((s) => s.parts.stats.node === plan.name);
    if (source === undefined) throw new Error(`no source ${plan.name} was built`);
    this.#out = source.parts.out;
    const { watermark } = plan;
    this.#partitions = partitions;
    this.#marks = new PartitionWatermarks(
      Math.max(1, partitions.length),
      watermark.kind === 'generated' ? watermark.delay : null,
    );
  }

  batch(records: readonly InputRecord[], together: boolean): void {
    this.#out.batch(this.#rows(records, together));
    if (this.plan.watermark.kind === 'generated') this.#advance(this.#marks.merged);
  }

  /** A record of another stream moved the time that they share. */
  saw(ts: number | null): void {
    if (ts === null || this.plan.watermark.kind !== 'generated') return;
    this.#marks.advance(0, ts);
    this.#advance(this.#marks.merged);
  }

  told(time: number): void {
    const { watermark } = this.plan;
    if (watermark.kind === 'explicit') this.#advance(time + watermark.shift);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#advance(Infinity);
    this.#out.end();
  }

  #advance(time: number): void {
    if (time <= this.watermark) return;
    this.watermark = time;
    this.#out.watermark(time);
  }

  /** Rows as a source would give them: with event time, and the watermark before each. */
  #rows(records: readonly InputRecord[], together: boolean): Batch {
    const { fields, eventTime, watermark, updating: changes } = this.plan;
    const builder = new BatchBuilder(fields);
    for (const { ts, row } of records) {
      builder.push(
        fields.map((f) => (f.name === this.#timeField && row[f.name] === undefined ? ts : cell(row, f))),
      );
    }
    const batch: Batch = {
      ...builder.take(this.#clock.now()),
      changes: changes === null ? null : Uint8Array.from(records, (r) => CHANGE_NAMES.indexOf(r.change)),
    };
    if (!eventTime) return batch;
    const times = Float64Array.from(records, ({ ts }) => {
      if (ts === null) throw new Unsupported('a record without time in an event-time window');
      return ts;
    });
    const watermarks = new Float64Array(times.length);
    if (watermark.kind === 'generated') {
      const of = Int32Array.from(records, (r) => Math.max(0, this.#partitions.indexOf(r.partition)));
      this.#marks.stamp(times, this.#partitions.length > 1 ? of : null, times.length, watermarks);
      // Time that other streams moved counts for the first row already.
      for (let i = 0; i < watermarks.length; i++)
        watermarks[i] = Math.max(watermarks[i] as number, this.watermark);
    }
    // "After each batch": what came with the batch does not count for its own rows.
    if (watermark.kind !== 'generated' || (watermark.perBatch && together)) watermarks.fill(this.watermark);
    return { ...batch, times, watermarks };
  }
}

function cell(row: JsonObject, { name, type }: Field): Value {
  const value = (row[name] ?? null) as Json;
  if (type.kind === 'DOUBLE' && typeof value === 'string') return Number(value);
  if (type.kind === 'TIMESTAMP' && typeof value === 'number') return value;
  const fitting = jsonToValue(value, type);
  if (fitting === undefined) throw new Unsupported(`${show(value)} as ${type.kind}`);
  return fitting;
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
