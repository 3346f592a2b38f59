/** A stable sort that lets others run in between: sorting five million rows at once would block for seconds. */

const RUN = 8192;
/** Elements that are merged between two pauses. */
const SLICE = 65_536;

/** The positions of `keys`, ordered by key; equal keys keep their order. `pause` is awaited every few ms. */
export async function sortedOrder(keys: Float64Array, pause: () => Promise<unknown>): Promise<Uint32Array> {
  const length = keys.length;
  let from = new Uint32Array(length);
  for (let i = 0; i < length; i++) from[i] = i;
  for (let start = 0; start < length; start += RUN) {
    from.subarray(start, start + RUN).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
    await pause();
  }
  let to = new Uint32Array(length);
  for (let width = RUN; width < length; width *= 2) {
    let sincePause = 0;
    for (let start = 0; start < length; start += width * 2) {
      const merge = new Merge(
        keys,
        from,
        to,
        start,
        Math.min(start + width, length),
        Math.min(start + width * 2, length),
      );
      while (!merge.done) {
        sincePause += merge.step(SLICE);
        if (sincePause < SLICE) continue;
        sincePause = 0;
        await pause();
      }
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Merges two sorted runs that lie side by side. */
class Merge {
  readonly #keys: Float64Array;
  readonly #from: Uint32Array;
  readonly #to: Uint32Array;
  readonly #middle: number;
  readonly #end: number;
  #left: number;
  #right: number;
  #at: number;

  constructor(
    keys: Float64Array,
    from: Uint32Array,
    to: Uint32Array,
    start: number,
    middle: number,
    end: number,
  ) {
    this.#keys = keys;
    this.#from = from;
    this.#to = to;
    this.#middle = middle;
    this.#end = end;
    this.#left = start;
    this.#right = middle;
    this.#at = start;
  }

  get done(): boolean {
    return this.#at >= this.#end;
  }

  /** Merges at most `count` elements; returns how many. */
  step(count: number): number {
    const until = Math.min(this.#at + count, this.#end);
    const steps = until - this.#at;
    for (; this.#at < until; this.#at++) {
      const left = this.#from[this.#left] ?? 0;
      const right = this.#from[this.#right] ?? 0;
      const takeLeft =
        this.#right >= this.#end ||
        (this.#left < this.#middle && (this.#keys[left] ?? 0) <= (this.#keys[right] ?? 0));
      this.#to[this.#at] = takeLeft ? left : right;
      if (takeLeft) this.#left++;
      else this.#right++;
    }
    return steps;
  }
}
