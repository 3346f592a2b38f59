/** Drives a stateful operator as its task would, chains and merging of inputs included: for tests and conformance. */
import { type Batch, NO_WATERMARK, position, type Row, rowAt } from '../batch/batch.ts';
import { BatchBuilder } from '../batch/builder.ts';
import { CHANGE_NAMES, type Change, type ChangeName } from '../batch/changes.ts';
import type { NodeSpec } from '../contract/spec.ts';
import { appendOnly, type EdgeSchema, type Field } from '../contract/types.ts';
import { FusedChain } from '../runtime/chain/chain.ts';
import { computedStep } from '../runtime/chain/computed.ts';
import { VirtualClock } from '../runtime/clock.ts';
import type { DeadLetter, OperatorContext, StatefulOperator, StatefulRuntime } from '../runtime/contracts.ts';
import { OutPort, type Receiver } from '../runtime/port.ts';
import { StatefulTask } from '../runtime/tasks/stateful-task.ts';
import { EdgeStats, NodeStats } from '../telemetry/stats.ts';
import { splitByKey } from './split.ts';
import type { DriveStep } from './steps.ts';

export type { DriveStep } from './steps.ts';

export interface Driven {
  readonly port: string;
  readonly row: Row;
  /** What the row does; `+I` on append-only ports. */
  readonly change: ChangeName;
  /** Event time; null where there is none. */
  readonly time: number | null;
  /** Index of the step during which it came. */
  readonly step: number;
}

export interface DrivenOperator {
  readonly spec: NodeSpec;
  readonly runtime: StatefulRuntime<Readonly<Record<string, unknown>>>;
  /** As in a document. */
  readonly config: unknown;
  /** By input port, or the fields of the only one: append-only, with event time. */
  readonly inputs: Readonly<Record<string, EdgeSchema>> | readonly Field[];
}

export interface DriveOptions {
  /** Rows between two other steps form batches of this many. */
  readonly batchRows?: number;
  /** Instances of the operator; rows go by the hash of `partitionBy`, everything else to all. */
  readonly parallelism?: number;
  /** Before every step, keeps the operator's state, throws the operator away, and goes on with a new one restored from it. */
  readonly restored?: boolean;
  /** Before every step, takes a copy of the operator's state and writes over it: the operator must not notice. */
  readonly spoiled?: boolean;
  /** Reads what was emitted only at the end, as a full queue downstream would. */
  readonly held?: boolean;
}

export interface DriveResult {
  readonly rows: readonly Driven[];
  readonly deadLetters: readonly DeadLetter[];
  /** Watermarks that the operator passed on, with their steps. */
  readonly watermarks: readonly { readonly time: number; readonly step: number }[];
  readonly tasks: readonly StatefulTask[];
}

/** Feeds `steps` and returns every row that left, in order. Each row is judged against the last watermark of its input before it. */
export function drive(
  driven: DrivenOperator,
  steps: readonly DriveStep[],
  options: DriveOptions = {},
): DriveResult {
  return new Drive(driven, options).run(steps);
}

/** The same for the rows alone. */
export function driveOperator(
  spec: NodeSpec,
  runtime: StatefulRuntime<Readonly<Record<string, unknown>>>,
  config: unknown,
  inputs: DrivenOperator['inputs'],
  steps: readonly DriveStep[],
  batchRows = 1024,
): Driven[] {
  return [...drive({ spec, runtime, config, inputs }, steps, { batchRows }).rows];
}

/** One input port: its schema, the chain in front of it, and rows on their way into a batch. */
interface Input {
  readonly name: string;
  readonly schema: EdgeSchema;
  readonly chain: FusedChain | null;
  readonly builder: BatchBuilder;
  readonly keys: readonly number[] | null;
  times: number[];
  changes: number[];
  watermark: number;
  ended: boolean;
}

class Drive {
  readonly #options: DriveOptions;
  readonly #clock = new VirtualClock(0);
  readonly #abort = new AbortController();
  readonly #inputs: readonly Input[];
  readonly #outputs: Readonly<Record<string, EdgeSchema | null>>;
  readonly #tasks: StatefulTask[] = [];
  readonly #receivers: Receiver[][] = [];
  readonly #rows: Driven[] = [];
  readonly #held: (() => void)[] = [];
  readonly #deadLetters: DeadLetter[] = [];
  readonly #watermarks: { time: number; step: number }[] = [];
  #step = 0;

  constructor({ spec, runtime, config, inputs }: DrivenOperator, options: DriveOptions) {
    this.#options = options;
    const parsed = spec.config.parse(config) as Readonly<Record<string, unknown>>;
    const schemas = spec.inputs.map((port) => schemaOf(inputs, port.name));
    this.#outputs = spec.schemas({
      config: parsed,
      inputs: Object.fromEntries(spec.inputs.map((port, at) => [port.name, [schemas[at] as EdgeSchema]])),
      report: (found) => {
        throw new Error(`${found.path.join('.')}: ${found.message}`);
      },
    });
    const needs = runtime.needs(parsed, schemas);
    const keys = runtime.partitionBy(parsed, schemas);
    this.#inputs = spec.inputs.map((port, at) => {
      const schema = schemas[at] as EdgeSchema;
      const own = needs[at] ?? [];
      return {
        name: port.name,
        schema,
        chain: own.length === 0 ? null : new FusedChain(schema.fields, [computedStep(schema.fields, own)]),
        builder: new BatchBuilder(schema.fields),
        keys: keys?.[at] ?? null,
        times: [],
        changes: [],
        watermark: NO_WATERMARK,
        ended: false,
      };
    });
    const create = (): StatefulOperator => runtime.create(this.#context(parsed, schemas));
    const instances = keys === null ? 1 : (options.parallelism ?? 1);
    for (let n = 0; n < instances; n++) {
      const port = new OutPort('driven', 'out', appendOnly([], false), this.#clock);
      if (n === 0) port.connect(this.#watching(), new EdgeStats('driven'), 'driven');
      const task = new StatefulTask(schemas.length, create, new NodeStats('driven'), [port]);
      this.#tasks.push(task);
      this.#receivers.push(schemas.map((_, at) => task.input(at)));
    }
  }

  #context(
    config: Readonly<Record<string, unknown>>,
    inputs: readonly EdgeSchema[],
  ): OperatorContext<Readonly<Record<string, unknown>>> {
    const outputs = Object.fromEntries(
      Object.entries(this.#outputs).flatMap(([n, s]) => (s === null ? [] : [[n, s]])),
    );
    return {
      nodeId: 'driven',
      config,
      clock: this.#clock,
      seed: 1,
      baseDir: '.',
      signal: this.#abort.signal,
      batchRows: this.#options.batchRows ?? 1024,
      log: () => {},
      inputs,
      input: inputs[0] as EdgeSchema,
      outputs,
      output: (outputs['out'] ?? Object.values(outputs)[0]) as EdgeSchema,
      emit: (port, batch) => {
        const step = this.#step;
        const read = (): void => this.#read(port, batch, step);
        if (this.#options.held === true) this.#held.push(read);
        else read();
      },
      reject: (letters) => this.#deadLetters.push(...letters),
    };
  }

  #watching(): Receiver {
    return {
      batch: () => {},
      watermark: (time) => this.#watermarks.push({ time, step: this.#step }),
      idle: () => {},
      end: () => {},
    };
  }

  #read(port: string, batch: Batch, step: number): void {
    const fields = this.#outputs[port]?.fields ?? [];
    for (let k = 0; k < batch.count; k++) {
      const at = position(batch, k);
      const time = batch.times?.[at] ?? Number.NaN;
      this.#rows.push({
        port,
        row: rowAt(batch, fields, at),
        change: CHANGE_NAMES[(batch.changes?.[at] ?? 0) as Change],
        time: Number.isNaN(time) ? null : time,
        step,
      });
    }
  }

  run(steps: readonly DriveStep[]): DriveResult {
    steps.forEach((step, at) => {
      // A batch that became full, or was cut by this step, belongs to the steps before.
      if (!('row' in step)) this.#flushAll();
      if (this.#options.restored === true) for (const task of this.#tasks) task.restart();
      if (this.#options.spoiled === true) for (const { operator } of this.#tasks) spoil(operator.snapshot());
      this.#step = at;
      this.#take(step);
    });
    this.#flushAll();
    for (const read of this.#held) read();
    this.#abort.abort();
    return {
      rows: this.#rows,
      deadLetters: this.#deadLetters,
      watermarks: this.#watermarks,
      tasks: this.#tasks,
    };
  }

  #take(step: DriveStep): void {
    const inputs = step.port === undefined ? this.#inputs : this.#inputs.filter((i) => i.name === step.port);
    if (inputs.length === 0) throw new RangeError(`no input ${step.port}`);
    if ('row' in step) this.#push(inputs[0] as Input, step);
    else if ('clock' in step) {
      this.#clock.advanceTo(step.clock);
      for (const task of this.#tasks) task.operator.clock(step.clock);
    } else {
      for (const input of inputs) {
        this.#tell(input, (receiver) => {
          if ('watermark' in step) receiver.watermark(step.watermark);
          else if ('idle' in step) receiver.idle(step.idle);
          else this.#end(input, receiver);
        });
        if ('watermark' in step) input.watermark = Math.max(input.watermark, step.watermark);
        if ('end' in step) input.ended = true;
      }
    }
  }

  #end(input: Input, receiver: Receiver): void {
    if (input.ended) return;
    receiver.watermark(Infinity);
    receiver.end();
  }

  #tell(input: Input, tell: (receiver: Receiver) => void): void {
    const at = this.#inputs.indexOf(input);
    for (const receivers of this.#receivers) tell(receivers[at] as Receiver);
  }

  #push(input: Input, step: Extract<DriveStep, { row: unknown }>): void {
    // The rows of other inputs came before this one.
    for (const other of this.#inputs) if (other !== input) this.#flush(other);
    input.builder.push(input.schema.fields.map((f) => step.row[f.name] ?? null));
    input.times.push(step.time);
    input.changes.push(CHANGE_NAMES.indexOf(step.change ?? '+I'));
    if (input.builder.length >= (this.#options.batchRows ?? 1024)) this.#flush(input);
  }

  #flushAll(): void {
    for (const input of this.#inputs) this.#flush(input);
  }

  #flush(input: Input): void {
    const { length } = input.builder;
    if (length === 0) return;
    const { eventTime, changelog } = input.schema;
    const raw: Batch = {
      ...input.builder.take(this.#clock.now()),
      times: eventTime ? Float64Array.from(input.times) : null,
      watermarks: eventTime ? new Float64Array(length).fill(input.watermark) : null,
      changes: changelog === 'updating' ? Uint8Array.from(input.changes) : null,
    };
    input.times = [];
    input.changes = [];
    const batch = input.chain === null ? raw : input.chain.process(raw).batch;
    const at = this.#inputs.indexOf(input);
    const parts =
      this.#receivers.length === 1 ? [batch] : splitByKey(batch, input.keys ?? [], this.#receivers.length);
    parts.forEach((part, n) => {
      if (part.count > 0) this.#receivers[n]?.[at]?.batch(part);
    });
  }
}

/** Writes over every array of numbers in a state: a writer of checkpoints may use their memory for others. */
function spoil(state: unknown): void {
  if (typeof state !== 'object' || state === null) return;
  if (ArrayBuffer.isView(state)) new Uint8Array(state.buffer, state.byteOffset, state.byteLength).fill(0x55);
  else for (const inner of Object.values(state)) spoil(inner);
}

function schemaOf(inputs: DrivenOperator['inputs'], port: string): EdgeSchema {
  if (Array.isArray(inputs)) return appendOnly(inputs as readonly Field[], true);
  const schema = (inputs as Readonly<Record<string, EdgeSchema>>)[port];
  if (schema === undefined) throw new Error(`no schema for the input ${port}`);
  return schema;
}
