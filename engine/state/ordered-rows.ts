/**
 * Ids of rows in an order, for inserting, removing and reading by position: blocks of typed arrays, so that an insert into a million
 * moves thousands and not all of them. Most lists are short and have one block.
 */
import type { RowOrder } from './row-order.ts';
import type { Snapshots } from './snapshot.ts';

const BLOCK = 4096;
/** About, of a short list without its ids. */
export const LIST_BYTES = 320;
const BLOCK_BYTES = 150;

interface Block {
  ids: Int32Array;
  count: number;
}

const lastOf = ({ ids, count }: Block): number => ids[count - 1] as number;

export class OrderedRows implements Snapshots<Int32Array> {
  readonly #blocks: Block[] = [{ ids: new Int32Array(4), count: 0 }];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    let bytes = LIST_BYTES;
    for (const block of this.#blocks) bytes += BLOCK_BYTES + block.ids.byteLength;
    return bytes;
  }

  /** The position behind all rows that come before the batch row `row` or tie with it: where it belongs. */
  upperBound(order: RowOrder, row: number): number {
    const blocks = this.#blocks;
    let low = 0;
    let high = blocks.length - 1;
    while (low < high) {
      const mid = (low + high) >>> 1;
      if (order.compareRow(row, lastOf(blocks[mid] as Block)) < 0) high = mid;
      else low = mid + 1;
    }
    const { ids, count } = blocks[low] as Block;
    const start = this.#before(low);
    for (low = 0, high = count; low < high; ) {
      const mid = (low + high) >>> 1;
      if (order.compareRow(row, ids[mid] as number) < 0) high = mid;
      else low = mid + 1;
    }
    return start + low;
  }

  /** The position of a row that is in the list. */
  indexOf(order: RowOrder, id: number): number {
    const blocks = this.#blocks;
    let low = 0;
    let high = blocks.length - 1;
    while (low < high) {
      const mid = (low + high) >>> 1;
      if (order.compare(id, lastOf(blocks[mid] as Block)) <= 0) high = mid;
      else low = mid + 1;
    }
    const { ids, count } = blocks[low] as Block;
    const start = this.#before(low);
    for (low = 0, high = count - 1; low < high; ) {
      const mid = (low + high) >>> 1;
      if (order.compare(id, ids[mid] as number) <= 0) high = mid;
      else low = mid + 1;
    }
    if (ids[low] !== id) throw new Error(`row ${id} is not in the list`);
    return start + low;
  }

  /** Rows in front of a block. */
  #before(block: number): number {
    let rows = 0;
    for (let b = 0; b < block; b++) rows += (this.#blocks[b] as Block).count;
    return rows;
  }

  at(position: number): number {
    let left = position;
    for (const { ids, count } of this.#blocks) {
      if (left < count) return ids[left] as number;
      left -= count;
    }
    throw new RangeError(`no row at ${position}`);
  }

  get last(): number {
    return lastOf(this.#blocks[this.#blocks.length - 1] as Block);
  }

  insert(position: number, id: number): void {
    let left = position;
    for (let b = 0; b < this.#blocks.length; b++) {
      const block = this.#blocks[b] as Block;
      if (left > block.count || (left === block.count && b < this.#blocks.length - 1 && left === BLOCK)) {
        left -= block.count;
        continue;
      }
      if (block.count === block.ids.length) {
        if (block.count === BLOCK) {
          if (left === BLOCK) this.#blocks.push({ ids: new Int32Array(64), count: 0 });
          else this.#split(b);
          b--;
          continue;
        }
        const ids = new Int32Array(Math.min(BLOCK, block.ids.length * 2));
        ids.set(block.ids);
        block.ids = ids;
      }
      block.ids.copyWithin(left + 1, left, block.count);
      block.ids[left] = id;
      block.count++;
      this.#length++;
      return;
    }
    throw new RangeError(`no place at ${position}`);
  }

  #split(b: number): void {
    const { ids } = this.#blocks[b] as Block;
    // Rows that come in order fill blocks: only what is put between them halves one.
    const half = BLOCK / 2;
    const right = new Int32Array(BLOCK);
    right.set(ids.subarray(half));
    this.#blocks.splice(b, 1, { ids, count: half }, { ids: right, count: half });
  }

  /** Takes the row at a position out and returns its id. */
  removeAt(position: number): number {
    let left = position;
    for (let b = 0; b < this.#blocks.length; b++) {
      const block = this.#blocks[b] as Block;
      if (left >= block.count) {
        left -= block.count;
        continue;
      }
      const id = block.ids[left] as number;
      block.ids.copyWithin(left, left + 1, block.count);
      block.count--;
      this.#length--;
      // No block is empty but that of an empty list.
      if (block.count === 0 && this.#blocks.length > 1) this.#blocks.splice(b, 1);
      return id;
    }
    throw new RangeError(`no row at ${position}`);
  }

  /** Takes the first `count` rows out, and writes their ids into `out`. */
  removeFirst(count: number, out: Int32Array): void {
    this.read(0, count, out);
    let left = count;
    while (left > 0) {
      const block = this.#blocks[0] as Block;
      if (left >= block.count && this.#blocks.length > 1) {
        left -= block.count;
        this.#blocks.shift();
      } else {
        block.ids.copyWithin(0, left, block.count);
        block.count -= left;
        left = 0;
      }
    }
    this.#length -= count;
  }

  /** Writes the ids at [from, to) into `out`, as far as there are any, and returns how many. */
  read(from: number, to: number, out: Int32Array): number {
    const end = Math.min(to, this.#length);
    let written = 0;
    let start = 0;
    for (const { ids, count } of this.#blocks) {
      if (start >= end) break;
      const low = Math.max(from - start, 0);
      const high = Math.min(end - start, count);
      if (low < high) {
        out.set(ids.subarray(low, high), written);
        written += high - low;
      }
      start += count;
    }
    return written;
  }

  snapshot(): Int32Array {
    const ids = new Int32Array(this.#length);
    this.read(0, this.#length, ids);
    return ids;
  }

  restore(ids: Int32Array): void {
    this.#blocks.length = 0;
    for (let from = 0; from < ids.length || from === 0; from += BLOCK) {
      const block = ids.slice(from, from + BLOCK);
      this.#blocks.push({ ids: block.length === 0 ? new Int32Array(4) : block, count: block.length });
    }
    this.#length = ids.length;
  }
}
