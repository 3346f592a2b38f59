/**
 * The rows of possible matches, each mapped to a variable and linked to the row before it: a tree whose branches share what they
 * have in common, as the SharedBuffer of Flink CEP. Typed arrays; a node is freed with the last path through it.
 */

import { copyOf } from '../../state/copies.ts';
import type { Snapshots } from '../../state/snapshot.ts';

export const NO_NODE = -1;

export interface PathsData {
  readonly rows: Int32Array;
  readonly variables: Int16Array;
  readonly previous: Int32Array;
  readonly same: Int32Array;
  readonly depth: Int32Array;
  readonly holders: Int32Array;
  readonly free: readonly number[];
}

export class Paths implements Snapshots<PathsData> {
  /** By node: the row's id. */
  rows = new Int32Array(64);
  variables = new Int16Array(64);
  /** The node of the row before; NO_NODE at the start of a match. */
  previous = new Int32Array(64);
  /** The last node before with the same variable. */
  same = new Int32Array(64);
  /** How many rows the path has up to here. */
  depth = new Int32Array(64);
  #holders = new Int32Array(64);
  #used = 0;
  #free: number[] = [];

  get bytes(): number {
    return this.rows.length * 22 + this.#free.length * 8;
  }

  /** A node after `previous`, held once by the caller. */
  add(row: number, variable: number, previous: number, same: number): number {
    const node = this.#free.pop() ?? this.#used++;
    if (node === this.rows.length) this.#grow();
    this.rows[node] = row;
    this.variables[node] = variable;
    this.previous[node] = previous;
    this.same[node] = same;
    this.depth[node] = previous === NO_NODE ? 1 : (this.depth[previous] as number) + 1;
    this.#holders[node] = 1;
    if (previous !== NO_NODE) this.#holders[previous] = (this.#holders[previous] as number) + 1;
    return node;
  }

  /** One holder less; a loop, since a path can have a million rows. */
  release(node: number): void {
    for (let at = node; at !== NO_NODE; ) {
      const left = (this.#holders[at] as number) - 1;
      this.#holders[at] = left;
      if (left > 0) return;
      this.#free.push(at);
      at = this.previous[at] as number;
    }
  }

  snapshot(): PathsData {
    const used = this.#used;
    return {
      rows: copyOf(this.rows, used),
      variables: copyOf(this.variables, used),
      previous: copyOf(this.previous, used),
      same: copyOf(this.same, used),
      depth: copyOf(this.depth, used),
      holders: copyOf(this.#holders, used),
      free: [...this.#free],
    };
  }

  /** Nodes stay what they were. */
  restore(data: PathsData): void {
    this.#used = data.rows.length;
    while (this.rows.length < this.#used) this.#grow();
    this.rows.set(data.rows);
    this.variables.set(data.variables);
    this.previous.set(data.previous);
    this.same.set(data.same);
    this.depth.set(data.depth);
    this.#holders.set(data.holders);
    this.#free = [...data.free];
  }

  #grow(): void {
    const length = this.rows.length * 2;
    const larger = (old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const next = new Int32Array(length);
      next.set(old);
      return next;
    };
    this.rows = larger(this.rows);
    this.previous = larger(this.previous);
    this.same = larger(this.same);
    this.depth = larger(this.depth);
    this.#holders = larger(this.#holders);
    const variables = new Int16Array(length);
    variables.set(this.variables);
    this.variables = variables;
  }
}
