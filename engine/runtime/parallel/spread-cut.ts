/**
 * A checkpoint of a run on several workers. The leader lets the barrier begin; every worker gives it the state of each of its nodes at the
 * moment in which the barrier passed it, and at the end what it counted. The state of keyed operators is put together by slices.
 */

import { countersOf } from '../../telemetry/stats.ts';
import type { BuiltGraph } from '../build.ts';
import type { RunData } from '../run-data.ts';
import type { StatefulData } from '../tasks/stateful-task.ts';
import { type LinkMessage, type PassedNode, STOP_BARRIER } from './messages.ts';
import type { Part } from './part.ts';
import type { SlicedData } from './sliced-operator.ts';

export interface SpreadState {
  /** By node with a state. Sinks have none here. */
  readonly states: ReadonlyMap<string, unknown>;
  readonly run: RunData;
}

interface Taking {
  /** By node, by worker. */
  readonly nodes: Map<string, PassedNode[]>;
  /** Workers at which all nodes have passed. */
  workers: number;
  passed(node: string, alignedMs: number): void;
  done(state: SpreadState): void;
}

type Told = Extract<LinkMessage, { kind: 'passed' | 'all-passed' }>;

export class SpreadCut {
  readonly #part: Part;
  readonly #built: BuiltGraph;
  readonly #taking = new Map<number, Taking>();

  constructor(part: Part, built: BuiltGraph) {
    this.#part = part;
    this.#built = built;
  }

  /**
   * On the leader, between two slices of work.
   * @param passed called when the barrier passes a node, on any worker; in the leader's, at that very moment
   */
  take(id: number, passed: (node: string, alignedMs: number) => void): Promise<SpreadState> {
    return new Promise((done) => {
      this.#taking.set(id, { nodes: new Map(), workers: 0, passed, done });
      this.#part.tellOthers({ kind: 'cut', id });
      this.#part.cut(id);
    });
  }

  /** Nobody waits for it any more; what still comes of it is dropped. */
  giveUp(id: number): void {
    this.#taking.delete(id);
  }

  /** The barrier passes a node of this worker: what comes after it must not count. */
  passed(id: number, node: string, alignedMs: number): void {
    if (id === STOP_BARRIER) return;
    const at = this.#stateOf(node, alignedMs);
    if (this.#part.isLeader) this.#keep(id, node, at);
    else this.#part.tellLeader({ kind: 'passed', id, node, at });
  }

  #stateOf(node: string, alignedMs: number): PassedNode {
    const { nodes, edges } = this.#built;
    const stats = nodes.find((n) => n.node === node);
    // The task writes some of its counters only now.
    const state = stateOf(this.#built, node);
    const leaving = edges.filter((e) => this.#part.leaves(e.id, node));
    return {
      state,
      counters: stats === undefined ? {} : countersOf(stats),
      edges: Object.fromEntries(leaving.map((e) => [e.id, e.records])),
      alignedMs,
    };
  }

  /** It has passed all of them. */
  allPassed(id: number): void {
    if (id === STOP_BARRIER) return;
    if (this.#part.isLeader) this.#count(id);
    else this.#part.tellLeader({ kind: 'all-passed', id });
  }

  /** On the leader, what the others say. */
  told(message: Told): void {
    if (message.kind === 'passed') this.#keep(message.id, message.node, message.at);
    else this.#count(message.id);
  }

  #keep(id: number, node: string, at: PassedNode): void {
    const taking = this.#taking.get(id);
    if (taking === undefined) return;
    const known = taking.nodes.get(node);
    if (known === undefined) taking.nodes.set(node, [at]);
    else known.push(at);
    taking.passed(node, at.alignedMs);
  }

  #count(id: number): void {
    const taking = this.#taking.get(id);
    if (taking === undefined || ++taking.workers < this.#part.plan.workers) return;
    this.#taking.delete(id);
    const states = [...taking.nodes].flatMap(([node, own]) => {
      const known = own.flatMap(({ state }) => (state === undefined ? [] : [state]));
      return known.length === 0 ? [] : [[node, putTogether(known)] as const];
    });
    taking.done({ states: new Map(states), run: runOf(taking.nodes, this.#part.plan.slices) });
  }
}

/** What a checkpoint keeps of a node; undefined: nothing. */
function stateOf({ sources, stateful, merges }: BuiltGraph, node: string): unknown {
  const source = sources.find((task) => task.parts.stats.node === node);
  return (source ?? [...stateful, ...merges].find((task) => task.stats.node === node))?.snapshot();
}

/**
 * At the barrier every worker has seen the same of all inputs, so what they keep of them is equal; only slices differ.
 * @param own by worker
 */
function putTogether(own: readonly unknown[]): unknown {
  const [first, ...others] = own;
  if (others.length === 0) return first;
  const { operator, ...rest } = first as Partial<StatefulData>;
  if (operator === undefined || operator === null) return first;
  const slices = own.map((state) => (state as StatefulData).operator as SlicedData);
  return { ...rest, operator: Object.assign({}, ...slices) as SlicedData };
}

/** What all workers counted. */
function runOf(all: ReadonlyMap<string, readonly PassedNode[]>, slices: number): RunData {
  const nodes = [...all].map(([node, own]) => {
    const names = Object.keys(own[0]?.counters ?? {});
    const sums = names.map((name) => {
      const values = own.map(({ counters }) => counters[name] ?? 0);
      return [
        name,
        name === 'watermark' ? Math.min(...values) : values.reduce((sum, value) => sum + value, 0),
      ];
    });
    return [node, Object.fromEntries(sums) as Record<string, number>] as const;
  });
  const edges: Record<string, number> = {};
  for (const own of all.values())
    for (const at of own)
      for (const [edge, rows] of Object.entries(at.edges)) edges[edge] = (edges[edge] ?? 0) + rows;
  return { nodes: Object.fromEntries(nodes), edges, slices };
}
