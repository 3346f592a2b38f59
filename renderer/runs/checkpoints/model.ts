/** The list of checkpoints: what the run told of its own, and what lay on the disk before it. Pure. */
import type { CheckpointReport, KeptCheckpoint } from '../../../engine/contract/checkpoints.ts';
import type { ChartModel } from '../chart-model.ts';

export interface CheckpointRow {
  readonly id: number;
  /** Of a savepoint. */
  readonly name: string | null;
  readonly status: CheckpointReport['status'];
  readonly takenAt: number;
  readonly tookMs: number;
  /** Null: of an earlier run, which said it then. */
  readonly stalledMs: number | null;
  /** Where the barrier waited longest; null: nowhere, or not known. */
  readonly aligned: { readonly node: string; readonly ms: number } | null;
  readonly bytes: number | null;
  readonly writtenBytes: number | null;
  readonly nodes: readonly NodeShare[];
  readonly cause: string | null;
  /** `gone`: removed since, as only the last few are kept. */
  readonly place: 'here' | 'gone' | 'none';
}

export interface NodeShare {
  readonly node: string;
  readonly bytes: number | null;
  /** Null: the barrier still waits, or it is not known. */
  readonly alignedMs: number | null;
  /** Rows that the barrier overtook. */
  readonly overtaken?: number | undefined;
}

/**
 * Newest first.
 * @param keep complete checkpoints that stay beside savepoints
 */
export function checkpointRows(
  reports: Iterable<CheckpointReport>,
  kept: readonly KeptCheckpoint[],
  keep: number,
  /** What is on the disk was asked for after the run had ended: what is not there is gone. */
  settled = false,
): CheckpointRow[] {
  const rows = new Map<number, CheckpointRow>();
  for (const one of kept) rows.set(one.id, fromKept(one));
  for (const report of reports) {
    const known = rows.get(report.id);
    // A restored one was taken by an earlier run: the disk knows more of it.
    if (report.status === 'restored' && report.nodes.length === 0 && known !== undefined)
      rows.set(report.id, { ...known, status: 'restored' });
    else rows.set(report.id, fromReport(report));
  }
  const sorted = [...rows.values()].sort((a, b) => b.id - a.id);
  let complete = 0;
  return sorted.map((row) => {
    if (row.status !== 'complete' && row.status !== 'restored') return row;
    const onDisk = !settled || kept.some(({ id }) => id === row.id);
    const stays = onDisk && (row.name !== null || complete++ < keep);
    return stays ? row : { ...row, place: 'gone' as const };
  });
}

const fromKept = ({ nodes, ...one }: KeptCheckpoint): CheckpointRow => ({
  ...one,
  status: 'complete',
  stalledMs: null,
  aligned: null,
  nodes: bySize(nodes.map((share) => ({ ...share, alignedMs: null }))),
  cause: null,
  place: 'here',
});

function fromReport(report: CheckpointReport): CheckpointRow {
  const { id, name, status, takenAt, tookMs, stalledMs, bytes, writtenBytes, cause } = report;
  return {
    id,
    name,
    status,
    takenAt,
    tookMs,
    stalledMs: status === 'restored' && stalledMs === 0 ? null : stalledMs,
    aligned: longest(report.nodes),
    bytes,
    writtenBytes,
    nodes: bySize(report.nodes),
    cause,
    place: status === 'complete' || status === 'restored' ? 'here' : 'none',
  };
}

/** Less than this shows as 0 ms: nobody waited, ms. */
export const AT_ONCE_MS = 0.5;

function longest(nodes: readonly NodeShare[]): CheckpointRow['aligned'] {
  let found: CheckpointRow['aligned'] = null;
  for (const { node, alignedMs } of nodes)
    if (alignedMs !== null && alignedMs >= (found?.ms ?? AT_ONCE_MS)) found = { node, ms: alignedMs };
  return found;
}

const bySize = (nodes: readonly NodeShare[]): NodeShare[] =>
  [...nodes].sort((a, b) => (b.bytes ?? -1) - (a.bytes ?? -1) || a.node.localeCompare(b.node));

/** Nodes with a line of their own in the plot of growth. */
const LINES_MAX = 4;

/** The state of all and of the largest nodes over the run's checkpoints; null with fewer than two. */
export function growthOf(
  rows: readonly CheckpointRow[],
  all: string,
  nameOf: (node: string) => string,
): ChartModel | null {
  const taken = rows.filter(({ bytes, status }) => bytes !== null && status !== 'failed').reverse();
  if (taken.length < 2) return null;
  const largest = bySize(taken.at(-1)?.nodes ?? []).filter(({ bytes }) => (bytes ?? 0) > 0);
  const lines = largest.length > 1 ? largest.slice(0, LINES_MAX) : [];
  return {
    mark: 'line',
    axis: 'time',
    unit: 'bytes',
    xName: '',
    x: taken.map(({ takenAt }) => takenAt),
    labels: [],
    series: [
      { name: all, y: taken.map(({ bytes }) => bytes) },
      ...lines.map(({ node }) => ({
        name: nameOf(node),
        y: taken.map((row) => row.nodes.find((share) => share.node === node)?.bytes ?? null),
      })),
    ],
    hidden: 0,
  };
}
