/**
 * Which rows of a sink that withholds them became visible. It shows rows in the order in which they were written, so how many it has
 * shown says which: rows are kept by their place in that order. A run that goes back to a checkpoint goes on with the rows that were
 * written up to there, so checkpoints are a tree, and what was shown is known at each of them.
 */
import { boundsOf, type Ranges, type Run, rowsIn } from './numbers.ts';

/** The checkpoint in front of everything. */
export const BEGINNING = 0;
/** Rows that no checkpoint came after. */
export const END = -1;

interface Mark {
  /** The checkpoint before; null: none, or it is forgotten. */
  parent: number | null;
  /** Rows written from the beginning up to it; null: it is not known, as nobody told of them. */
  total: number | null;
  /** Those since `parent`; none where all of them were shown. */
  rows: readonly Run[];
  /** Of `total`, how many were shown when a run last stood behind it. */
  shown: number;
}

export interface ShowingsData {
  readonly marks: readonly (readonly [checkpoint: number, mark: Mark])[];
  readonly tip: number;
  readonly shown: number;
}

/** Runs go back to checkpoints that are kept: to one of the last. */
const MARKS_MAX = 1100;

const emptyMark = (): Mark => ({ parent: null, total: 0, rows: [], shown: 0 });

export class Showings {
  readonly #marks: Map<number, Mark>;
  #tip: number;
  #shown: number;

  constructor(data?: ShowingsData) {
    this.#marks = new Map(data?.marks.map(([id, mark]) => [id, { ...mark }]) ?? [[BEGINNING, emptyMark()]]);
    this.#tip = data?.tip ?? BEGINNING;
    this.#shown = data?.shown ?? 0;
  }

  data(): ShowingsData {
    return {
      marks: [...this.#marks].map(([id, mark]) => [id, { ...mark }]),
      tip: this.#tip,
      shown: this.#shown,
    };
  }

  /** These were written since the last checkpoint, and now `checkpoint` comes; again for the same one: more. */
  wrote(checkpoint: number, rows: readonly Run[]): void {
    const before = this.#markOf(this.#tip);
    const total = (before.total ?? 0) + rowsIn(rows);
    if (checkpoint === this.#tip) {
      before.total = total;
      before.rows = [...before.rows, ...rows];
      return;
    }
    this.#marks.set(checkpoint, { parent: this.#tip, total, rows, shown: 0 });
    this.#tip = checkpoint;
    this.#forgetOldest();
  }

  /** So many rows from the beginning on are visible now. @returns the numbers of those that were not before */
  shown(total: number): Ranges {
    const tip = this.#markOf(this.#tip);
    if (tip.total === null) {
      tip.total = total;
      this.#shown = total;
      return [];
    }
    const until = Math.min(total, tip.total);
    if (until <= this.#shown) return [];
    const chain = this.#chain().reverse();
    const numbers: number[] = [];
    let at = tip.total - chain.reduce((sum, mark) => sum + rowsIn(mark.rows), 0);
    for (const run of chain.flatMap((mark) => mark.rows)) {
      const [from, to] = boundsOf(run);
      const [first, last] = [from + Math.max(0, this.#shown - at), Math.min(to, from + until - at - 1)];
      if (first >= 0 && first <= last) numbers.push(first, last);
      at += to - from + 1;
    }
    this.#shown = until;
    for (const mark of chain) if ((mark.total ?? 0) <= until) this.#showAll(mark);
    return numbers;
  }

  #showAll(mark: Mark): void {
    mark.rows = [];
    mark.shown = mark.total ?? 0;
  }

  /** The marks whose rows are not all shown, from the newest on. */
  #chain(): Mark[] {
    const chain: Mark[] = [];
    for (let id: number | null = this.#tip; id !== null; ) {
      const mark = this.#marks.get(id);
      if (mark === undefined || (mark.total ?? 0) <= this.#shown) break;
      chain.push(mark);
      id = mark.parent;
    }
    return chain;
  }

  /** A run goes on from there: what was written since is not written. */
  back(checkpoint: number): void {
    for (const mark of this.#chain())
      mark.shown = Math.max(mark.shown, Math.min(this.#shown, mark.total ?? 0));
    this.#marks.delete(END);
    // Nothing was written behind it either.
    if (this.#markOf(this.#tip).total === null) this.#marks.delete(this.#tip);
    this.#tip = checkpoint;
    const known = checkpoint === BEGINNING || this.#marks.has(checkpoint);
    if (!known) this.#marks.set(checkpoint, { ...emptyMark(), total: null });
    this.#shown = this.#markOf(checkpoint).shown;
    // Another run begins with nothing shown.
    if (checkpoint === BEGINNING) this.#shown = 0;
    this.#forgetOldest();
  }

  #markOf(id: number): Mark {
    const known = this.#marks.get(id);
    if (known !== undefined) return known;
    const made = emptyMark();
    this.#marks.set(id, made);
    return made;
  }

  /** What of it is not shown yet stands with those that come after it. */
  #forgetOldest(): void {
    if (this.#marks.size <= MARKS_MAX) return;
    const [oldest] = [...this.#marks.keys()].filter((id) => id !== this.#tip);
    const old = oldest === undefined ? undefined : this.#marks.get(oldest);
    if (oldest === undefined || old === undefined) return;
    this.#marks.delete(oldest);
    for (const mark of this.#marks.values()) {
      if (mark.parent !== oldest) continue;
      mark.parent = null;
      if (mark.rows.length > 0 || mark.shown < (mark.total ?? 0)) mark.rows = [...old.rows, ...mark.rows];
    }
  }
}
