/** The failures that the form offers: their fields, what they begin with, and whether a value is taken. Pure. */
import { type Fault, zFault } from '../../../engine/contract/chaos.ts';
import type { NodeKind } from '../../../engine/contract/spec.ts';
import type { CheckedGraph } from '../../../engine/plan/graph.ts';
import type { TextKey } from '../../app/strings/index.ts';

export interface FaultField {
  readonly key: string;
  readonly label: TextKey;
  /** `node`: the id of one of `of`. */
  readonly type: 'node' | 'text' | 'number';
  /** Null: of any kind. */
  readonly of?: NodeKind | null;
  /** What stands in the empty field: then it may be empty. */
  readonly empty?: TextKey;
}

export interface FaultShape {
  readonly id: string;
  readonly label: TextKey;
  readonly fields: readonly FaultField[];
  /** Whether a fault is of this shape. */
  is(fault: Fault): boolean;
  /** @param node the first that it can happen to; empty for what happens to no node */
  blank(node: string): Fault;
}

const duration = (key: string, label: TextKey): FaultField => ({ key, label, type: 'text' });
const node = (key: 'node' | 'source' | 'sink'): FaultField => ({
  key,
  label: `faults.${key}`,
  type: 'node',
  of: key === 'node' ? null : key,
});
const number = (key: string, label: TextKey): FaultField => ({ key, label, type: 'number' });

export const FAULT_SHAPES: readonly FaultShape[] = [
  {
    id: 'fail-record',
    label: 'fault.fail-record',
    fields: [node('node'), number('record', 'faults.record')],
    is: (fault) => fault.kind === 'fail' && fault.record !== undefined,
    blank: (id) => ({ kind: 'fail', node: id, record: 1000 }),
  },
  {
    id: 'fail-chance',
    label: 'fault.fail-chance',
    fields: [node('node'), number('chance', 'faults.chance')],
    is: (fault) => fault.kind === 'fail' && fault.chance !== undefined,
    blank: (id) => ({ kind: 'fail', node: id, chance: 0.0001 }),
  },
  {
    id: 'kill',
    label: 'fault.kill',
    fields: [
      duration('after', 'faults.after'),
      { ...duration('until', 'faults.until'), empty: 'faults.untilHint' },
    ],
    is: (fault) => fault.kind === 'kill',
    blank: () => ({ kind: 'kill', after: '10 s' }),
  },
  {
    id: 'stall',
    label: 'fault.stall',
    fields: [
      node('source'),
      { key: 'partition', label: 'faults.partition', type: 'text' },
      duration('after', 'faults.after'),
      duration('for', 'faults.for'),
    ],
    is: (fault) => fault.kind === 'stall',
    blank: (id) => ({ kind: 'stall', source: id, partition: '0', after: '5 s', for: '10 s' }),
  },
  {
    id: 'slow',
    label: 'fault.slow',
    fields: [node('sink'), duration('by', 'faults.by')],
    is: (fault) => fault.kind === 'slow',
    blank: (id) => ({ kind: 'slow', sink: id, by: '100 ms' }),
  },
  {
    id: 'ack-lost',
    label: 'fault.ack-lost',
    fields: [node('sink'), number('commit', 'faults.commit')],
    is: (fault) => fault.kind === 'ack' && fault.commit !== undefined,
    blank: (id) => ({ kind: 'ack', sink: id, commit: 1 }),
  },
  {
    id: 'ack-late',
    label: 'fault.ack-late',
    fields: [node('sink'), duration('by', 'faults.by')],
    is: (fault) => fault.kind === 'ack' && fault.by !== undefined,
    blank: (id) => ({ kind: 'ack', sink: id, by: '2 s' }),
  },
  {
    id: 'bad',
    label: 'fault.bad',
    fields: [node('source'), number('chance', 'faults.chance')],
    is: (fault) => fault.kind === 'bad',
    blank: (id) => ({ kind: 'bad', source: id, chance: 0.01 }),
  },
  {
    id: 'jump',
    label: 'fault.jump',
    fields: [duration('by', 'faults.by'), duration('after', 'faults.after')],
    is: (fault) => fault.kind === 'jump',
    blank: () => ({ kind: 'jump', by: '1 h', after: '10 s' }),
  },
  {
    id: 'full',
    label: 'fault.full',
    fields: [node('sink'), number('bytes', 'faults.bytes')],
    is: (fault) => fault.kind === 'full',
    blank: (id) => ({ kind: 'full', sink: id, bytes: 1_000_000 }),
  },
];

export const shapeOf = (fault: Fault): FaultShape | undefined =>
  FAULT_SHAPES.find((shape) => shape.is(fault));

/** Ids of the nodes that a field may name. */
export const nodesFor = (graph: CheckedGraph, { of = null }: FaultField): string[] =>
  [...graph.nodes.values()].filter(({ spec }) => of === null || spec.kind === of).map(({ id }) => id);

/** A new fault of a shape; null where no node is there that it could happen to. */
export function newFault(graph: CheckedGraph, shape: FaultShape): Fault | null {
  const field = shape.fields.find(({ type }) => type === 'node');
  if (field === undefined) return shape.blank('');
  const [first] = nodesFor(graph, field);
  return first === undefined ? null : shape.blank(first);
}

/** The fault with another value, or why that is none. */
export function withValue(
  fault: Fault,
  key: string,
  value: unknown,
): { readonly fault: Fault } | { readonly reason: string } {
  if (Number.isNaN(value)) return { reason: 'Expected a number.' };
  const { [key]: _, ...rest } = fault as Readonly<Record<string, unknown>>;
  const parsed = zFault.safeParse(value === undefined ? rest : { ...rest, [key]: value });
  return parsed.success ? { fault: parsed.data } : { reason: sentence(parsed.error.issues[0]?.message) };
}

/** zod's words for a value, as a sentence. */
export const sentence = (message = 'expected another value'): string =>
  `${message.charAt(0).toUpperCase()}${message.slice(1)}${message.endsWith('.') ? '' : '.'}`;
