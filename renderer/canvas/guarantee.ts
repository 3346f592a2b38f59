/** What a sink really gets, and the failures that are injected into a node. Pure; worked out once for each checked graph. */
import type { Fault } from '../../engine/contract/chaos.ts';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { targetOf } from '../../engine/plan/chaos.ts';
import type { CheckedGraph } from '../../engine/plan/graph.ts';
import { asksForCheckpoints, guaranteesOf, holds, type SinkGuarantee } from '../../engine/plan/guarantees.ts';

export interface ShownGuarantee extends SinkGuarantee {
  /** Less than the document asks for. */
  readonly less: boolean;
}

/** By what an edit of the layout leaves as it was. */
const known = new WeakMap<CheckedGraph['nodes'], ReadonlyMap<string, ShownGuarantee>>();

export function guaranteeAt(graph: CheckedGraph, sink: string): ShownGuarantee | null {
  let all = known.get(graph.nodes);
  if (all === undefined) {
    const asked = graph.document.settings?.guarantee;
    all = new Map(
      guaranteesOf(graph).map((one) => [
        one.sink,
        { ...one, less: asked !== undefined && !holds(asked, one.guarantee) },
      ]),
    );
    known.set(graph.nodes, all);
  }
  return all.get(sink) ?? null;
}

/** On a card there is room for it only where the document asks for anything. */
export const guaranteeOnCard = (graph: CheckedGraph, sink: string): ShownGuarantee | null =>
  asksForCheckpoints(graph.document.settings) ? guaranteeAt(graph, sink) : null;

const NO_FAULTS: readonly Fault[] = [];

export function faultsAt({ settings }: GraphDocument, node: string): readonly Fault[] {
  const faults = settings?.chaos?.faults ?? NO_FAULTS;
  return faults === NO_FAULTS ? NO_FAULTS : faults.filter((fault) => targetOf(fault)?.node === node);
}
