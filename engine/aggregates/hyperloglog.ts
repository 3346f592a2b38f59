/**
 * APPROX_COUNT_DISTINCT: HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007) over 64 bits of hash, with the estimator of Ertl 2017
 * ("New cardinality estimation algorithms for HyperLogLog sketches", algorithm 6), which needs no tables of corrections.
 * 2^12 registers: a standard error of 1.04 / √4096 = 1.6 %. Up to `EXACT_MAX` values a set counts them exactly.
 */
import type { ColumnBuilder } from '../batch/builder.ts';
import type { Column } from '../batch/column.ts';
import { copyOf } from '../state/copies.ts';
import type { StateData } from '../state/snapshot.ts';
import { type Accumulator, isNullAt, type Key, keyAt } from './accumulator.ts';
import { hash64, hashed } from './hash64.ts';

const INDEX_BITS = 12;
const REGISTERS = 2 ** INDEX_BITS;
/** Bits of hash that are left for a register's run of zeros. */
const RANK_BITS = 64 - INDEX_BITS;
const EXACT_MAX = 256;
const ENTRY_BYTES = 40;

type Sketch = Set<Key> | Uint8Array;

export class HyperLogLog implements Accumulator {
  readonly #sketches: (Sketch | undefined)[] = [];
  #held = 0;
  readonly slotBytes = 24;

  get heldBytes(): number {
    return this.#held;
  }
  grow(): void {}
  reset(slot: number): void {
    this.#put(slot, undefined);
  }
  #put(slot: number, sketch: Sketch | undefined): void {
    this.#held += bytesOf(sketch) - bytesOf(this.#sketches[slot]);
    this.#sketches[slot] = sketch;
  }
  update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    if (column === null) return;
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      if (!isNullAt(column, row)) this.#add(slots[k] as number, keyAt(column, row));
    }
  }
  #add(slot: number, key: Key): void {
    const sketch = this.#sketches[slot];
    if (sketch instanceof Uint8Array) {
      note(sketch, key);
      return;
    }
    const set = sketch ?? new Set<Key>();
    const before = set.size;
    set.add(key);
    this.#sketches[slot] = set;
    this.#held += (set.size - before) * ENTRY_BYTES;
    if (set.size > EXACT_MAX) this.#put(slot, registersOf(set));
  }
  merge(into: number, from: number): void {
    const source = this.#sketches[from];
    if (source === undefined) return;
    if (!(source instanceof Uint8Array)) {
      for (const key of source) this.#add(into, key);
      return;
    }
    const target = this.#sketches[into];
    const registers = target instanceof Uint8Array ? target : registersOf(target ?? []);
    for (let i = 0; i < REGISTERS; i++) {
      const rank = source[i] as number;
      if (rank > (registers[i] as number)) registers[i] = rank;
    }
    this.#put(into, registers);
  }
  emit(slot: number, builder: ColumnBuilder): void {
    const sketch = this.#sketches[slot];
    if (sketch instanceof Uint8Array) builder.pushNumber(Math.round(estimate(sketch)));
    else builder.pushNumber(sketch?.size ?? 0);
  }
  snapshot(): StateData {
    return Array.from(this.#sketches, (sketch) =>
      sketch === undefined ? null : sketch instanceof Uint8Array ? copyOf(sketch) : [...sketch],
    );
  }
  restore(data: StateData): void {
    (data as readonly (Uint8Array | readonly Key[] | null)[]).forEach((held, slot) => {
      if (held === null) return;
      this.#put(slot, held instanceof Uint8Array ? held.slice() : new Set(held));
    });
  }
}

const bytesOf = (sketch: Sketch | undefined): number =>
  sketch === undefined ? 0 : sketch instanceof Uint8Array ? REGISTERS : sketch.size * ENTRY_BYTES;

function registersOf(keys: Iterable<Key>): Uint8Array {
  const registers = new Uint8Array(REGISTERS);
  for (const key of keys) note(registers, key);
  return registers;
}

/** The first bits say which register; it keeps the longest run of zeros, plus one, at the start of the other bits. */
function note(registers: Uint8Array, key: Key): void {
  hash64(key);
  const index = hashed.high >>> (32 - INDEX_BITS);
  const rest = hashed.high << INDEX_BITS;
  const rank = rest !== 0 ? Math.clz32(rest) + 1 : 32 - INDEX_BITS + Math.clz32(hashed.low) + 1;
  if (rank > (registers[index] as number)) registers[index] = rank;
}

function estimate(registers: Uint8Array): number {
  const histogram = new Float64Array(RANK_BITS + 2);
  for (const rank of registers) histogram[rank] = (histogram[rank] as number) + 1;
  let z = REGISTERS * tau(1 - (histogram[RANK_BITS + 1] as number) / REGISTERS);
  for (let rank = RANK_BITS; rank >= 1; rank--) z = 0.5 * (z + (histogram[rank] as number));
  z += REGISTERS * sigma((histogram[0] as number) / REGISTERS);
  return (REGISTERS * REGISTERS) / (2 * Math.LN2 * z);
}

/** x + Σ x^(2^k) · 2^(k − 1). */
function sigma(share: number): number {
  if (share === 1) return Infinity;
  let x = share;
  let y = 1;
  let z = share;
  for (let before = -1; before !== z; ) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

/** ⅓ · (1 − x − Σ (1 − x^(2^−k))² · 2^−k). */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - share;
  for (let before = -1; before !== z; ) {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}
