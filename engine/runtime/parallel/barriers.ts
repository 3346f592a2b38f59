/**
 * How a barrier goes through the nodes of one worker. Between two slices of work no row is on its way within a worker, so a node has
 * passed as soon as all its inputs have: an edge within the worker when the node above has, an edge from other workers when its inlet is
 * aligned. A node that passes is told at once, before anything that comes after the barrier can reach it.
 */
import type { CheckedEdge } from '../../plan/graph.ts';

export interface BarrierParts {
  /** Nodes that run here. */
  readonly nodes: readonly string[];
  readonly edges: readonly CheckedEdge[];
  /** Edges that have an inlet here. */
  hasInlet(edge: string): boolean;
  /** The node has passed; its state now is what a checkpoint keeps. */
  passed(id: number, node: string): void;
  /** After that: its edges to other workers, and the inlets of this one. */
  send(id: number, edge: CheckedEdge): void;
  /** After that: its own inlets hold nothing back any more. */
  release(node: string): void;
  /** The last node has. */
  allPassed(id: number): void;
}

export class Barriers {
  readonly #parts: BarrierParts;
  /** By barrier, what has passed: nodes, and edges with an inlet as `→` and their id. */
  readonly #passed = new Map<number, Set<string>>();

  constructor(parts: BarrierParts) {
    this.#parts = parts;
  }

  /** At a source, between two polls. */
  cut(id: number, source: string): void {
    this.#pass(id, source);
  }

  /** All channels of the edge are at the barrier. */
  aligned(id: number, edge: CheckedEdge): void {
    this.#of(id).add(inlet(edge));
    this.#check(id, edge.to.node);
  }

  hasPassed(id: number): boolean {
    const { nodes } = this.#parts;
    const passed = this.#passed.get(id);
    return passed !== undefined && nodes.every((node) => passed.has(node));
  }

  forget(id: number): void {
    this.#passed.delete(id);
  }

  #of(id: number): Set<string> {
    const known = this.#passed.get(id) ?? new Set<string>();
    this.#passed.set(id, known);
    return known;
  }

  #check(id: number, node: string): void {
    const passed = this.#of(id);
    if (passed.has(node)) return;
    const { edges, hasInlet } = this.#parts;
    const inputs = edges.filter((e) => e.to.node === node);
    if (inputs.every((e) => passed.has(hasInlet(e.id) ? inlet(e) : e.from.node))) this.#pass(id, node);
  }

  #pass(id: number, node: string): void {
    const { nodes, edges, passed, send, release, hasInlet, allPassed } = this.#parts;
    if (!nodes.includes(node) || this.#of(id).has(node)) return;
    passed(id, node);
    this.#of(id).add(node);
    const outgoing = edges.filter((e) => e.from.node === node);
    for (const edge of outgoing) send(id, edge);
    for (const edge of outgoing) if (!hasInlet(edge.id)) this.#check(id, edge.to.node);
    if (this.hasPassed(id)) allPassed(id);
    release(node);
  }
}

const inlet = (edge: CheckedEdge): string => `→${edge.id}`;
