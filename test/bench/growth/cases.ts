/** What grows, and the pipelines in which it does: each a document over the memory source of the bench. */
import type { GraphDocument } from '../../../engine/contract/document.ts';
import { random } from '../../../engine/runtime/random.ts';
import { type Columns, makeColumns } from '../corpus.ts';

type Node = GraphDocument['nodes'][string];

export interface Growing {
  readonly title: string;
  /** What stands on the x axis. */
  readonly unit: string;
  readonly sizes: readonly number[];
  /** Events of a run at a size. */
  events(size: number): number;
  columns(size: number, events: number): Columns;
  nodes(size: number): readonly Node[];
  /** By how much work an event is more at this size; a cost is divided by it. 1 where an event should cost the same. */
  work(size: number): number;
}

const TIME = { field: 'dateTime', watermark: { kind: 'bounded', delay: '4 s' } };
const EVENTS = 1_000_000;
const DECADES = [100, 1000, 10_000, 100_000, 1_000_000];

function withKeys(keys: number, events: number): Columns {
  const columns = makeColumns(events);
  const { next } = random(2);
  for (let n = 0; n < events; n++) columns.id[n] = Math.floor(next() * keys);
  return columns;
}

function withParties(keys: number, events: number): Columns {
  const columns = withKeys(keys, events);
  columns.party.set(columns.id);
  return columns;
}

const plain = (_: number, events: number): Columns => makeColumns(events);
const once = (): number => 1;
const aggregates = [
  { function: 'count', as: 'n' },
  { function: 'sum', of: 'price', as: 'total' },
];

export const GROWING: Readonly<Record<string, Growing>> = {
  'window keys': {
    title: 'Tumbling window, sum and count by key',
    unit: 'keys',
    sizes: [...DECADES, 10_000_000],
    events: (keys) => Math.max(EVENTS, Math.min(2 * keys, 4_000_000)),
    columns: withKeys,
    // A window longer than the events: each key is a row of state until the end.
    nodes: () => [
      {
        type: 'window',
        config: { window: { kind: 'tumbling', size: '1 day' }, keys: ['id'], aggregates },
      },
    ],
    work: once,
  },
  'group keys': {
    title: 'Group aggregate, which updates, by key',
    unit: 'keys',
    sizes: DECADES,
    events: () => EVENTS,
    columns: withKeys,
    nodes: () => [{ type: 'group-aggregate', config: { keys: ['id'], aggregates } }],
    work: once,
  },
  'dedup keys': {
    title: 'First row of each key',
    unit: 'keys',
    sizes: DECADES,
    events: () => EVENTS,
    columns: withKeys,
    nodes: () => [{ type: 'dedup', config: { keys: ['id'], keep: 'first', by: { kind: 'event-time' } } }],
    work: once,
  },
  windows: {
    title: 'Hopping window of 1,000 keys, by the windows an event is in',
    unit: 'windows an event',
    sizes: [1, 5, 10, 50, 100, 200],
    events: () => EVENTS,
    columns: (_, events) => withParties(1000, events),
    nodes: (windows) => [
      {
        type: 'window',
        config: {
          window: { kind: 'hopping', size: '100 s', slide: `${100_000 / windows} ms` },
          keys: ['party'],
          aggregates,
        },
      },
    ],
    work: once,
  },
  'fan-out': {
    title: 'One source, many sinks; ns by sink',
    unit: 'sinks',
    sizes: [1, 4, 16, 64, 200],
    events: () => EVENTS,
    columns: plain,
    nodes: () => [],
    work: (sinks) => sinks,
  },
  chain: {
    title: 'A chain of maps; ns by node',
    unit: 'nodes',
    sizes: [1, 5, 20, 50, 200],
    events: () => EVENTS,
    columns: plain,
    nodes: (count) =>
      Array.from({ length: count }, () => ({
        type: 'map',
        config: { compute: [{ name: 'price', expression: 'price + 1' }] },
      })),
    work: (count) => count,
  },
};
export function documentOf(name: string, size: number): GraphDocument {
  const growing = GROWING[name];
  if (growing === undefined) throw new Error(`no case ${name}`);
  const sinks = name === 'fan-out' ? size : 1;
  const inner = growing.nodes(size);
  const nodes: Record<string, Node> = { events: { type: 'memory', config: { time: TIME } } };
  const edges: { from: string; to: string }[] = [];
  let last = 'events';
  inner.forEach((node, at) => {
    nodes[`n${at}`] = node;
    edges.push({ from: last, to: `n${at}` });
    last = `n${at}`;
  });
  const field = inner.length === 0 || name === 'chain' || name === 'dedup keys' ? 'price' : 'total';
  for (let s = 0; s < sinks; s++) {
    nodes[`out${s}`] = { type: 'tally', config: { fields: [field] } };
    edges.push({ from: last, to: `out${s}` });
  }
  return { weir: 1, nodes, edges };
}
