/** Splits bytes into CSV records: lines, except that a quoted cell may hold line ends (RFC 4180). */
import { Carry } from '../carry.ts';
import type { Place } from '../codec.ts';
import type { LineReceiver } from '../lines.ts';

const LF = 10;
const CR = 13;
const QUOTE = 0x22;

export class CsvSplitter {
  readonly #delimiter: number;
  readonly #carry: Carry;
  #offset: number;
  #lines: number;
  /** Where in a record the next byte stands; a quote counts as one only where a cell begins. */
  #atCellStart = true;
  #inQuotes = false;
  #started = false;

  constructor(delimiter: string, from: Place, recordBytes: number) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#carry = new Carry(recordBytes);
    this.#offset = from.offset;
    this.#lines = from.number;
  }

  push(chunk: Buffer, to: LineReceiver): void {
    const base = this.#offset;
    let from = 0;
    let quote = chunk.indexOf(QUOTE);
    while (from < chunk.length) {
      if (quote >= 0 && quote < from) quote = chunk.indexOf(QUOTE, from);
      let end = this.#inQuotes ? -1 : chunk.indexOf(LF, from);
      if (this.#inQuotes || (quote >= 0 && (end < 0 || quote < end))) end = this.#endWithQuotes(chunk, from);
      else if (end < 0) {
        this.#started = true;
        this.#atCellStart = chunk[chunk.length - 1] === this.#delimiter;
      }
      if (end < 0) break;
      this.#offset = base + end + 1;
      this.#lines++;
      this.#give(chunk.subarray(from, end), to);
      from = end + 1;
    }
    this.#offset = base + chunk.length;
    if (from < chunk.length) this.#carry.add(chunk.subarray(from));
  }

  /** The end of the record that goes on at `from`, or −1; keeps the state of an open record. */
  #endWithQuotes(chunk: Buffer, from: number): number {
    let inQuotes = this.#inQuotes;
    let atCellStart = this.#started || inQuotes ? this.#atCellStart : true;
    for (let i = from; i < chunk.length; i++) {
      const b = chunk[i];
      if (inQuotes) {
        // A doubled quote closes and opens again: the same in the end.
        if (b === QUOTE) inQuotes = false;
        else if (b === LF) this.#lines++;
        atCellStart = b === QUOTE;
      } else if (b === LF) {
        this.#inQuotes = false;
        return i;
      } else if (b === QUOTE) {
        inQuotes = atCellStart;
        atCellStart = false;
      } else atCellStart = b === this.#delimiter;
    }
    this.#inQuotes = inQuotes;
    this.#atCellStart = atCellStart;
    this.#started = true;
    return -1;
  }

  end(to: LineReceiver): void {
    if (this.#carry.bytes === 0) return;
    this.#lines++;
    this.#give(Buffer.alloc(0), to);
  }

  #give(rest: Buffer, to: LineReceiver): void {
    const { bytes, tooLarge } = this.#carry.take(rest);
    this.#started = false;
    this.#atCellStart = true;
    this.#inQuotes = false;
    if (tooLarge !== null) to.bad(tooLarge, bytes, this.#offset, this.#lines);
    else to.line(bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes, this.#offset, this.#lines);
  }
}
