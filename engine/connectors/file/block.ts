/** Rows on their way from decoding to the poll, with the place in the file after each of them. */
import type { Batch } from '../../batch/batch.ts';
import { BatchBuilder } from '../../batch/builder.ts';
import type { Column, Value } from '../../batch/column.ts';
import type { Interning } from '../../batch/interning.ts';
import type { Field } from '../../contract/types.ts';
import type { BadRecord, Place, RowReceiver } from '../../formats/codec.ts';
import { deadLetterOf } from '../../formats/dead-letter.ts';
import type { DeadLetter } from '../../runtime/contracts.ts';

/** A bad record in a block. */
export interface Letter {
  readonly letter: DeadLetter;
  /** Rows of the block that stand before it. */
  readonly before: number;
  /** The place after it. */
  readonly offset: number;
  readonly number: number;
}

export interface Block {
  /** Under which the position is kept. */
  readonly key: string;
  /** Which file of that name it is, where the file is followed. */
  readonly inode?: string | undefined;
  /** By row or for all rows, the number of the file. */
  readonly file: number | Int32Array;
  readonly batch: Batch;
  /** Running maximum of the time that paces a replay, by row; null without one. */
  readonly due: Float64Array | null;
  readonly offsets: readonly number[] | Float64Array;
  readonly numbers: readonly number[] | Float64Array;
  readonly letters: readonly Letter[];
  readonly end: Place;
  /** Whether nothing comes after it in its file. */
  readonly last: boolean;
  readonly bytes: number;
}

export interface BlockOptions {
  readonly key: string;
  readonly inode?: string | undefined;
  readonly file: number;
  readonly fields: readonly Field[];
  readonly interning: Interning;
  /** `line` or `record`. */
  readonly unit: string;
  now(): number;
}

export class BlockBuilder implements RowReceiver {
  readonly #options: BlockOptions;
  #tables: Interning['tables'];
  #builder: BatchBuilder;
  #offsets: number[] = [];
  #numbers: number[] = [];
  #letters: Letter[] = [];
  #startOffset: number;
  #offset: number;
  #number: number;

  constructor(options: BlockOptions, from: Place) {
    this.#options = options;
    this.#tables = options.interning.tables;
    this.#builder = new BatchBuilder(options.fields, this.#tables);
    this.#startOffset = from.offset;
    this.#offset = from.offset;
    this.#number = from.number;
  }

  get rows(): number {
    return this.#builder.length;
  }

  get letters(): number {
    return this.#letters.length;
  }

  get bytes(): number {
    return this.#offset - this.#startOffset;
  }

  row(values: readonly Value[], offset: number, number: number): void {
    this.#builder.push(values);
    this.#offsets.push(offset);
    this.#numbers.push(number);
    this.#offset = offset;
    this.#number = number;
  }

  bad(record: BadRecord, raw: Buffer, offset: number, number: number): void {
    const { key, unit } = this.#options;
    const letter = deadLetterOf(record, `${key}, ${unit} ${number}`, raw);
    this.#letters.push({ letter, before: this.#builder.length, offset, number });
    this.#offset = offset;
    this.#number = number;
  }

  take(memo: Place['memo'], last: boolean, due: (batch: Batch) => Float64Array | null): Block {
    const { key, inode, file, interning, fields, now } = this.#options;
    const batch = this.#builder.take(now());
    const block: Block = {
      key,
      inode,
      file,
      batch,
      due: due(batch),
      offsets: this.#offsets,
      numbers: this.#numbers,
      letters: this.#letters,
      end: { offset: this.#offset, number: this.#number, memo },
      last,
      bytes: this.bytes,
    };
    this.#offsets = [];
    this.#numbers = [];
    this.#letters = [];
    this.#startOffset = this.#offset;
    interning.check();
    if (interning.tables !== this.#tables) {
      this.#tables = interning.tables;
      this.#builder = new BatchBuilder(fields, this.#tables);
    }
    return block;
  }
}

/** Rows `from` to `until` of a batch without a selection. */
export function sliceBatch(batch: Batch, from: number, until: number): Batch {
  if (from === 0 && until === batch.length) return batch;
  const columns = batch.columns.map((column): Column => {
    const validity = column.validity?.subarray(from, until) ?? null;
    if (column.kind === 'value') return { ...column, values: column.values.slice(from, until), validity };
    return column.kind === 'string'
      ? { ...column, values: column.values.subarray(from, until), validity }
      : { ...column, values: column.values.subarray(from, until), validity };
  });
  return { ...batch, columns, length: until - from, count: until - from };
}
