/** What a kind of window keeps, as the operator sees it. Times in ms; `t` fires when the watermark reaches `due`. */
export interface WindowStore {
  /** The watermark at which something fires or is cleaned up next; Infinity: nothing waits. */
  readonly due: number;
  readonly openWindows: number;
  readonly bytes: number;
  /**
   * The slot that a row of this time and key goes to, or −1 when it is late. `flush` is called before slots move or
   * merge: rows given out earlier must be in their slots by then.
   */
  slot(time: number, key: number, watermark: number, flush: () => void): number;
  /** A stretch of time in which `slot` gives the same pane for every key, and nothing is late or fires again. */
  readonly run: Run | null;
  /** Whether `refire` has something to do. */
  readonly mustRefire: boolean;
  /** Windows that a row just added to must fire at once, being past already (allowed lateness). */
  refire(emit: Emit): void;
  /** Fires all that `watermark` passed, in the order of window ends, and forgets what can no longer change. */
  advance(watermark: number, emit: Emit): void;
  /** Calls back with every slot in use, and lets it be told the slot's new key. */
  forEachSlot(visit: (slot: number) => void): void;
  rekeyed(): void;
}

export interface Run {
  readonly from: number;
  readonly to: number;
  /** The slot of a key, made where it is new. */
  find(key: number): number;
}

export type Emit = (slot: number, start: number, end: number) => void;
