/**
 * What a checkpoint keeps of an operator: plain data that a structured clone can copy, and so a worker can take and a file hold.
 * Taken at a barrier, on the operator's thread: arrays are copied, never shared with the running state.
 */
import type { Value } from '../contract/values.ts';

export type StateData =
  | Value
  | undefined
  | Float64Array
  | Int32Array
  | readonly StateData[]
  | { readonly [name: string]: StateData };

/** State that can be kept and brought back. */
export interface Snapshots<D> {
  snapshot(): D;
  /** Into an empty one, made with the same settings. */
  restore(data: D): void;
}
