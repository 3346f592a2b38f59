/** The figures of a run, written into a typed array in the layout's order, and their rates, computed from two readings. */
import {
  EDGE_SLOTS,
  edgeOffset,
  HEAD_SLOTS,
  NODE_SLOTS,
  nodeOffset,
  PARTITION_SLOTS,
  partitionOffset,
  RUN_STATES,
  type TelemetryLayout,
} from '../contract/telemetry.ts';
import type { EdgeStats, NodeStats, PartitionStats } from './stats.ts';

export interface Figures {
  readonly now: number;
  readonly elapsedMs: number;
  readonly recordsRead: number;
  readonly streamNow: number;
  readonly nodes: readonly NodeStats[];
  readonly edges: readonly EdgeStats[];
  readonly partitions: readonly PartitionStats[];
}

const orNaN = (watermark: number): number => (watermark === -Infinity ? Number.NaN : watermark);

/** Rates and shares are left 0: `Rates` fills them in. `busy` and `backPressure` hold total ms until then. */
export function writeFigures(target: Float64Array, figures: Figures): void {
  target[0] = figures.now;
  target[1] = figures.elapsedMs;
  target[2] = 0;
  target[3] = figures.recordsRead;
  target[4] = figures.streamNow;
  let at = HEAD_SLOTS.length;
  for (const n of figures.nodes) {
    const operatorLag = Number.isFinite(n.watermark)
      ? Math.max(0, figures.streamNow - n.watermark)
      : Number.NaN;
    target[at++] = RUN_STATES.indexOf(n.state);
    target[at++] = n.recordsIn;
    target[at++] = n.recordsOut;
    target[at++] = 0;
    target[at++] = 0;
    target[at++] = orNaN(n.watermark);
    target[at++] = n.lagRecords;
    target[at++] = Number.isNaN(n.lagMs) ? operatorLag : n.lagMs;
    target[at++] = n.late;
    target[at++] = n.deadLetters;
    target[at++] = n.blockedMs;
    target[at++] = n.busyMs;
    target[at++] = n.openWindows;
    target[at++] = n.stateBytes;
    target[at++] = n.stateRows;
    target[at++] = n.committed;
    target[at++] = n.filtered;
    target[at++] = n.ledger?.expected ?? Number.NaN;
    target[at++] = n.ledger?.delivered ?? Number.NaN;
    target[at++] = n.ledger?.duplicated ?? Number.NaN;
    target[at++] = n.ledger?.lost ?? Number.NaN;
  }
  for (const e of figures.edges) {
    target[at++] = e.records;
    target[at++] = 0;
    target[at++] = e.queueRows;
    target[at++] = e.queueBytes;
    target[at++] = e.queueFill;
  }
  for (const p of figures.partitions) {
    target[at++] = p.records;
    target[at++] = 0;
    target[at++] = orNaN(p.watermark);
    target[at++] = p.idle ? 1 : 0;
    target[at++] = p.lagRecords;
    target[at++] = p.lagMs;
    target[at++] = p.lastRecordAt;
  }
}

const node = (slot: (typeof NODE_SLOTS)[number]): number => NODE_SLOTS.indexOf(slot);

/** Keeps the readings of the last second and fills in what changes per second. */
export class Rates {
  readonly #layout: TelemetryLayout;
  #past: { readonly at: number; readonly figures: Float64Array }[] = [];

  constructor(layout: TelemetryLayout) {
    this.#layout = layout;
  }

  /** @param at when the reading was taken, in ms of a clock that only goes forward */
  fill(figures: Float64Array, at: number): Float64Array {
    const raw = figures.slice();
    while (this.#past.length > 1 && at - (this.#past[1]?.at ?? at) >= 1000) this.#past.shift();
    const base = this.#past[0];
    const seconds = base === undefined ? 0 : (at - base.at) / 1000;
    if (base !== undefined && seconds > 0.05) this.#rate(figures, base.figures, seconds);
    else this.#zeroShares(figures);
    this.#past.push({ at, figures: raw });
    return figures;
  }

  #rate(figures: Float64Array, past: Float64Array, seconds: number): void {
    const per = (slot: number): number => ((figures[slot] ?? 0) - (past[slot] ?? 0)) / seconds;
    figures[2] = per(3);
    this.#layout.nodes.forEach((_, i) => {
      const base = nodeOffset(i);
      figures[base + node('recordsInPerSecond')] = per(base + node('recordsIn'));
      figures[base + node('recordsOutPerSecond')] = per(base + node('recordsOut'));
      figures[base + node('backPressure')] = Math.min(1, per(base + node('backPressure')) / 1000);
      figures[base + node('busy')] = Math.min(1, per(base + node('busy')) / 1000);
    });
    this.#layout.edges.forEach((_, i) => {
      const base = edgeOffset(this.#layout, i);
      figures[base + EDGE_SLOTS.indexOf('recordsPerSecond')] = per(base);
    });
    this.#layout.partitions.forEach((_, i) => {
      const base = partitionOffset(this.#layout, i);
      figures[base + PARTITION_SLOTS.indexOf('recordsPerSecond')] = per(base);
    });
  }

  #zeroShares(figures: Float64Array): void {
    this.#layout.nodes.forEach((_, i) => {
      figures[nodeOffset(i) + node('backPressure')] = 0;
      figures[nodeOffset(i) + node('busy')] = 0;
    });
  }
}
