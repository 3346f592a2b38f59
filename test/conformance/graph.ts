/** A graph of Weir's nodes, put together stage by stage. */
import type { GraphDocument } from '../../engine/contract/document.ts';
import type { Field } from '../../engine/contract/types.ts';
import { specOf } from '../../engine/specs.ts';
import { type Case, isObject, type Json, type JsonObject, list, object, text, Unsupported } from './case.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import { fieldsOf, TIME_FIELD } from './fields.ts';
import {
  type Output,
  type PipelinePlan,
  runPipeline,
  type StreamPlan,
  type WatermarkPlan,
} from './pipeline-run.ts';
import { sidesOf } from './sides.ts';
import { type InputRecord, type Step, stepsOf, streamNames } from './steps.ts';
import { takesBack, upsertsToChanges, withWholeRows } from './tables.ts';

/** An output of a node that was made, and the fields that a later stage may name. */
export interface Ref {
  readonly from: string;
  readonly fields: readonly string[];
}

export interface GraphOptions {
  /** How watermarks come about; for all streams. */
  readonly watermark: WatermarkPlan;
  readonly eventTime: boolean;
  /** Kafka: the largest time of all streams closes windows. */
  readonly sharedTime?: boolean;
}

export class CaseGraph {
  readonly test: Case;
  readonly dialect: Dialect;
  steps: readonly (readonly Step[])[];
  readonly #updating = new Map<string, { readonly key: readonly string[] | null }>();
  readonly #nodes: Record<string, GraphDocument['nodes'][string]> = {};
  readonly #edges: { from: string; to: string }[] = [];
  readonly #streams = new Map<string, readonly Field[]>();

  constructor(test: Case) {
    this.test = test;
    this.dialect = dialectOf(test.engine);
    this.steps = stepsOf(test);
    for (const name of streamNames(this.steps)) {
      this.#streams.set(name, fieldsOf(this.steps, test.operator, name));
      if (takesBack(this.steps, name)) this.steps = withWholeRows(this.steps, name);
    }
    // A side to which nothing comes is there all the same, and looks like the other one.
    const [only, ...more] = this.streams;
    const opposite = only === 'left' ? 'right' : only === 'right' ? 'left' : null;
    if (opposite !== null && more.length === 0) this.#streams.set(opposite, this.fieldsOf(only ?? ''));
  }

  /** The records of a stream are a table: each replaces the one of its key, and one without a value deletes it. */
  asTable(stream: string, key: readonly string[]): void {
    const { from: name } = this.stream(stream);
    this.steps = upsertsToChanges(this.steps, name, key);
    this.#updating.set(name, { key });
  }

  /** Records of a stream that the case's engine passes over are not there, also for its time. */
  only(stream: string, keep: (record: InputRecord) => boolean): void {
    const { from: name } = this.stream(stream);
    this.steps = this.steps.map((step) =>
      step.map((s) =>
        s.op === 'records'
          ? { ...s, records: s.records.filter((r) => (r.stream ?? name) !== name || keep(r)) }
          : s,
      ),
    );
  }

  /** The fields that name the rows of a table; null: the stream is none. */
  tableKey(stream: string): readonly string[] | null {
    return this.#updating.get(stream)?.key ?? null;
  }

  /** The stream of a side. */
  get #sides(): readonly string[] {
    return sidesOf(this.test.operator, this.streams);
  }

  get streams(): readonly string[] {
    return [...this.#streams.keys()];
  }

  fieldsOf(stream: string): readonly Field[] {
    return this.#streams.get(stream) ?? [];
  }

  /**
   * One input of the case. A case without names has one, which a join reads on both sides; of two that are called otherwise,
   * `left` and `right` are told by the description (see sides.ts).
   */
  stream(name: string): Ref {
    const two = this.streams.length === 2 ? this.#sides[['left', 'right'].indexOf(name)] : undefined;
    const own = this.#streams.has(name) ? name : this.streams.length === 1 ? this.streams[0] : two;
    if (own === undefined) throw new Unsupported(`the stream ${name} among ${this.streams.join(', ')}`);
    return { from: own, fields: this.fieldsOf(own).map((f) => f.name) };
  }

  /** A node with its inputs. `fields`: what comes out of its port `out`. */
  add(
    type: string,
    config: JsonObject,
    inputs: Readonly<Record<string, Ref>>,
    fields: readonly string[],
  ): Ref {
    const id = `n${Object.keys(this.#nodes).length}`;
    this.#nodes[id] = { type, config };
    for (const [port, { from }] of Object.entries(inputs)) this.#edges.push({ from, to: `${id}:${port}` });
    return { from: `${id}:out`, fields };
  }

  /** A node with several edges at one port. */
  addMany(
    type: string,
    config: JsonObject,
    port: string,
    inputs: readonly Ref[],
    fields: readonly string[],
  ): Ref {
    const made = this.add(type, config, {}, fields);
    const id = made.from.slice(0, made.from.indexOf(':'));
    for (const { from } of inputs) this.#edges.push({ from, to: `${id}:${port}` });
    return made;
  }

  /** The ports of a node for what came too late, each as an output of its own. */
  latePorts(made: Ref): Record<string, Ref> {
    const id = made.from.slice(0, made.from.indexOf(':'));
    const ports = specOf(this.#nodes[id]?.type ?? '')?.outputs.filter((o) => o.name.startsWith('late')) ?? [];
    return Object.fromEntries(ports.map(({ name }) => [name, this.port(made, name)]));
  }

  /** Another port of a node that was made. */
  port({ from }: Ref, name: string): Ref {
    return { from: `${from.slice(0, from.indexOf(':'))}:${name}`, fields: [] };
  }

  run(outputs: Readonly<Record<string, Ref>>, options: GraphOptions): Output[] {
    // A stream without a name is called `in`, and a node's port where it is an endpoint.
    const streams = this.streams.map(
      (name): StreamPlan => ({
        name,
        fields: this.fieldsOf(name),
        eventTime: options.eventTime,
        updating: this.#updating.get(name) ?? (takesBack(this.steps, name) ? { key: null } : null),
        watermark: options.watermark,
      }),
    );
    const plan: PipelinePlan = {
      streams,
      nodes: this.#nodes,
      edges: this.#edges,
      outputs: Object.fromEntries(Object.entries(outputs).map(([name, { from }]) => [name, from])),
      steps: this.steps,
      timeField: TIME_FIELD,
      ...(options.sharedTime === undefined ? {} : { sharedTime: options.sharedTime }),
    };
    return runPipeline(plan);
  }
}

/** `[["price", "desc"], …]`, `"price desc"`, `[{"field": "price", "direction": "desc"}]`, as fields and directions. */
export function orderOf(json: Json | undefined): { field: string; order: 'asc' | 'desc' }[] {
  if (typeof json === 'string') return json.split(',').map(termOf);
  const isOneTerm = Array.isArray(json) && json.length === 2 && /^(asc|desc)$/i.test(text(json[1] as Json));
  return isOneTerm ? [termOf(json ?? null)] : list(json).map(termOf);
}

function termOf(json: Json): { field: string; order: 'asc' | 'desc' } {
  const words = typeof json === 'string' ? json.trim().split(/\s+/) : [];
  const [field = '', direction = ''] = Array.isArray(json) ? json.map((w) => text(w as Json)) : words;
  const given = isObject(json) ? json : {};
  return {
    field: field || text(given['field'] ?? given['by'] ?? given['of'] ?? ''),
    order: /^desc/i.test(direction || text(given['direction'] ?? given['order'] ?? given['dir']))
      ? 'desc'
      : 'asc',
  };
}

export const stagesOf = (operator: JsonObject): readonly JsonObject[] => list(operator['stages']).map(object);
