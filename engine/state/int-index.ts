/**
 * Numbers, nearly all of them whole, each with a small whole number of its own. Where they lie close together (ids, codes of texts) they are
 * found by their place in one array, without a hash; while they lie far apart, by open addressing.
 */
import { hashNumber } from './hash.ts';

export const NOT_FOUND = -1;
const LENGTH_LEAST = 16;
/** Places a number that is there: as many bytes as a hash table would take. */
const PLACES_MAX = 8;

export class IntIndex {
  /** At a number less `base`, what it has, plus 1; 0: it is not there. Null: they lie too far apart. */
  direct: Int32Array | null = new Int32Array(LENGTH_LEAST);
  base = 0;
  #count = 0;
  #numbers = new Float64Array(0);
  #values = new Int32Array(0);
  /** The least and the largest while `direct` is null. */
  #least = Infinity;
  #largest = -Infinity;
  #hasFractions = false;

  get bytes(): number {
    return (this.direct ?? this.#values).byteLength + this.#numbers.byteLength;
  }

  /** What `number` has; below 0 or NaN where it is not there. */
  find(number: number): number {
    const { direct } = this;
    if (direct !== null) {
      const at = number - this.base;
      return at >= 0 && at < direct.length ? (direct[at] as number) - 1 : NOT_FOUND;
    }
    const numbers = this.#numbers;
    const values = this.#values;
    const mask = values.length - 1;
    for (let at = hashNumber(number) & mask; ; at = (at + 1) & mask) {
      const value = values[at] as number;
      if (value === NOT_FOUND || numbers[at] === number) return value;
    }
  }

  /** @param number that is not there, and not NaN @param value from 0 on */
  add(number: number, value: number): void {
    if (this.direct !== null && this.#reach(number)) this.direct[number - this.base] = value + 1;
    else this.#place(number, value);
    this.#count++;
  }

  /** Room for the number in the array. */
  #reach(number: number): boolean {
    const direct = this.direct as Int32Array;
    if (!Number.isSafeInteger(number)) return this.#disperse(direct);
    if (this.#count === 0) this.base = number;
    const at = number - this.base;
    if (at >= 0 && at < direct.length) return true;
    // Down as well as up by doubling: numbers may come in falling order.
    const range = at < 0 ? direct.length - at : at + 1;
    const length = 2 ** Math.ceil(Math.log2(range));
    if (length > PLACES_MAX * (this.#count + LENGTH_LEAST / 2)) return this.#disperse(direct);
    const larger = new Int32Array(length);
    const shift = at < 0 ? length - direct.length : 0;
    larger.set(direct, shift);
    this.base -= shift;
    this.direct = larger;
    return true;
  }

  #disperse(direct: Int32Array): false {
    this.direct = null;
    // Twice as many as there are before they are looked at again.
    this.#resize(2 ** Math.ceil(Math.log2(4 * this.#count + LENGTH_LEAST)));
    for (let at = 0; at < direct.length; at++)
      if (direct[at] !== 0) this.#put(this.base + at, (direct[at] as number) - 1);
    return false;
  }

  #resize(length: number): void {
    this.#numbers = new Float64Array(length);
    this.#values = new Int32Array(length).fill(NOT_FOUND);
  }

  #place(number: number, value: number): void {
    if ((this.#count + 1) * 2 > this.#values.length && !this.#gather()) this.#rehash();
    if (this.direct !== null && this.#reach(number)) this.direct[number - this.base] = value + 1;
    else this.#put(number, value);
  }

  /** Back into the array, where they lie close together by now. */
  #gather(): boolean {
    const range = this.#largest - this.#least + 1;
    if (!(range <= PLACES_MAX * this.#count) || this.#hasFractions) return false;
    const [numbers, values] = [this.#numbers, this.#values];
    const direct = new Int32Array(2 ** Math.ceil(Math.log2(range)));
    for (let at = 0; at < values.length; at++)
      if (values[at] !== NOT_FOUND)
        direct[(numbers[at] as number) - this.#least] = (values[at] as number) + 1;
    this.base = this.#least;
    this.direct = direct;
    this.#numbers = new Float64Array(0);
    this.#values = new Int32Array(0);
    this.#least = Infinity;
    this.#largest = -Infinity;
    return true;
  }

  #rehash(): void {
    const [numbers, values] = [this.#numbers, this.#values];
    this.#resize(values.length * 2);
    for (let at = 0; at < values.length; at++)
      if (values[at] !== NOT_FOUND) this.#put(numbers[at] as number, values[at] as number);
  }

  #put(number: number, value: number): void {
    if (number < this.#least) this.#least = number;
    if (number > this.#largest) this.#largest = number;
    if (!Number.isSafeInteger(number)) this.#hasFractions = true;
    const mask = this.#values.length - 1;
    let at = hashNumber(number) & mask;
    while (this.#values[at] !== NOT_FOUND) at = (at + 1) & mask;
    this.#numbers[at] = number;
    this.#values[at] = value;
  }
}
