/**
 * What a graph takes over of a checkpoint that was taken of it or of another: nodes are matched by id and type, and take their state
 * where it means what it meant. Everything else is refused until the person says that it is given up: nothing is dropped silently. Pure: the
 * studio and the command line show it before anything is started.
 */
import { nearest, type Problem, problem, showValue } from '../contract/problems.ts';
import type { NodeSpec } from '../contract/spec.ts';
import { specOf } from '../specs.ts';
import type { CheckedGraph, CheckedNode } from './graph.ts';
import { holdsState } from './holds-state.ts';
import { type NodeOrigin, originOf, producersOf } from './origin.ts';
import { type StateChange, stateChanges } from './state-changes.ts';

/** A part of a checkpoint, as its manifest has it. */
export interface TakenPart {
  /** Empty: of the run. */
  readonly node: string;
  readonly type: string;
  readonly origin: NodeOrigin | null;
  readonly bytes: number;
  /** Rows in front of it that the barrier overtook. */
  readonly overtaken?: number | undefined;
}

/**
 * `kept`: it goes on with its state. `new`: it begins without any, because the checkpoint has none of it. `dropped`: its state is given
 * up, as was asked. `refused`: it cannot go on with its state, and nobody said that it is given up. `gone`: it is no more, and had
 * nothing to lose.
 */
export type Fate = 'kept' | 'new' | 'dropped' | 'refused' | 'gone';

export interface NodeTakeover {
  readonly node: string;
  readonly type: string;
  readonly fate: Fate;
  /** Of its state in the checkpoint. */
  readonly bytes: number;
  /** Why it has this fate; empty where that is plain. */
  readonly why: string;
  readonly changes: readonly StateChange[];
  /** Of its part in the checkpoint. */
  readonly kind: NodeSpec['kind'] | null;
}

export interface Takeover {
  /** In the order of the graph; then those that are gone. Nodes that hold nothing, before and now, are left out. */
  readonly nodes: readonly NodeTakeover[];
  /** One a node that is refused, and one a name that cannot be dropped. */
  readonly problems: readonly Problem[];
}

export function takeOver(
  parts: readonly TakenPart[],
  graph: CheckedGraph,
  drop: readonly string[] = [],
): Takeover {
  const own = parts.filter((part) => part.node !== '');
  const byNode = new Map(own.map((part) => [part.node, part]));
  const found = [
    ...[...graph.nodes.values()].flatMap((node) => ofGraph(graph, node, byNode.get(node.id)) ?? []),
    ...own
      .filter((part) => !graph.nodes.has(part.node))
      .map((part) => ofPart(part, 'it is not in the graph')),
  ];
  const droppable = found.filter(isDroppable).map((one) => one.node);
  const nodes = withoutOrphans(
    graph,
    found.map((one) =>
      drop.includes(one.node) && isDroppable(one) ? { ...one, fate: 'dropped' as const } : one,
    ),
  );
  return {
    nodes,
    problems: [
      ...nodes.filter((one) => one.fate === 'refused').map(refusal),
      ...drop.flatMap((name, at) => (droppable.includes(name) ? [] : [notThere(name, at, droppable)])),
    ],
  };
}

/** Null: the checkpoint knows nothing of it, and it holds nothing. */
function ofGraph(graph: CheckedGraph, node: CheckedNode, part: TakenPart | undefined): NodeTakeover | null {
  const { id, spec } = node;
  const fresh = { node: id, type: spec.type, bytes: 0, why: '', changes: [], kind: null } as const;
  if (part === undefined) return holdsState(spec) ? { ...fresh, fate: 'new' } : null;
  if (part.type !== spec.type) return ofPart(part, `it was a ${part.type} and is a ${spec.type}`);
  const known = { ...fresh, bytes: part.bytes, kind: spec.kind };
  const waiting = waitingRows(part, originOf(graph, node));
  if (waiting !== null) return { ...known, fate: 'refused', why: waiting };
  if (!holdsState(spec) || part.origin === null) return { ...known, fate: 'kept' };
  const ports = spec.inputs.map((port) => port.name);
  const changes = stateChanges(spec.keeps, part.origin, originOf(graph, node), ports);
  const broken = changes.filter((change) => !change.allowed);
  const why = (broken.length === 0 ? changes : broken).map((change) => change.text).join('; ');
  return { ...known, fate: broken.length === 0 ? 'kept' : 'refused', why, changes };
}

/** Rows that an unaligned barrier overtook are of the stream that came then. Null: there are none, or it comes still. */
function waitingRows({ overtaken = 0, origin }: TakenPart, now: NodeOrigin): string | null {
  const isSame = JSON.stringify(origin?.inputs) === JSON.stringify(now.inputs);
  return overtaken === 0 || isSame ? null : `${overtaken} rows wait in front of it, and its input is another`;
}

/** Its node is gone, or another: what it held is lost where it held something. */
function ofPart(part: TakenPart, why: string): NodeTakeover {
  const spec = specOf(part.type);
  const { node, type, bytes, overtaken = 0 } = part;
  const fate = spec === null || holdsState(spec) || overtaken > 0 ? 'refused' : 'gone';
  return { node, type, fate, bytes, why, changes: [], kind: spec?.kind ?? null };
}

/**
 * An operator that begins empty gives rows anew that operators below it have already: without what takes them back, they would be there
 * twice. So those begin empty too.
 */
function withoutOrphans(graph: CheckedGraph, nodes: readonly NodeTakeover[]): NodeTakeover[] {
  const fates = new Map(nodes.map((one) => [one.node, one.fate]));
  const done = new Map(nodes.map((one) => [one.node, one]));
  // In the order of the stream, and so through all below.
  for (const { id } of graph.nodes.values()) {
    const one = done.get(id);
    if (one === undefined || one.fate !== 'kept' || one.kind !== 'operator') continue;
    const above = graph.edges
      .filter((edge) => edge.to.node === id && edge.schema?.changelog === 'updating')
      .flatMap((edge) => producersOf(graph, edge))
      .find((node) => fates.get(node) !== 'kept');
    if (above === undefined) continue;
    fates.set(id, 'refused');
    const why = `it has rows of ${above}, which does not go on with its state and so cannot update them`;
    done.set(id, { ...one, fate: 'refused', why });
  }
  return [...done.values()];
}

const isDroppable = ({ fate, kind, type }: NodeTakeover): boolean => {
  const spec = specOf(type);
  return fate === 'refused' || (fate === 'kept' && kind !== null && spec !== null && holdsState(spec));
};

function refusal({ node, bytes, why, changes, kind }: NodeTakeover): Problem {
  const broken = changes.find((change) => !change.allowed);
  const what = kind === 'source' ? 'the position' : kind === 'sink' ? 'what was prepared' : 'the state';
  return problem('K-STATE', {
    path: ['nodes', node, ...(broken?.path ?? [])],
    message: `${node} cannot take over ${what} that the checkpoint has of it (${bytesText(bytes)}): ${why}.`,
    ...(broken === undefined ? {} : { value: broken.after }),
    expected: broken?.expected ?? 'a node of the same id and type',
    next: `Undo the change, or give it up with --drop-state ${node}: ${CONSEQUENCES[kind ?? 'operator']}.`,
  });
}

/** What it means that the state of a node is given up. */
export const CONSEQUENCES: Readonly<Record<NodeSpec['kind'], string>> = {
  source: 'where it is still there, it then gives its records again from their beginning',
  operator: 'where it is still there, it then begins empty',
  sink: 'rows that it had not shown become visible first, as its old settings say',
};

function notThere(name: string, at: number, droppable: readonly string[]): Problem {
  const near = nearest(name, droppable);
  return problem('K-STATE', {
    path: ['checkpoints', 'drop', at],
    message: 'The checkpoint has no state of a node of this name, so none can be given up.',
    value: showValue(name),
    expected:
      droppable.length === 0 ? 'no name: it has no state of any node' : `one of ${droppable.join(', ')}`,
    next: near === null ? 'Leave the name out.' : `Did you mean ${near}?`,
  });
}

/** `612 B`, `1.4 MB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const power = Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${['', 'kB', 'MB', 'GB'][power]}`;
}
