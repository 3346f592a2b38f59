/**
 * A keyed operator as several of its kind, one a slice of the keys: each has its own state, and none knows of the others. So state is kept by
 * slice, and another number of workers can share the slices out anew.
 */
import { type Batch, NO_WATERMARK, position } from '../../batch/batch.ts';
import { mergedPanes, type Panes } from '../../contract/panes.ts';
import type { StateData } from '../../state/snapshot.ts';
import type { StatefulOperator } from '../contracts.ts';
import { inOrder } from './in-order.ts';
import { SliceOfRows } from './key-hash.ts';
import { Splitter } from './split.ts';

export interface SlicedParts {
  /** Of all workers. */
  readonly slices: number;
  /** Those that run here, ascending. */
  readonly own: readonly number[];
  /** By input, the columns of the key. */
  readonly keys: readonly (readonly number[])[];
  /** The operator of one slice, which gives its rows to `emit`. */
  create(emit: (port: string, batch: Batch) => void): StatefulOperator;
  /** Takes the rows of all. */
  emit(port: string, batch: Batch): void;
}

/** By slice, the state of its operator. */
export interface SlicedData {
  readonly [slice: string]: StateData;
}

export class SlicedOperator implements StatefulOperator {
  readonly #parts: SlicedParts;
  readonly #operators: readonly StatefulOperator[];
  readonly #resolvers: readonly SliceOfRows[];
  readonly #splitter: Splitter;
  /** By slice, the index of its operator. */
  readonly #indexes: Int32Array;
  /** By port and operator, what was given during the call that is on its way; null: none is. */
  #given: Map<string, Batch[][]> | null = null;
  #watermark = NO_WATERMARK;

  constructor(parts: SlicedParts) {
    this.#parts = parts;
    this.#operators = parts.own.map((_, at) => parts.create((port, batch) => this.#take(at, port, batch)));
    this.#resolvers = parts.keys.map((columns) => new SliceOfRows(columns, parts.slices));
    this.#splitter = new Splitter(parts.own.length);
    this.#indexes = new Int32Array(parts.slices).fill(-1);
    parts.own.forEach((slice, at) => {
      this.#indexes[slice] = at;
    });
  }

  #take(at: number, port: string, batch: Batch): void {
    if (this.#given === null) {
      this.#parts.emit(port, batch);
      return;
    }
    let byOperator = this.#given.get(port);
    if (byOperator === undefined) {
      byOperator = this.#operators.map(() => []);
      this.#given.set(port, byOperator);
    }
    byOperator[at]?.push(batch);
  }

  /** Does `work` with every operator, and then hands on what they gave. */
  #call(work: () => void): void {
    const given = new Map<string, Batch[][]>();
    this.#given = given;
    try {
      work();
    } finally {
      this.#given = null;
    }
    for (const [port, byOperator] of given)
      for (const batch of inOrder(byOperator)) this.#parts.emit(port, batch);
  }

  async open(): Promise<void> {
    for (const operator of this.#operators) await operator.open?.();
  }

  process(batch: Batch, input: number): void {
    const resolver = this.#resolvers[input];
    if (resolver === undefined) throw new RangeError(`no input ${input}`);
    const parts = resolver.resolve(batch);
    for (let k = 0; k < batch.count; k++) {
      const i = position(batch, k);
      const at = this.#indexes[parts[i] as number] as number;
      if (at < 0) throw new Error(`a row of slice ${parts[i]} came to the wrong worker`);
      parts[i] = at;
    }
    const mark = lastMark(batch);
    this.#call(() => {
      this.#splitter.split(batch, parts, (at, rows) => this.#operators[at]?.process(rows, input));
      // A slice without rows is as far as the others: else it gave what is due behind rows that were judged by a later time.
      if (mark > NO_WATERMARK) for (const operator of this.#operators) operator.watermark(mark);
    });
  }

  watermark(time: number): void {
    this.#watermark = time;
    this.#call(() => {
      for (const operator of this.#operators) operator.watermark(time);
    });
  }

  clock(now: number): void {
    this.#call(() => {
      for (const operator of this.#operators) if (operator.nextTimer <= now) operator.clock(now);
    });
  }

  get nextTimer(): number {
    return this.#operators.reduce((least, o) => Math.min(least, o.nextTimer), Infinity);
  }

  inputEnded(input: number): void {
    this.#call(() => {
      for (const operator of this.#operators) operator.inputEnded?.(input);
    });
  }

  end(): void {
    this.#call(() => {
      for (const operator of this.#operators) operator.end();
    });
  }

  snapshot(): SlicedData {
    return Object.fromEntries(
      this.#parts.own.map((slice, at) => [slice, this.#operators[at]?.snapshot()] as const),
    );
  }

  /** @param data of all slices, or at least of its own */
  restore(data: StateData): void {
    const bySlice = data as SlicedData;
    this.#parts.own.forEach((slice, at) => {
      if (Object.hasOwn(bySlice, slice)) this.#operators[at]?.restore(bySlice[slice]);
    });
  }

  /** No further than the slowest. */
  get outputWatermark(): number {
    return this.#operators.reduce(
      (least, o) => Math.min(least, o.outputWatermark ?? this.#watermark),
      this.#watermark,
    );
  }

  get dueWatermark(): number {
    return this.#operators.reduce((least, o) => Math.min(least, o.dueWatermark ?? Infinity), Infinity);
  }

  openPanes(): Panes {
    const parts = this.#operators.flatMap((operator) => operator.openPanes?.() ?? []);
    return mergedPanes(parts) ?? { columns: [], rows: [], total: 0, stateBytes: 0 };
  }

  #sum(of: 'openWindows' | 'stateBytes' | 'stateRows' | 'late'): number {
    return this.#operators.reduce((sum, o) => sum + o[of], 0);
  }

  get openWindows(): number {
    return this.#sum('openWindows');
  }
  get stateBytes(): number {
    return this.#sum('stateBytes');
  }
  get stateRows(): number {
    return this.#sum('stateRows');
  }
  get late(): number {
    return this.#sum('late');
  }
}

/** How far an operator is that took the whole batch, by the watermarks of its rows. */
function lastMark(batch: Batch): number {
  const { watermarks, count } = batch;
  let mark = NO_WATERMARK;
  if (watermarks === null) return mark;
  for (let k = 0; k < count; k++) mark = Math.max(mark, watermarks[position(batch, k)] as number);
  return mark;
}
