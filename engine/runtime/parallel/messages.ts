/** What workers of a run say to each other. The same build on both sides, so plain structured clones. */
import type { PackedBatch } from './codec.ts';

/** An element of an edge, as it crosses: its channel is the edge's place in the graph, and the worker that it comes from. */
export type Crossing =
  | { readonly kind: 'batch'; readonly edge: number; readonly batch: PackedBatch }
  | { readonly kind: 'watermark'; readonly edge: number; readonly time: number }
  | { readonly kind: 'idle'; readonly edge: number; readonly idle: boolean }
  | { readonly kind: 'end'; readonly edge: number }
  | { readonly kind: 'barrier'; readonly edge: number; readonly id: number };

export type LinkMessage =
  | Crossing
  /** So much was taken: the sender may send as much again. */
  | { readonly kind: 'taken'; readonly edge: number; readonly rows: number; readonly bytes: number }
  /** From the leader: cut here. `STOP_BARRIER`: and read nothing more. */
  | { readonly kind: 'cut'; readonly id: number }
  /** From the leader: all is done. */
  | { readonly kind: 'finish' }
  /** To the leader: a node has passed the barrier, and this is what it was then. */
  | { readonly kind: 'passed'; readonly id: number; readonly node: string; readonly at: PassedNode }
  /** To the leader: all nodes have. */
  | { readonly kind: 'all-passed'; readonly id: number };

export interface PassedNode {
  /** Undefined: a checkpoint keeps nothing of it. */
  readonly state: unknown;
  readonly counters: Readonly<Record<string, number>>;
  /** By edge that leaves it, the rows that went there. */
  readonly edges: Readonly<Record<string, number>>;
  /** How long its first barrier waited for the others, ms. */
  readonly alignedMs: number;
}

/** Behind it nothing comes. */
export const STOP_BARRIER = -1;
