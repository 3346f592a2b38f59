/**
 * Live figures, outside React and React Flow: the last snapshot as it came, and who wants to draw it. Listeners are
 * called at most once a frame, however often figures arrive.
 */
import type { Evidence } from '../../engine/contract/evidence.ts';
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
import { History, type Moment } from './history.ts';

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
  /** Of the moment that is shown. */
  #layout = EMPTY_LAYOUT;
  #figures: Float64Array = NO_FIGURES;
  /** Of the run as it is. */
  #lastLayout = EMPTY_LAYOUT;
  #lastFigures: Float64Array = NO_FIGURES;
  #past: Moment | null = null;
  readonly #moments = new History();
  readonly #evidence: () => readonly Evidence[];
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

  /** @param evidence what the run has seen of its records by now, kept beside the figures */
  constructor(schedule: Schedule, evidence: () => readonly Evidence[] = () => []) {
    this.#schedule = schedule;
    this.#evidence = evidence;
  }

  /** A new run: nothing is known yet. */
  clear(): void {
    this.#moments.clear();
    this.#past = null;
    this.setLayout(EMPTY_LAYOUT);
  }

  setLayout(layout: TelemetryLayout): void {
    // The same one again, as after a dropped link: what is known of the run stays.
    const told = this.#lastFigures.length > 0 && !this.#ended;
    if (told && JSON.stringify(layout) === JSON.stringify(this.#lastLayout)) return;
    this.#lastLayout = layout;
    this.#lastFigures = NO_FIGURES;
    this.#ended = false;
    this.#history = new Float64Array(layout.nodes.length * HISTORY_POINTS).fill(Number.NaN);
    this.#historyAt = -1;
    this.#historyStep++;
    this.#historyMs = Number.NaN;
    if (this.#past === null) this.#showLayout(layout, NO_FIGURES);
    this.#notify();
  }

  #showLayout(layout: TelemetryLayout, figures: Float64Array): void {
    this.#figures = figures;
    if (layout === this.#layout) return;
    this.#layout = layout;
    this.#nodeAt = new Map(layout.nodes.map((id, i) => [id, i]));
    this.#edgeAt = new Map(layout.edges.map((id, i) => [id, i]));
    this.#partitionsOf = new Map();
    layout.partitions.forEach(({ node }, i) => {
      const list = this.#partitionsOf.get(node);
      if (list === undefined) this.#partitionsOf.set(node, [i]);
      else list.push(i);
    });
  }

  /** A snapshot of another layout's length is left aside: its layout has not come yet. */
  push(figures: Float64Array): boolean {
    const layout = this.#lastLayout;
    if (figures.length !== snapshotLength(layout)) return false;
    this.#lastFigures = figures;
    const elapsedMs = figures[HEAD_SLOT.elapsedMs] ?? 0;
    this.#moments.push({ elapsedMs, layout, figures, evidence: this.#evidence() });
    this.#remember();
    if (this.#past === null) this.#figures = figures;
    this.#notify();
    return true;
  }

  /** What is kept of the run from its start on. */
  get moments(): History {
    return this.#moments;
  }

  /** The moment that all figures are of; null: they are the last ones. */
  get past(): Moment | null {
    return this.#past;
  }

  /** From now on all figures are of this moment; null: of the last snapshot again. */
  show(past: Moment | null): void {
    if (past === this.#past) return;
    this.#past = past;
    this.#historyStep++;
    if (past === null) this.#showLayout(this.#lastLayout, this.#lastFigures);
    else this.#showLayout(past.layout, past.figures);
    this.#notify();
  }

  /** The last snapshot, whatever is shown. */
  lastHead(slot: HeadSlot): number {
    return this.#lastFigures[HEAD_SLOT[slot]] ?? Number.NaN;
  }

  /** As `node`, of the last snapshot or a given moment. */
  nodeOf(id: string, slot: NodeSlot, moment: Moment | null = null): number {
    const row = (moment?.layout ?? this.#lastLayout).nodes.indexOf(id);
    const figures = moment?.figures ?? this.#lastFigures;
    return row < 0 ? Number.NaN : (figures[nodeOffset(row) + NODE_SLOT[slot]] ?? Number.NaN);
  }

  /** Whether figures have come since the layout. */
  get live(): boolean {
    return this.#figures.length > 0;
  }

  /** Whether the run is over: rates and states are of the past then, totals stay true. */
  get ended(): boolean {
    return this.#ended && this.#past === null;
  }

  end(): void {
    this.#ended = true;
    this.#notify();
  }

  get layout(): TelemetryLayout {
    return this.#layout;
  }

  /** The shown snapshot, in the layout's order; empty before the first. */
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
    if (this.#past !== null) {
      this.#historyBefore(this.#past, id, into);
      return;
    }
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

  #historyBefore(past: Moment, id: string, into: Float64Array): void {
    for (let i = 0; i < into.length; i++) {
      const at = past.elapsedMs - (into.length - 1 - i) * HISTORY_STEP_MS;
      const moment = at < 0 ? undefined : this.#moments.at(this.#moments.indexAt(at));
      into[i] = moment === undefined ? Number.NaN : this.#rate(id, moment);
    }
  }

  #rate(id: string, moment: Moment): number {
    const into = this.nodeOf(id, 'recordsInPerSecond', moment);
    return into > 0 ? into : this.nodeOf(id, 'recordsOutPerSecond', moment);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #remember(): void {
    const elapsed = this.lastHead('elapsedMs');
    if (elapsed - this.#historyMs < HISTORY_STEP_MS) return;
    this.#historyMs = elapsed;
    this.#historyAt = (this.#historyAt + 1) % HISTORY_POINTS;
    this.#historyStep++;
    this.#lastLayout.nodes.forEach((_, row) => {
      const at = nodeOffset(row);
      const into = this.#lastFigures[at + NODE_SLOT.recordsInPerSecond] ?? Number.NaN;
      const out = this.#lastFigures[at + NODE_SLOT.recordsOutPerSecond] ?? Number.NaN;
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
