/** What a kind of window keeps, as the operator sees it. Times in ms. */
import type { Snapshots, StateData } from '../../state/snapshot.ts';

export interface WindowStore extends Snapshots<StateData> {
  /** The watermark at which something fires or is forgotten next; Infinity: nothing waits. */
  readonly due: number;
  /** The same of the clock, for triggers that wait for it. */
  readonly dueClock: number;
  readonly openWindows: number;
  readonly bytes: number;
  /**
   * Gives a row of this time and key to its windows, and fires those that it makes fire. False: late, none takes it.
   * @param row position in the current batch
   * @param watermark in force before the row
   * @param now the clock
   */
  add(time: number, key: number, row: number, watermark: number, now: number): boolean;
  /** A stretch of time in which `add` would find the same pane for every key, and nothing is late or fires. */
  readonly run: Run | null;
  /** Fires all that `watermark` passed, in the order of window ends, and forgets what can no longer change. */
  advance(watermark: number): void;
  /** Fires what waits for the clock. */
  clock(now: number): void;
  /** Calls back with every slot in use that stands for a key. */
  forEachSlot(visit: (slot: number) => void): void;
  /** Calls back with what is open: its slot, its bounds, and the watermark at which it fires or is given up next (Infinity: none). */
  forEachOpen(visit: (slot: number, start: number, end: number, due: number) => void): void;
  /** Keys have other numbers: those that the slots say. */
  rekeyed(): void;
}

export interface Run {
  readonly from: number;
  readonly to: number;
  /** The slot of a key, made where it is new. */
  find(key: number): number;
  /** The same for rows of a batch that stand side by side: they and their slots are written down. */
  findAll(keys: Int32Array, wanted: WantedSlots): void;
}

/** The rows `selection[k]` (or k itself where null), for k in [from, to), by which keys are found. */
export interface WantedSlots {
  readonly selection: Int32Array | null;
  readonly from: number;
  readonly to: number;
  /** What is found, from `at` on: the row's position, and its slot. */
  readonly rows: Int32Array;
  readonly slots: Int32Array;
  readonly at: number;
}
