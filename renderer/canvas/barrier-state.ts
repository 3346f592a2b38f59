/** What of a checkpoint's barrier stands on an edge. Pure. */
import type { CheckpointReport } from '../../engine/contract/checkpoints.ts';

export type BarrierState = 'none' | 'waits';

/** Whether a barrier stands at the end of an edge into `target`. */
export const barrierAt = (report: CheckpointReport | null, target: string): BarrierState =>
  report?.status === 'running' &&
  report.nodes.some(({ node, alignedMs }) => node === target && alignedMs === null)
    ? 'waits'
    : 'none';
