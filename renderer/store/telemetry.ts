/**
 * Live figures, outside React and React Flow: the last snapshot as it came, and who wants to draw it. Listeners are
 * called at most once a frame, however often figures arrive.
 */
import {
  EDGE_SLOTS,
  type EdgeSlot,
  edgeOffset,
  HEAD_SLOTS,
  type HeadSlot,
  NODE_SLOTS,
  type NodeSlot,
  nodeOffset,
  PARTITION_SLOTS,
  type PartitionSlot,
  partitionOffset,
  snapshotLength,
  type TelemetryLayout,
} from '../../engine/contract/telemetry.ts';

const EMPTY_LAYOUT: TelemetryLayout = { nodes: [], edges: [], partitions: [] };
const NO_FIGURES = new Float64Array(0);

const NODE_SLOT = slots(NODE_SLOTS);
const EDGE_SLOT = slots(EDGE_SLOTS);
const HEAD_SLOT = slots(HEAD_SLOTS);
const PARTITION_SLOT = slots(PARTITION_SLOTS);

/** The past of a node's rate: a point every half second, a minute long. */
export const HISTORY_POINTS = 120;
export const HISTORY_STEP_MS = 500;

export type Schedule = (callback: () => void) => void;

export class Telemetry {
  #layout = EMPTY_LAYOUT;
  #figures: Float64Array = NO_FIGURES;
  #ended = false;
  #nodeAt = new Map<string, number>();
  #edgeAt = new Map<string, number>();
  #partitionsOf = new Map<string, number[]>();
  #history = new Float64Array(0);
  #historyAt = -1;
  #historyStep = 0;
  #historyMs = Number.NaN;
  readonly #listeners = new Set<() => void>();
  readonly #schedule: Schedule;
  #scheduled = false;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** A new run: nothing is known yet. */
  clear(): void {
    this.setLayout(EMPTY_LAYOUT);
  }

  setLayout(layout: TelemetryLayout): void {
    // The same one again, as after a dropped link: what is known of the run stays.
    if (this.live && !this.#ended && JSON.stringify(layout) === JSON.stringify(this.#layout)) return;
    this.#layout = layout;
    this.#ended = false;
    this.#figures = NO_FIGURES;
    this.#nodeAt = new Map(layout.nodes.map((id, i) => [id, i]));
    this.#edgeAt = new Map(layout.edges.map((id, i) => [id, i]));
    this.#partitionsOf = new Map();
    layout.partitions.forEach(({ node }, i) => {
      const list = this.#partitionsOf.get(node);
      if (list === undefined) this.#partitionsOf.set(node, [i]);
      else list.push(i);
    });
    this.#history = new Float64Array(layout.nodes.length * HISTORY_POINTS).fill(Number.NaN);
    this.#historyAt = -1;
    this.#historyStep++;
    this.#historyMs = Number.NaN;
    this.#notify();
  }

  /** A snapshot of another layout's length is left aside: its layout has not come yet. */
  push(figures: Float64Array): boolean {
    if (figures.length !== snapshotLength(this.#layout)) return false;
    this.#figures = figures;
    this.#remember();
    this.#notify();
    return true;
  }

  /** Whether figures have come since the layout. */
  get live(): boolean {
    return this.#figures.length > 0;
  }

  /** Whether the run is over: rates and states are of the past then, totals stay true. */
  get ended(): boolean {
    return this.#ended;
  }

  end(): void {
    this.#ended = true;
    this.#notify();
  }

  get layout(): TelemetryLayout {
    return this.#layout;
  }

  /** The last snapshot, in the layout's order; empty before the first. */
  get figures(): Float64Array {
    return this.#figures;
  }

  head(slot: HeadSlot): number {
    return this.#figures[HEAD_SLOT[slot]] ?? Number.NaN;
  }

  /** NaN where the node is not in the run, or the figure is not known. */
  node(id: string, slot: NodeSlot): number {
    const row = this.#nodeAt.get(id);
    return row === undefined ? Number.NaN : (this.#figures[nodeOffset(row) + NODE_SLOT[slot]] ?? Number.NaN);
  }

  edge(id: string, slot: EdgeSlot): number {
    const row = this.#edgeAt.get(id);
    if (row === undefined) return Number.NaN;
    return this.#figures[edgeOffset(this.#layout, row) + EDGE_SLOT[slot]] ?? Number.NaN;
  }

  /** Rows of a source's partitions in the layout, for `partition`. */
  partitionsOf(node: string): readonly number[] {
    return this.#partitionsOf.get(node) ?? [];
  }

  partition(row: number, slot: PartitionSlot): number {
    return this.#figures[partitionOffset(this.#layout, row) + PARTITION_SLOT[slot]] ?? Number.NaN;
  }

  /** Another number whenever `history` has something else to say. */
  get historyStep(): number {
    return this.#historyStep;
  }

  /** Copies the node's last rates (records/s in, of sources out), oldest first; NaN before the run began. */
  history(id: string, into: Float64Array): void {
    const row = this.#nodeAt.get(id);
    if (row === undefined || this.#historyAt < 0) {
      into.fill(Number.NaN);
      return;
    }
    for (let i = 0; i < into.length; i++) {
      const at = (this.#historyAt + 1 + i + HISTORY_POINTS - into.length) % HISTORY_POINTS;
      into[i] = this.#history[row * HISTORY_POINTS + at] ?? Number.NaN;
    }
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #remember(): void {
    const elapsed = this.head('elapsedMs');
    if (elapsed - this.#historyMs < HISTORY_STEP_MS) return;
    this.#historyMs = elapsed;
    this.#historyAt = (this.#historyAt + 1) % HISTORY_POINTS;
    this.#historyStep++;
    this.#layout.nodes.forEach((_, row) => {
      const at = nodeOffset(row);
      const into = this.#figures[at + NODE_SLOT.recordsInPerSecond] ?? Number.NaN;
      const out = this.#figures[at + NODE_SLOT.recordsOutPerSecond] ?? Number.NaN;
      this.#history[row * HISTORY_POINTS + this.#historyAt] = into > 0 ? into : out;
    });
  }

  #notify(): void {
    if (this.#scheduled || this.#listeners.size === 0) return;
    this.#scheduled = true;
    this.#schedule(() => {
      this.#scheduled = false;
      for (const listener of [...this.#listeners]) listener();
    });
  }
}

function slots<K extends string>(names: readonly K[]): Readonly<Record<K, number>> {
  return Object.fromEntries(names.map((name, i) => [name, i])) as Record<K, number>;
}
