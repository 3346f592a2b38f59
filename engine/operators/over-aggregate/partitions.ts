/** What OVER knows of each partition beside its rows, by slot. */
import { largerFloats } from '../../aggregates/accumulator.ts';
import { copyOf } from '../../state/copies.ts';
import type { Snapshots } from '../../state/snapshot.ts';
import { largerInts, NONE } from './rows.ts';

/** Rows by id, or NONE. */
const IDS = ['head', 'tail', 'cursor', 'added', 'frame'] as const;
const COUNTS = ['pending', 'waiting', 'closed', 'behind', 'size'] as const;
const NUMBERS = ['passed', 'rank', 'dense', 'ranked', 'last', 'close', 'timer'] as const;

export interface PartitionsData {
  readonly ints: readonly Int32Array[];
  readonly floats: readonly Float64Array[];
}

export class Partitions implements Snapshots<PartitionsData> {
  /** The list of reached rows: its first, and its last. */
  head = new Int32Array(0);
  tail = new Int32Array(0);
  /** The row that leaves next, and the first that was not added to the aggregates; NONE: behind the last. */
  cursor = new Int32Array(0);
  added = new Int32Array(0);
  /** The oldest row in a frame that slides. */
  frame = new Int32Array(0);
  /** Rows whose time was not reached; rows from the cursor on; of these, those whose session has ended. */
  pending = new Int32Array(0);
  waiting = new Int32Array(0);
  closed = new Int32Array(0);
  /** Rows before the cursor that are kept; rows in a frame that slides. */
  behind = new Int32Array(0);
  size = new Int32Array(0);
  /** Rows that left; their rank and dense rank, and the time of the last one. */
  passed = new Float64Array(0);
  rank = new Float64Array(0);
  dense = new Float64Array(0);
  ranked = new Float64Array(0);
  /** The time of the last row that was reached. */
  last = new Float64Array(0);
  /** When the session ends, or nothing of the partition is needed any more; when its timer is due. Infinity: none. */
  close = new Float64Array(0);
  timer = new Float64Array(0);

  get bytes(): number {
    return this.head.length * (IDS.length * 4 + COUNTS.length * 4 + NUMBERS.length * 8);
  }

  /** Room for `capacity` slots. A slot's timer outlives its partition: it is told when it comes. */
  room(capacity: number): void {
    const from = this.timer.length;
    if (capacity <= from) return;
    for (const name of [...IDS, ...COUNTS]) this[name] = largerInts(this[name], capacity);
    for (const name of NUMBERS) this[name] = largerFloats(this[name], capacity);
    this.timer.fill(Infinity, from);
  }

  reset(slot: number): void {
    for (const name of IDS) this[name][slot] = NONE;
    for (const name of COUNTS) this[name][slot] = 0;
    this.passed[slot] = 0;
    this.rank[slot] = 0;
    this.dense[slot] = 0;
    this.ranked[slot] = Number.NaN;
    this.last[slot] = -Infinity;
    this.close[slot] = Infinity;
  }

  snapshot(): PartitionsData {
    return {
      ints: [...IDS, ...COUNTS].map((name) => copyOf(this[name])),
      floats: NUMBERS.map((name) => copyOf(this[name])),
    };
  }
  restore({ ints, floats }: PartitionsData): void {
    [...IDS, ...COUNTS].forEach((name, at) => {
      this[name] = new Int32Array(ints[at] ?? []);
    });
    NUMBERS.forEach((name, at) => {
      this[name] = new Float64Array(floats[at] ?? []);
    });
  }
}
