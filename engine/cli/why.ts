/** At the end of a run: why a sink got nothing. */
import type { GraphDocument } from '../contract/document.ts';
import type { Evidence } from '../contract/evidence.ts';
import type { RunSummary } from '../contract/link.ts';
import type { TelemetryLayout } from '../contract/telemetry.ts';
import type { Finding } from '../findings/finding.ts';
import { findingsFor, findingsOf } from '../findings/findings.ts';
import { checkGraph } from '../plan/check.ts';
import { asksForCheckpoints } from '../plan/guarantees.ts';

export interface SilentSink {
  readonly sink: string;
  readonly findings: readonly Finding[];
}

export function silentSinks(
  document: GraphDocument,
  run: {
    readonly layout: TelemetryLayout;
    readonly figures: Float64Array;
    readonly evidence: readonly Evidence[];
  },
  summary: RunSummary,
): SilentSink[] {
  const graph = checkGraph(document);
  const silent = summary.nodes.filter(
    ({ node, recordsIn }) => recordsIn === 0 && graph.nodes.get(node)?.spec.kind === 'sink',
  );
  if (silent.length === 0) return [];
  const seen = { graph, ...run, checkpoints: asksForCheckpoints(document.settings) };
  const all = findingsOf(seen);
  return silent.map(({ node }) => ({ sink: node, findings: findingsFor(all, seen, node) }));
}
