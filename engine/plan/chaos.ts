/** Whether the failures that a document injects have nodes to happen to. Pure. */
import type { Fault } from '../contract/chaos.ts';
import { nearest, type Problem, problem, showValue } from '../contract/problems.ts';
import type { NodeKind } from '../contract/spec.ts';
import type { CheckedGraph } from './graph.ts';

/** The node that a fault is about, under which key it stands, and of which kind it has to be. */
export function targetOf(fault: Fault): { key: string; node: string; kind: NodeKind | null } | null {
  switch (fault.kind) {
    case 'fail':
      return { key: 'node', node: fault.node, kind: null };
    case 'stall':
    case 'bad':
      return { key: 'source', node: fault.source, kind: 'source' };
    case 'slow':
    case 'full':
    case 'ack':
      return { key: 'sink', node: fault.sink, kind: 'sink' };
    default:
      return null;
  }
}

/** @param base where the faults stand: `['settings', 'chaos', 'faults']` */
export function chaosProblems(
  graph: Pick<CheckedGraph, 'nodes'>,
  faults: readonly Fault[],
  base: Problem['path'],
): Problem[] {
  return faults.flatMap((fault, at): Problem[] => {
    const target = targetOf(fault);
    if (target === null) return [];
    const found = graph.nodes.get(target.node);
    if (found !== undefined && (target.kind === null || found.spec.kind === target.kind)) return [];
    const fitting = [...graph.nodes.values()].filter(
      (n) => target.kind === null || n.spec.kind === target.kind,
    );
    const near = nearest(
      target.node,
      fitting.map((n) => n.id),
    );
    const kind = target.kind ?? 'node';
    return [
      problem('S-VALUE', {
        path: [...base, at, target.key],
        message:
          found === undefined
            ? 'A failure is injected into a node that does not exist.'
            : `This failure happens to a ${kind}, and the node is a ${found.spec.kind}.`,
        value: showValue(target.node),
        expected: `the id of a ${kind}${near === null ? '' : ` (nearest: ${near})`}`,
        next: 'Correct the id, or remove the failure.',
      }),
    ];
  });
}
