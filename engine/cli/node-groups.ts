/** Node types as the palette groups them: for `weir nodes` and the reference. */
import type { NodeSpec, OperatorGroup } from '../contract/spec.ts';

export type NodeGroup = 'source' | OperatorGroup | 'sink';

export const NODE_GROUPS: readonly (readonly [NodeGroup, string])[] = [
  ['source', 'Sources'],
  ['transform', 'Transform'],
  ['aggregate', 'Windows and aggregates'],
  ['join', 'Joins'],
  ['rank', 'Sort and rank'],
  ['pattern', 'Patterns'],
  ['code', 'Code'],
  ['sink', 'Sinks'],
];

export const groupOf = (spec: NodeSpec): NodeGroup =>
  spec.kind === 'operator' ? (spec.group ?? 'transform') : spec.kind;
