/**
 * Watermarks of a source's partitions, merged into one.
 *
 * Each partition has the largest event time seen in it; its watermark stays `delay` behind. The source's watermark is the
 * minimum over its active partitions: one slow partition holds all back, because its records are still to come. A partition
 * without any record yet holds back everything. Idle partitions do not count; when all are idle the watermark stays
 * where it is. It never goes backwards, also when a partition that is behind joins or becomes active again: that one's records
 * may then be late. These are the rules of Flink's WatermarkOutputMultiplexer (CombinedWatermarkStatus).
 *
 * Why `stamp`: the merged watermark moves within a batch. Each row gets the watermark in force just before it, so that whether it is
 * late does not depend on how the input was cut into batches. With one partition that is one comparison and one store per
 * row. With several, the minimum stands at the root of a tournament tree: a row climbs only as far as it changes the
 * winner, two steps on average. (Searching all partitions whenever the one that held the minimum moved was tried: where
 * partitions take turns that is every row, and 64 partitions cost 100 ns a row.)
 */

import { NO_WATERMARK } from './watermarks.ts';

const ACTIVE = 0;
const IDLE = 1;
const REMOVED = 2;
/** In the tree, what never wins: partitions that do not count. */
const OUT = Infinity;

/** Idleness is not kept: after a restart every partition has its timeout again. */
export interface PartitionsData {
  readonly newest: Float64Array;
  readonly status: Uint8Array;
  readonly merged: number;
}

export class PartitionWatermarks {
  readonly #delay: number | null;
  #count = 0;
  /** Largest event time by partition. */
  #newest = new Float64Array(4).fill(NO_WATERMARK);
  #status = new Uint8Array(4);
  /** Records by partition, in order to tell activity from silence (see idleness.ts), and for telemetry. */
  #records = new Float64Array(4);
  #idle = 0;
  #removed = 0;
  /** Leaves from `#leaves` on: the newest time of active partitions, OUT for others. Each node above: the lesser of its two. */
  #leaves = 4;
  #tree = new Float64Array(8).fill(OUT);
  #merged = NO_WATERMARK;

  /**
   * @param partitions known now; more may be added
   * @param delay how far a partition's watermark is behind its newest event time, ms; null: there is no watermark
   *   (`watermarkDelay`)
   */
  constructor(partitions: number, delay: number | null) {
    this.#delay = delay;
    for (let p = 0; p < partitions; p++) this.add();
  }

  /** Partitions ever added; indexes are 0 to this − 1, and are not used again after `remove`. */
  get count(): number {
    return this.#count;
  }

  /** The watermark of the whole source. */
  get merged(): number {
    return this.#merged;
  }

  /** Whether every partition that is left is idle. A source without partitions is not idle: it has not begun. */
  get allIdle(): boolean {
    return this.#idle > 0 && this.#idle + this.#removed === this.#count;
  }

  /** The watermark of one partition, idle or not. */
  of(partition: number): number {
    return this.#delay === null ? NO_WATERMARK : this.#at(partition) - this.#delay;
  }

  isIdle(partition: number): boolean {
    return this.#status[partition] === IDLE;
  }

  /** Records seen in one partition. */
  recordsOf(partition: number): number {
    return this.#records[partition] ?? 0;
  }

  /** A new partition, active and without watermark: from here on it holds the merged one where it is. Returns its index. */
  add(): number {
    const partition = this.#count++;
    if (partition === this.#newest.length) this.#grow();
    this.#newest[partition] = NO_WATERMARK;
    this.#enter(partition, NO_WATERMARK);
    return partition;
  }

  /** Takes a partition out for good. May let the merged watermark go on. */
  remove(partition: number): void {
    if (this.#status[partition] === REMOVED) return;
    if (this.#status[partition] === IDLE) this.#idle--;
    this.#status[partition] = REMOVED;
    this.#removed++;
    this.#enter(partition, OUT);
    this.#merge();
  }

  /** A record with this event time in a partition; ends its idleness, also where the time is not the newest. */
  advance(partition: number, time: number): void {
    this.#records[partition] = this.recordsOf(partition) + 1;
    if (this.#status[partition] === IDLE) this.#wake(partition);
    if (time > this.#at(partition) && this.#status[partition] === ACTIVE) {
      this.#newest[partition] = time;
      this.#enter(partition, time);
    }
    this.#merge();
  }

  /** No longer counts. May let the merged watermark go on. */
  markIdle(partition: number): void {
    if (this.#status[partition] !== ACTIVE) return;
    this.#status[partition] = IDLE;
    this.#idle++;
    this.#enter(partition, OUT);
    this.#merge();
  }

  markActive(partition: number): void {
    if (this.#status[partition] === IDLE) this.#wake(partition);
    this.#merge();
  }

  /**
   * Takes in `count` rows, and writes for each the merged watermark that was in force before it. Times are finite, or NaN for a row
   * that has none: it moves nothing.
   * @param partitions by row, the partition; null: all rows are of partition 0
   * @returns the merged watermark after the last row
   */
  stamp(times: Float64Array, partitions: Int32Array | null, count: number, out: Float64Array): number {
    if (this.#delay === null) this.#stampNone(partitions, count, out);
    else if (partitions !== null) this.#stampMany(times, partitions, count, out, this.#delay);
    else if (this.#single) {
      if (count > 0) this.#stampOne(times, count, out, this.#delay, Infinity);
    } else this.#stampMany(times, null, count, out, this.#delay);
    return this.#merged;
  }

  /**
   * `stamp` for rows that are all of the one partition there is, whose times are looked at in the same pass: a pass over the
   * rows of its own for each would cost as much again.
   * @param limit the largest time, and the negative of the smallest, that is of use (ms)
   * @returns the oldest and newest time; null where there is another partition, no strategy, no row, or a time that is
   *   NaN or beyond the limit: then nothing was taken in
   */
  stampBounded(
    times: Float64Array,
    count: number,
    limit: number,
    out: Float64Array,
  ): { readonly oldest: number; readonly newest: number } | null {
    if (this.#delay === null || count === 0 || !this.#single) return null;
    return this.#stampOne(times, count, out, this.#delay, limit);
  }

  /** What a checkpoint keeps, by partition, and what all of them had come to. */
  snapshot(): PartitionsData {
    return {
      newest: this.#newest.slice(0, this.#count),
      status: this.#status.slice(0, this.#count),
      merged: this.#merged,
    };
  }

  /**
   * Into fresh ones.
   * @param from by partition of these, the index of the same one in `data`; −1 where it was not there
   */
  restore({ newest, status, merged }: PartitionsData, from: readonly number[]): void {
    from.forEach((old, p) => {
      if (old < 0) return;
      this.#newest[p] = newest[old] ?? NO_WATERMARK;
      this.#enter(p, this.#at(p));
      if (status[old] === REMOVED) this.remove(p);
    });
    this.#merged = Math.max(this.#merged, merged);
  }

  /** Whether partition 0 is all that counts. */
  get #single(): boolean {
    return this.#count - this.#removed === 1 && this.#status[0] !== REMOVED;
  }

  #stampOne(
    times: Float64Array,
    count: number,
    out: Float64Array,
    delay: number,
    limit: number,
  ): { oldest: number; newest: number } | null {
    let ever = this.#at(0);
    let merged = this.#merged;
    let newest = -Infinity;
    let oldest = Infinity;
    let usable = true;
    for (let i = 0; i < count; i++) {
      out[i] = merged;
      const time = times[i] as number;
      if (time > newest) {
        newest = time;
        if (time > ever) {
          ever = time;
          // Partitions that were there before and removed may have been ahead.
          if (time - delay > merged) merged = time - delay;
        }
      }
      if (time >= oldest) continue;
      if (time < oldest) oldest = time;
      else usable = false; // NaN compares with nothing.
    }
    if (limit < Infinity && !(usable && oldest >= -limit && newest <= limit)) return null;
    if (this.#idle > 0) this.#wake(0);
    this.#newest[0] = ever;
    this.#enter(0, ever);
    this.#merged = merged;
    this.#records[0] = this.recordsOf(0) + count;
    return { oldest, newest };
  }

  #stampMany(
    times: Float64Array,
    partitions: Int32Array | null,
    count: number,
    out: Float64Array,
    delay: number,
  ): void {
    const newest = this.#newest;
    const status = this.#status;
    const records = this.#records;
    const tree = this.#tree;
    let merged = this.#merged;
    for (let i = 0; i < count; i++) {
      out[i] = merged;
      const p = partitions === null ? 0 : (partitions[i] as number);
      records[p] = (records[p] as number) + 1;
      const woke = status[p] === IDLE;
      if (woke) this.#wake(p);
      const time = times[i] as number;
      // A removed partition holds nothing back, whatever still comes from it.
      const newer = time > (newest[p] as number) && status[p] === ACTIVE;
      if (newer) {
        newest[p] = time;
        this.#enter(p, time);
      }
      if (newer || woke) {
        const watermark = (tree[1] as number) - delay;
        if (watermark > merged) merged = watermark;
      }
    }
    this.#merged = merged;
  }

  /** Without a strategy only activity is of interest. */
  #stampNone(partitions: Int32Array | null, count: number, out: Float64Array): void {
    out.fill(NO_WATERMARK, 0, count);
    for (let i = 0; i < count; i++) this.advance(partitions === null ? 0 : (partitions[i] ?? 0), Number.NaN);
  }

  #wake(partition: number): void {
    this.#status[partition] = ACTIVE;
    this.#idle--;
    this.#enter(partition, this.#at(partition));
  }

  #at(partition: number): number {
    return this.#newest[partition] ?? NO_WATERMARK;
  }

  /** A partition's place in the tournament. Winners above are only looked at as far as one changes. */
  #enter(partition: number, time: number): void {
    const tree = this.#tree;
    let node = this.#leaves + partition;
    tree[node] = time;
    while (node > 1) {
      const left = tree[node & ~1] as number;
      const right = tree[node | 1] as number;
      const least = Math.min(left, right);
      node >>= 1;
      if (tree[node] === least) return;
      tree[node] = least;
    }
  }

  #merge(): void {
    const least = this.#tree[1] ?? OUT;
    if (least === OUT || this.#delay === null) return;
    const watermark = least - this.#delay;
    if (watermark > this.#merged) this.#merged = watermark;
  }

  #grow(): void {
    const length = this.#newest.length * 2;
    const newest = new Float64Array(length).fill(NO_WATERMARK);
    newest.set(this.#newest);
    this.#newest = newest;
    const status = new Uint8Array(length);
    status.set(this.#status);
    this.#status = status;
    const records = new Float64Array(length);
    records.set(this.#records);
    this.#records = records;
    this.#leaves = length;
    this.#tree = new Float64Array(2 * length).fill(OUT);
    for (let p = 0; p < length / 2; p++) if (status[p] === ACTIVE) this.#enter(p, newest[p] ?? NO_WATERMARK);
  }
}
