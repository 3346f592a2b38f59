/** Why nothing comes out. Pure: what was seen of a run, to findings, in the order of the stream. */
import { above } from '../plan/above.ts';
import type { Finding } from './finding.ts';
import { RULES } from './rules.ts';
import { Scene, type Seen } from './scene.ts';

/** Of the whole graph. Sources first; at one node, what stands before the others in the list of rules. */
export function findingsOf(seen: Seen): Finding[] {
  const scene = new Scene(seen);
  return [...seen.graph.nodes.values()].flatMap((node) =>
    RULES.flatMap((rule) => {
      const found = rule(scene, node);
      return found === null ? [] : [found];
    }),
  );
}

/** Those that can keep rows from a node: at it, and above it. */
export function findingsFor(findings: readonly Finding[], { graph }: Seen, node: string): Finding[] {
  const nodes = new Set([node, ...above(graph, node).map((n) => n.id)]);
  return findings.filter((finding) => nodes.has(finding.node));
}
