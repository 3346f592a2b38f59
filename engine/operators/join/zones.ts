/**
 * Where to look among rows that stand in the order in which they came: for every few of them the least and the largest number of one
 * field. Fields of time mostly grow, so that what lies between two values is in few zones.
 */

const SHIFT = 6;
export const ZONE_ROWS = 1 << SHIFT;

const grown = (old: Float64Array): Float64Array => {
  const larger = new Float64Array(old.length * 2);
  larger.set(old);
  return larger;
};

export class Zones {
  /** Rows that were added. */
  rows = 0;
  /** Numbers beyond all others where a zone has none. */
  #least: Float64Array = new Float64Array(16);
  #largest: Float64Array = new Float64Array(16);
  /** The largest of all zones up to this one: it never falls, so that a place is found by halving. */
  #reach: Float64Array = new Float64Array(16);

  get bytes(): number {
    return this.#least.byteLength * 3;
  }

  clear(): void {
    this.rows = 0;
  }

  /** @param value NaN where the row is not to be found */
  add(value: number): void {
    this.addAll([value], [0], 1, null);
  }

  /** The rows whose numbers are `values[rows[k]]`, for k in [0, count). @param validity 0 where a row is not to be found */
  addAll(
    values: ArrayLike<number>,
    rows: ArrayLike<number>,
    count: number,
    validity: Uint8Array | null,
  ): void {
    for (let k = 0; k < count; ) {
      const zone = this.rows >> SHIFT;
      const filled = this.rows & (ZONE_ROWS - 1);
      if (filled === 0) this.#open(zone);
      const end = Math.min(count, k + ZONE_ROWS - filled);
      this.rows += end - k;
      let least = this.#least[zone] as number;
      let largest = this.#largest[zone] as number;
      for (; k < end; k++) {
        const i = rows[k] as number;
        if (validity !== null && validity[i] === 0) continue;
        const value = values[i] as number;
        if (value < least) least = value;
        if (value > largest) largest = value;
      }
      this.#least[zone] = least;
      this.#largest[zone] = largest;
      if (largest > (this.#reach[zone] as number)) this.#reach[zone] = largest;
    }
  }

  #open(zone: number): void {
    if (zone === this.#least.length) {
      this.#least = grown(this.#least);
      this.#largest = grown(this.#largest);
      this.#reach = grown(this.#reach);
    }
    this.#least[zone] = Infinity;
    this.#largest[zone] = -Infinity;
    this.#reach[zone] = zone === 0 ? -Infinity : (this.#reach[zone - 1] as number);
  }

  get count(): number {
    return (this.rows + ZONE_ROWS - 1) >> SHIFT;
  }

  /** The first zone that can have a number of at least `low`; `count` where none has. */
  from(low: number): number {
    let [a, b] = [0, this.count];
    while (a < b) {
      const middle = (a + b) >> 1;
      if ((this.#reach[middle] as number) >= low) b = middle;
      else a = middle + 1;
    }
    return a;
  }

  /** Whether the zone can have numbers in [low, high]. */
  has(zone: number, low: number, high: number): boolean {
    return (this.#largest[zone] as number) >= low && (this.#least[zone] as number) <= high;
  }
}
