/**
 * q5: counts by auction in panes of a slide, five panes a window; when a window is over, its panes are added up in a table that is
 * used again. Bids may come in any order; none of the corpus is late, so the loop need not ask.
 */
import { BID } from '../corpus.ts';
import { DELAY_MS, SLIDE_MS, WINDOW_MS } from '../entrant.ts';
import { type Loop, Places, Sink, type Slice } from './slices.ts';

class Pane {
  readonly places = new Places();
  counts = new Int32Array(1024);

  add(key: number, by: number): void {
    const at = this.places.place(key);
    if (at >= this.counts.length) {
      const more = new Int32Array(this.counts.length * 2);
      more.set(this.counts);
      this.counts = more;
    }
    (this.counts[at] as number) += by;
  }
  clear(): void {
    this.counts.fill(0, 0, this.places.size);
    this.places.clear();
  }
}

class HotItems {
  readonly sink = new Sink();
  readonly #panes = new Map<number, Pane>();
  readonly #free: Pane[] = [];
  readonly #window = new Pane();
  #out = new Float64Array(16);
  /** The end of the next window that fires. */
  #end = -Infinity;

  take({ length, type, id, time }: Slice): void {
    let from = Infinity;
    let to = -Infinity;
    let pane = this.#window;
    for (let i = 0; i < length; i++) {
      if (type[i] !== BID) continue;
      const t = time[i] as number;
      if (t < from || t >= to) {
        from = Math.floor(t / SLIDE_MS) * SLIDE_MS;
        to = from + SLIDE_MS;
        pane = this.#pane(from);
      }
      pane.add((id[i] as number) | 0, 1);
    }
    if (length > 0) this.fire((time[length - 1] as number) - DELAY_MS);
  }

  #pane(from: number): Pane {
    let pane = this.#panes.get(from);
    if (pane === undefined) {
      pane = this.#free.pop() ?? new Pane();
      this.#panes.set(from, pane);
      if (this.#end === -Infinity) this.#end = from + SLIDE_MS;
    }
    return pane;
  }

  fire(watermark: number): void {
    while (this.#panes.size > 0 && this.#end !== -Infinity && watermark >= this.#end - 1) {
      const window = this.#window;
      const start = this.#end - WINDOW_MS;
      for (let from = start; from < this.#end; from += SLIDE_MS) {
        const pane = this.#panes.get(from);
        if (pane === undefined) continue;
        const { keys, size } = pane.places;
        for (let at = 0; at < size; at++) window.add(keys[at] as number, pane.counts[at] as number);
      }
      this.#emit(window);
      window.clear();
      const first = this.#panes.get(start);
      if (first !== undefined) {
        first.clear();
        this.#free.push(first);
        this.#panes.delete(start);
      }
      this.#end += SLIDE_MS;
    }
  }

  #emit({ counts, places: { size } }: Pane): void {
    let most = 0;
    for (let at = 0; at < size; at++) most = Math.max(most, counts[at] as number);
    let count = 0;
    for (let at = 0; at < size; at++) {
      if (counts[at] !== most) continue;
      if (count === this.#out.length) {
        const more = new Float64Array(count * 2);
        more.set(this.#out);
        this.#out = more;
      }
      this.#out[count++] = most;
    }
    this.sink.dense(this.#out, count);
  }
}

export const hotItems: Loop = (batches, meter) => {
  const state = new HotItems();
  batches.forEach((batch, n) => {
    meter.batch(n);
    state.take(batch);
  });
  state.fire(Infinity);
  return state.sink;
};
