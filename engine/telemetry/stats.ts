/** Figures of one node while it runs: plain numbers, raised once a batch, copied out a few times a second. */
import { NO_WATERMARK } from '../batch/batch.ts';
import type { LedgerCounts } from '../contract/link.ts';
import type { RunState } from '../contract/telemetry.ts';

export class NodeStats {
  readonly node: string;
  state: RunState = 'idle';
  recordsIn = 0;
  recordsOut = 0;
  late = 0;
  deadLetters = 0;
  filtered = 0;
  committed = 0;
  /** Of the output. */
  watermark = NO_WATERMARK;
  /** Operators take rows as they come: none wait at their inputs. Sources and sinks say their own. */
  lagRecords = 0;
  lagMs = Number.NaN;
  openWindows = 0;
  stateBytes = 0;
  stateRows = 0;
  /** ms spent at work, and not able to emit. */
  busyMs = 0;
  blockedMs = 0;
  /** Sinks at which a ledger counts. */
  ledger: LedgerCounts | null = null;

  constructor(node: string) {
    this.node = node;
  }
}

/** Figures that only grow, as a checkpoint keeps them: after a restart the sums still add up. */
export const COUNTERS = ['recordsIn', 'recordsOut', 'late', 'deadLetters', 'filtered', 'watermark'] as const;

export const countersOf = (stats: NodeStats): Record<string, number> =>
  Object.fromEntries(COUNTERS.map((name) => [name, stats[name]]));

export function restoreCounters(stats: NodeStats, counters: Readonly<Record<string, number>>): void {
  for (const name of COUNTERS) stats[name] = counters[name] ?? stats[name];
}

export class EdgeStats {
  readonly id: string;
  records = 0;
  queueRows = 0;
  queueBytes = 0;
  /** 0 to 1. */
  queueFill = 0;

  constructor(id: string) {
    this.id = id;
  }
}

export interface PartitionStats {
  readonly node: string;
  readonly name: string;
  records: number;
  watermark: number;
  idle: boolean;
  lagRecords: number;
  lagMs: number;
  /** By the run's clock, ms, as exactly as figures are read; NaN: none yet. */
  lastRecordAt: number;
}
