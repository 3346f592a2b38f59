import type { z } from 'zod';
import type { StateKeeping } from './keeping.ts';
import type { Problem } from './problems.ts';
import type { DataType, EdgeSchema } from './types.ts';

/**
 * One declarative spec per node type. The palette, the inspector's form, validation, the JSON Schema of the
 * document, the reference page and the CLI's errors all come from it. Shared code never asks for a node's type:
 * what it needs to know is declared here.
 */
export interface NodeSpec<C extends z.ZodObject = z.ZodObject> {
  /** Stable name in documents: `file`, `window`. Lower case, letters and hyphens. */
  readonly type: string;
  readonly kind: NodeKind;
  /** Operators: what it stands with in palette and reference; left out, among what works on one record at a time. */
  readonly group?: OperatorGroup;
  /** Short name on palette and card: a noun for sources and sinks, a verb or noun for operators. */
  readonly label: string;
  /** One sentence for palette and reference. */
  readonly summary: string;
  /** A paragraph or more (Markdown) for the reference page. */
  readonly description: string;
  /** SVG path data on a 16 × 16 grid, drawn as a 1.4 px stroke. */
  readonly icon: string;
  readonly config: C;
  readonly inputs: readonly PortSpec[];
  readonly outputs: readonly PortSpec[];
  /**
   * Where outputs follow from the settings: all of them, and `outputs` holds those that are always there. Takes settings as they
   * stand in the document, which may be wrong. Read it through `withPorts`.
   */
  readonly outputsFor?: (config: Readonly<Record<string, unknown>>) => readonly PortSpec[];
  /** Whether it keeps state between batches. */
  readonly stateful: boolean;
  /**
   * What of it may change while a checkpoint's state is kept (sources: their position; sinks: what they prepared). Left out: nothing.
   * Read how its state is built before a setting is named here.
   */
  readonly keeps?: StateKeeping;
  /** Only operators: whether it has windows that stand open, which one can look at (`PANES`). */
  readonly hasPanes?: boolean;
  /** Only operators: every row that leaves is one that came, with its fields, and leaves at most once: a ledger can look through. */
  readonly passesRows?: boolean;
  /** Only sources: whether they can be read again from a position, which exactly-once needs. */
  readonly replayable?: boolean;
  /** Only sinks: what becomes of rows that are written again after a failure. Left out: `none`. */
  readonly protocol?: SinkProtocol;
  /** Where that follows from the settings, as they stand in the document: `protocol` is that of the defaults. Read it through `withPorts`. */
  readonly protocolFor?: (config: Readonly<Record<string, unknown>>) => SinkProtocol;
  /** Only sources: whether their runtime can `infer` the schema from the data, so that the form offers it. */
  readonly infers?: boolean;
  /** Only sources: whether their runtime can list what there is to read, and show records of it. */
  readonly browses?: boolean;
  /** Where the same graph can run: `weir` alone, or Flink SQL and Spark too. */
  readonly targets: readonly ('weir' | 'flink' | 'spark')[];
  /** The line on the node card, from the settings: `hop 10 s every 2 s, per auction, count(*)`. */
  summarize(config: z.output<C>): string;
  /**
   * The schema of every output port, from the settings and what arrives. Pure; called at every edit.
   * `null` for a port whose schema cannot be known (a problem was reported).
   */
  schemas(context: SchemaContext<z.output<C>>): Readonly<Record<string, EdgeSchema | null>>;
  /** Settings for the reference page and tests: each must validate, and is run where it has rows. */
  readonly examples: readonly SpecExample<z.input<C>>[];
}

export type NodeKind = 'source' | 'operator' | 'sink';

/**
 * `transactional`: rows become visible when the checkpoint after them is complete, and never twice. `idempotent`: a row that is
 * written again takes the place of the first. `none`: it is there twice.
 */
export type SinkProtocol = 'transactional' | 'idempotent' | 'none';

/** In the order of the palette. */
export const OPERATOR_GROUPS = ['transform', 'aggregate', 'join', 'rank', 'pattern', 'code'] as const;
export type OperatorGroup = (typeof OPERATOR_GROUPS)[number];

export interface PortSpec {
  readonly name: string;
  readonly label: string;
  /** `late` and `dead-letter` ports are drawn smaller and may stay unconnected; their rows are counted. */
  readonly role: 'main' | 'late' | 'dead-letter';
  /** Inputs only: takes any number of edges. */
  readonly many?: boolean;
  /**
   * Inputs only: `any` also takes updating edges; left out, only append-only ones fit. Where it depends on the settings, a
   * function of them, and what to set.
   */
  readonly changelog?:
    | 'any'
    | { takesUpdates(config: Readonly<Record<string, unknown>>): boolean; readonly hint: string };
  /** Inputs that take only append-only edges: what to do about an updating one, beyond the general advice. */
  readonly appendOnlyHint?: string;
}

export interface SchemaContext<C> {
  readonly config: C;
  /** By input port; one entry per edge that ends there, in the order of the document's edges. */
  readonly inputs: Readonly<Record<string, readonly EdgeSchema[]>>;
  /** Reports a problem; `path` counts from the node's `config`. */
  report(problem: Problem): void;
}

export interface SpecExample<I> {
  readonly title: string;
  readonly config: I;
  /** Fields of the input, for operators and sinks, as `name TYPE` pairs. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Rows in; with `output`, the rows out that the test expects. Times in `__time`, ms. */
  readonly input?: readonly Readonly<Record<string, unknown>>[];
  /** In place of `fields` and `input`, where there are several input ports: the same by port. */
  readonly inputs?: Readonly<
    Record<
      string,
      {
        readonly fields: Readonly<Record<string, string>>;
        readonly rows: readonly Readonly<Record<string, unknown>>[];
      }
    >
  >;
  readonly output?: readonly Readonly<Record<string, unknown>>[];
}

/** Ports that most nodes have. */
export const MAIN_IN: PortSpec = { name: 'in', label: 'in', role: 'main' };
/** An input that takes updating edges too. */
export const ANY_IN: PortSpec = { ...MAIN_IN, changelog: 'any' };
export const MAIN_OUT: PortSpec = { name: 'out', label: 'out', role: 'main' };
export const LATE_OUT: PortSpec = { name: 'late', label: 'late', role: 'late' };
export const DEAD_LETTER_OUT: PortSpec = { name: 'errors', label: 'errors', role: 'dead-letter' };

/** Which control edits a setting. The inspector has one component per widget. */
export type Widget =
  | 'text'
  | 'multiline'
  | 'number'
  | 'switch'
  | 'select'
  | 'segmented'
  | 'duration'
  | 'path'
  /** The name of a connection, or where a system is. */
  | 'connection'
  /** What is read there, such as a topic: with a list of what there is, where the spec `browses`. */
  | 'place'
  /** A SQL scalar expression over the node's input (or, with `scope: 'self'`, a source's own fields). */
  | 'expression'
  /** A program in JavaScript. */
  | 'code'
  /** A row pattern of MATCH_RECOGNIZE: `A B* C`. */
  | 'pattern'
  /** The name of one of the variables of the node's row pattern. */
  | 'variable'
  /** The name of one field, or a list of names. */
  | 'field'
  | 'fields'
  /** A list of fields with types. */
  | 'schema'
  /** A list of objects, each with its own small form. */
  | 'list'
  /** A list of two field names each, of different scopes: drawn as the fields of both, with a line for each pair. */
  | 'pairs'
  /** One of several shapes, told apart by `kind`. */
  | 'variants'
  /** An object drawn as a group of settings. */
  | 'group'
  /** A table of values under the fields of `schema`. */
  | 'rows';

export type SettingScope = 'input' | 'self' | 'left' | 'right' | 'both' | 'pattern';

/** What a setting says of itself; kept in zod's `.meta()`, and so in the JSON Schema. */
export interface SettingMeta {
  readonly title: string;
  readonly description?: string;
  readonly widget: Widget;
  readonly unit?: string;
  readonly placeholder?: string;
  /** Shown under "more". */
  readonly advanced?: boolean;
  /** Expressions: the type that is expected. */
  readonly expects?: DataType['kind'] | 'ANY';
  /**
   * Expressions and fields: `input` is the node's first input; `self` the fields that this source reads; `left` and `right`
   * the inputs of that name; `both` the two beside each other, as a join sees them; `pattern` the input through the
   * variables of a row pattern (`A.price`, `LAST(A.price, 1)`), which only the node's own check understands.
   */
  readonly scope?: SettingScope;
  /** Fields: only those of these types fit. */
  readonly kinds?: readonly DataType['kind'][];
  /**
   * A picture of what it means that changes with the settings. It reads what stands beside it: `window` (on the choice of a window)
   * the settings `time`, `lateness`, `trigger` and `accumulation`; `assignment` is the same where windows are only assigned, and
   * nothing fires; `interval` (on `upper`) `lower`, `lowerBound`, `upperBound` and
   * `lateness`; `frame` (on the choice of a frame) nothing.
   */
  readonly drawing?: 'window' | 'assignment' | 'interval' | 'frame';
  /** Labels of the values of a select or segmented control, and of the kinds of variants. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Attaches what the form needs to know to a zod type. */
export function setting<T extends z.ZodType>(type: T, meta: SettingMeta): T {
  return type.meta({ ...meta }) as T;
}

/** The spec as a node with these settings has it: `outputs` are that node's ports, `protocol` is that sink's. */
export function withPorts(spec: NodeSpec, config: Readonly<Record<string, unknown>>): NodeSpec {
  const { outputsFor, protocolFor } = spec;
  if (outputsFor === undefined && protocolFor === undefined) return spec;
  const known = portsMade.get(config);
  if (known?.type === spec.type) return known;
  const made = {
    ...spec,
    ...(outputsFor === undefined ? {} : { outputs: outputsFor(config) }),
    ...(protocolFor === undefined ? {} : { protocol: protocolFor(config) }),
  };
  portsMade.set(config, made);
  return made;
}

/** The studio asks at every drawing: the same settings give the same object. */
const portsMade = new WeakMap<Readonly<Record<string, unknown>>, NodeSpec>();

/** Keeps the config's type in a spec that is stored as the general one. */
export function defineNode<C extends z.ZodObject>(spec: NodeSpec<C>): NodeSpec<C> {
  return spec;
}
