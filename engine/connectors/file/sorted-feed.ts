/** Reads everything, orders it by arrival time, and gives it as one more feed. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Batch } from '../../batch/batch.ts';
import { type Value, valueAt } from '../../batch/column.ts';
import type { Interning } from '../../batch/interning.ts';
import { problem, WeirError } from '../../contract/problems.ts';
import type { Field } from '../../contract/types.ts';
import { type Checked, evaluate, fieldsOf } from '../../expressions/index.ts';
import { RAW_TEXT_MAX, type SourceContext } from '../../runtime/contracts.ts';
import { rawRow, rowProblem } from '../../runtime/dead-letters.ts';
import type { Block, Letter } from './block.ts';
import type { Feed } from './feed.ts';
import { RowStore } from './row-store.ts';
import { sortedOrder } from './sort.ts';
import type { FileConfig } from './spec.ts';

/** Rows of one block. */
const BLOCK_ROWS = 4096;
export const SORTED_KEY = 'arrival order';

export interface SortedOptions {
  readonly context: SourceContext<FileConfig>;
  readonly interning: Interning;
  readonly by: Checked;
  readonly rowsMax: number;
  /** Where it stood: rows and bad records that were given before. */
  readonly from: { readonly rows: number; readonly letters: number };
  changed(): void;
}

export class SortedFeed implements Feed {
  finished = false;
  failure: Error | null = null;
  readonly #options: SortedOptions;
  readonly #input: Feed;
  readonly #store: RowStore;
  /** Fields that the arrival time is computed from. */
  readonly #used: readonly number[];
  #lastKey = -Infinity;
  #order: Uint32Array | null = null;
  #keys: Float64Array = new Float64Array(0);
  #given: number;
  #letters: Letter[] = [];
  #lettersGiven: number;
  #lettersSeen = 0;
  #head: Block | null = null;
  #sorting = false;
  #stopped = false;

  /** `input` calls `drain` when it has something. */
  constructor(input: (drain: () => void) => Feed, options: SortedOptions) {
    this.#options = options;
    this.#store = new RowStore(options.context.fields);
    this.#used = fieldsOf(options.by);
    this.#given = options.from.rows;
    this.#lettersGiven = options.from.letters;
    let ready = false;
    this.#input = input(() => ready && this.#drain());
    ready = true;
    this.#drain();
  }

  #drain(): void {
    if (this.failure !== null || this.#order !== null) return;
    try {
      for (let block = this.#input.head(); block !== null; block = this.#input.head()) {
        this.#add(block);
        this.#input.shift();
      }
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (this.#input.failure !== null) this.#fail(this.#input.failure);
    else if (this.#input.finished && !this.#sorting) void this.#sort();
  }

  #fail(error: Error): void {
    this.failure = error;
    this.finished = true;
    this.#options.changed();
    void this.#input.stop();
  }

  #add(block: Block): void {
    const { fields, config } = this.#options.context;
    const { batch } = block;
    const letters = block.letters.map((l) => l.letter);
    const values: Value[] = fields.map(() => null);
    const fill = (columns: readonly number[], row: number): void => {
      for (const c of columns) values[c] = cellOf(batch, fields, c, row);
    };
    for (let row = 0; row < batch.length; row++) {
      let key: unknown;
      try {
        fill(this.#used, row);
        key = evaluate(this.#options.by, values);
      } catch (error) {
        fill([...fields.keys()], row);
        const raw = rawRow(
          fields.map((f) => f.name),
          values,
        );
        letters.push({ problem: { ...rowProblem(error), path: [] }, raw: raw.slice(0, RAW_TEXT_MAX) });
        continue;
      }
      // Without a time it arrives with the record before it.
      if (typeof key === 'number') this.#lastKey = key;
      if (this.#store.length >= this.#options.rowsMax) throw tooMany(config.order?.rowsMax ?? 0);
      this.#store.add(batch, row, this.#lastKey, typeof block.file === 'number' ? block.file : 0);
    }
    const offset = this.#options.from.rows;
    for (const letter of letters) {
      const number = ++this.#lettersSeen;
      if (number > this.#options.from.letters) this.#letters.push({ letter, before: 0, offset, number });
    }
    if (this.#letters.length > 0) this.#options.changed();
  }

  async #sort(): Promise<void> {
    this.#sorting = true;
    const tables = this.#options.interning.tables;
    const keys = this.#store.seal(tables);
    const order = await sortedOrder(keys, async () => {
      await breathe();
      if (this.#stopped) throw new Error('stopped');
    }).catch((error: unknown) => {
      if (!this.#stopped) this.#fail(error instanceof Error ? error : new Error(String(error)));
      return null;
    });
    if (order === null) return;
    this.#keys = keys;
    this.#order = order;
    this.finished = true;
    this.#options.changed();
  }

  head(): Block | null {
    if (this.#head !== null) return this.#head;
    const order = this.#order ?? new Uint32Array(0);
    const positions = order.subarray(this.#given, this.#given + BLOCK_ROWS);
    const last = this.#order !== null && this.#given + positions.length >= order.length;
    if (positions.length === 0 && this.#letters.length === 0) return null;
    const { batch, files } = this.#store.gather(positions, this.#options.context.clock.now());
    const due = Float64Array.from(positions, (position) => this.#keys[position] ?? 0);
    this.#lettersGiven += this.#letters.length;
    // A place here counts rows as its offset, and bad records as its number.
    const numbers = new Float64Array(positions.length).fill(this.#lettersGiven);
    const offsets = Float64Array.from(positions, (_, k) => this.#given + k + 1);
    this.#head = {
      key: SORTED_KEY,
      file: files,
      batch,
      due,
      offsets,
      numbers,
      letters: this.#letters,
      end: { offset: this.#given + positions.length, number: this.#lettersGiven, memo: null },
      last,
      bytes: 0,
    };
    this.#letters = [];
    this.#given += positions.length;
    return this.#head;
  }

  shift(): void {
    this.#head = null;
  }

  get remaining(): number {
    if (this.#order === null) return Number.NaN;
    return this.#order.length - this.#given + (this.#head?.batch.length ?? 0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#input.stop();
  }
}

function cellOf(batch: Batch, fields: readonly Field[], column: number, row: number): Value {
  const own = batch.columns[column];
  const type = fields[column]?.type;
  return own === undefined || type === undefined ? null : valueAt(own, type, row);
}

const tooMany = (rowsMax: number): WeirError =>
  new WeirError(
    problem('C-LIMIT', {
      path: ['config', 'order', 'rowsMax'],
      message: 'There are more rows than may be sorted.',
      expected: `at most ${rowsMax} rows`,
      next: 'Raise "Rows at most" of the arrival order if the memory allows, or read fewer files.',
    }),
  );
