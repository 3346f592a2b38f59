/** Which sinks a ledger can count at: those that get the records of one source as rows, each at most once. Pure. */
import { type Problem, problem, showValue } from '../contract/problems.ts';
import type { CheckedEdge, CheckedGraph } from './graph.ts';

export interface LedgerSink {
  readonly sink: string;
  /** The source that numbers the records. */
  readonly source: string;
  /** Whether an operator between the two may hold records back, so that one that did not come yet may still do. */
  readonly holds: boolean;
}

export interface LedgerPlan {
  readonly field: string;
  readonly sinks: readonly LedgerSink[];
}

/** Null where the document asks for none. */
export function planLedger(graph: CheckedGraph): LedgerPlan | null {
  const field = graph.document.settings?.ledger;
  if (field === undefined) return null;
  const sinks = [...graph.nodes.values()]
    .filter((node) => node.spec.kind === 'sink')
    .flatMap(({ id }) => countedAt(graph, field, id) ?? []);
  return { field, sinks };
}

function countedAt(graph: CheckedGraph, field: string, sink: string): LedgerSink | null {
  const into = new Map<string, CheckedEdge[]>();
  for (const edge of graph.edges) into.set(edge.to.node, [...(into.get(edge.to.node) ?? []), edge]);
  const seen = new Set<string>();
  const sources = new Set<string>();
  let holds = false;
  const open = [...(into.get(sink) ?? [])];
  for (let edge = open.pop(); edge !== undefined; edge = open.pop()) {
    const { node: id, port } = edge.from;
    const node = graph.nodes.get(id);
    const isThere = edge.schema?.fields.some(
      (f) => f.name === field && (f.type.kind === 'INT' || f.type.kind === 'BIGINT'),
    );
    if (node === undefined || edge.schema?.changelog !== 'append') return null;
    if (node.spec.outputs.find((p) => p.name === port)?.role === 'dead-letter') return null;
    if (!isThere) {
      // Another source's records, which are not counted.
      if (node.spec.kind === 'source') continue;
      return null;
    }
    // By two ways the same record would come twice.
    if (seen.has(id)) return null;
    seen.add(id);
    if (node.spec.kind === 'source') sources.add(id);
    else if (node.spec.passesRows !== true) return null;
    else {
      holds ||= node.spec.stateful;
      open.push(...(into.get(id) ?? []));
    }
  }
  const [source, ...more] = sources;
  return source === undefined || more.length > 0 ? null : { sink, source, holds };
}

export function ledgerProblems(graph: CheckedGraph): Problem[] {
  const plan = planLedger(graph);
  if (plan === null || plan.sinks.length > 0) return [];
  return [
    problem('S-VALUE', {
      severity: 'warning',
      path: ['settings', 'ledger'],
      message: `The ledger counts at no sink: none gets the records that one source numbers in ${plan.field}, each as a row.`,
      value: showValue(plan.field),
      expected:
        'an INT or BIGINT field of one source that reaches a sink through maps, filters, routes, unions or sorts',
      next: 'Name such a field (a sequence of the generator, say), or add a sink before records are grouped or joined.',
    }),
  ];
}
