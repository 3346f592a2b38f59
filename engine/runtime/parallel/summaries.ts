/** What the workers of a run counted, as one. */
import type { RunSummary } from '../../contract/link.ts';
import { LEADER, type ParallelPlan } from '../../plan/parallelism.ts';

type NodeSummary = RunSummary['nodes'][number];

/** @param plan null: there is one worker */
export function mergeSummaries(
  summaries: readonly RunSummary[],
  plan: Pick<ParallelPlan, 'hosts'> | null,
): RunSummary {
  const leader = summaries[LEADER];
  if (leader === undefined) throw new Error('a run without workers');
  if (plan === null || summaries.length === 1) return leader;
  return {
    ...leader,
    recordsRead: summaries.reduce((sum, s) => sum + s.recordsRead, 0),
    nodes: leader.nodes.map(({ node }, at) => {
      const hosts = plan.hosts.get(node) ?? [LEADER];
      return mergeNodes(
        summaries.map((s) => s.nodes[at] as NodeSummary),
        hosts,
      );
    }),
  };
}

/** Watermarks of those that run it; all that was counted anywhere, for what fails in front of an operator is counted where it comes from. */
function mergeNodes(all: readonly NodeSummary[], hosts: readonly number[]): NodeSummary {
  const first = all[hosts[0] ?? LEADER] as NodeSummary;
  const sum = (of: 'recordsIn' | 'recordsOut' | 'late' | 'deadLetters' | 'filtered' | 'committed'): number =>
    all.reduce((total, one) => total + one[of], 0);
  const taken = hosts.map((host) => all[host]?.recordsIn ?? 0);
  const mean = taken.reduce((total, rows) => total + rows, 0) / taken.length;
  const marks = hosts.map((host) => all[host]?.watermark ?? null);
  return {
    ...first,
    recordsIn: sum('recordsIn'),
    recordsOut: sum('recordsOut'),
    late: sum('late'),
    deadLetters: sum('deadLetters'),
    filtered: sum('filtered'),
    committed: sum('committed'),
    ...(hosts.length === 1 || mean === 0 ? {} : { skew: Math.max(...taken) / mean }),
    watermark: marks.includes(null) ? null : Math.min(...marks.map((mark) => mark ?? Infinity)),
  };
}
