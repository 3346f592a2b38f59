/** Splits bytes into lines, or into CSV records, whose quoted cells may hold line ends. */
import { Carry } from './carry.ts';
import type { BadRecord, Place } from './codec.ts';

const LF = 10;
const CR = 13;

export interface LineReceiver {
  /** Without its line end. `offset` and `number` say the place after it. */
  line(bytes: Buffer, offset: number, number: number): void;
  bad(record: BadRecord, raw: Buffer, offset: number, number: number): void;
  /**
   * A line that stands whole in the part, from `from` to its line end at `until`, before a buffer of its own is made for
   * it. False: it was not taken, and `line` gets it.
   */
  within?(part: Buffer, from: number, until: number, offset: number, number: number): boolean;
}

export class LineSplitter {
  readonly #carry: Carry;
  readonly #recordBytes: number;
  #offset: number;
  #number: number;

  constructor(from: Place, recordBytes: number) {
    this.#carry = new Carry(recordBytes);
    this.#recordBytes = recordBytes;
    this.#offset = from.offset;
    this.#number = from.number;
  }

  push(chunk: Buffer, to: LineReceiver): void {
    let from = 0;
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, from)) {
      this.#offset += at + 1 - from;
      const taken =
        to.within !== undefined &&
        this.#carry.bytes === 0 &&
        at - from <= this.#recordBytes &&
        to.within(chunk, from, at, this.#offset, this.#number + 1);
      if (taken) this.#number++;
      else this.#give(chunk.subarray(from, at), to);
      from = at + 1;
    }
    this.#offset += chunk.length - from;
    this.#carry.add(chunk.subarray(from));
  }

  end(to: LineReceiver): void {
    if (this.#carry.bytes > 0) this.#give(Buffer.alloc(0), to);
  }

  #give(rest: Buffer, to: LineReceiver): void {
    const { bytes, tooLarge } = this.#carry.take(rest);
    this.#number++;
    if (tooLarge !== null) to.bad(tooLarge, bytes, this.#offset, this.#number);
    else to.line(bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes, this.#offset, this.#number);
  }
}
