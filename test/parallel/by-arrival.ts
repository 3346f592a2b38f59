/** Pipelines whose results hang on the order in which rows of one watermark arrive: over workers that is nobody's to say (decision 0024). */
import type { GraphDocument } from '../../engine/contract/document.ts';
import { above } from '../../engine/plan/above.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { spreadOf } from '../../engine/runtime/parallel/spread.ts';
import { RUNTIMES } from '../../engine/runtimes.ts';

const BY_ARRIVAL: ReadonlySet<string> = new Set([
  'assign-windows',
  'dedup',
  'distinct',
  'over-aggregate',
  'sort',
  'top-n',
]);
const FUNCTIONS: ReadonlySet<unknown> = new Set(['first', 'last', 'listagg', 'array_agg']);

/** Nodes that go by arrival below one whose rows several workers give. */
export function goByArrival(document: GraphDocument): string[] {
  const graph = checkGraph(document);
  return [...graph.nodes.values()].flatMap((node) => {
    const aggregates = (node.config?.['aggregates'] ?? []) as readonly { readonly function?: unknown }[];
    const goes =
      BY_ARRIVAL.has(node.spec.type) || aggregates.some((aggregate) => FUNCTIONS.has(aggregate.function));
    const isBelow = above(graph, node.id).some((one) => spreadOf(one, RUNTIMES) === 'keyed');
    return goes && isBelow ? [node.id] : [];
  });
}
