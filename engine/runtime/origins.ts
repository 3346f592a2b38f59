/** What the state of a node came from: kept with it, so that a changed graph can be compared with the one that a checkpoint is of. */
import type { Origin } from '../checkpoints/format.ts';
import { printType } from '../contract/types.ts';
import type { CheckedGraph, CheckedNode } from '../plan/graph.ts';

export const originOf = (graph: CheckedGraph, node: CheckedNode): Origin => ({
  config: { ...node.config },
  edges: graph.edges.filter((e) => e.to.node === node.id).map((e) => e.id),
  inputs: node.spec.inputs.map(({ name }) =>
    (node.inputs[name] ?? []).map((schema) => schema.fields.map((f) => `${f.name} ${printType(f.type)}`)),
  ),
});
