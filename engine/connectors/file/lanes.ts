/**
 * Which rows come next where files are read side by side. Without a pace the files take turns of a fixed number of rows;
 * with one they are merged by time; followed files come as they grow. But for the last, the mixture follows from the files
 * alone: not from timing, and not from the size of batches.
 */
import type { Block } from './block.ts';
import type { Feed } from './feed.ts';
import { countUpTo, type Pace } from './pace.ts';

/** Rows of one file before it is the next one's turn. */
const TURN_ROWS = 1024;

/** A feed and how far its first block was used. */
export interface Lane {
  readonly feed: Feed;
  /** The name of its file, where it has one of its own. */
  readonly key: string;
  /** Where each file is a partition, its number. */
  readonly partition: number;
  /** Rows of the head that were given. */
  at: number;
  /** Bad records of the head that were given. */
  letters: number;
  /** Whether its end was told. */
  over: boolean;
}

export const lane = (feed: Feed, key: string, partition: number, over = false): Lane => ({
  feed,
  key,
  partition,
  at: 0,
  letters: 0,
  over,
});

interface Choice {
  readonly lane: Lane;
  readonly block: Block;
  /** How many rows may be given; 0 where only bad records are. */
  readonly rows: number;
}

/** Rows `from` to `until` of a block, and the bad records up to there from number `lettersFrom` on. */
export interface Taken {
  readonly block: Block;
  readonly from: number;
  readonly until: number;
  readonly lettersFrom: number;
  readonly lettersUntil: number;
}

/** Whether a bad record comes before the next row: later ones wait for the rows before them. */
const hasLetter = (l: Lane, block: Block): boolean => (block.letters[l.letters]?.before ?? Infinity) <= l.at;

export class Lanes {
  readonly lanes: Lane[];
  /** Partitions of lanes that came to their end, until they are asked for. */
  readonly overs: number[] = [];
  readonly #pace: Pace | null;
  readonly #follow: boolean;
  readonly #done: (block: Block) => void;
  #turn = 0;
  #turnRows = 0;

  /** @param done told of every block that was used up */
  constructor(lanes: Lane[], pace: Pace | null, follow: boolean, done: (block: Block) => void) {
    this.lanes = lanes;
    this.#pace = pace;
    this.#follow = follow;
    this.#done = done;
  }

  /** The lane's block with something left. */
  head(l: Lane): Block | null {
    for (;;) {
      const block = l.feed.head();
      if (block === null) return null;
      if (l.at < block.batch.length || l.letters < block.letters.length) return block;
      this.#done(block);
      l.at = 0;
      l.letters = 0;
      l.feed.shift();
    }
  }

  /** Whose turn it is, by the key of its lane, and how many rows it has had of it; null where turns mean nothing. */
  get turn(): { readonly lane: string; readonly rows: number } | null {
    const l = this.lanes[this.#turn];
    return l === undefined || this.lanes.length === 1 || this.#follow
      ? null
      : { lane: l.key, rows: this.#turnRows };
  }

  /** Goes on where `turn` was. A lane that is there no more has had its turn. */
  resume({ lane: key, rows }: { readonly lane: string; readonly rows: number }): void {
    const at = this.lanes.findIndex((l) => l.key >= key);
    this.#turn = Math.max(0, at);
    this.#turnRows = this.lanes[at]?.key === key ? rows : 0;
  }

  get ended(): boolean {
    return this.lanes.every((l) => l.feed.finished && l.feed.failure === null && this.head(l) === null);
  }

  /** Of a lane whose good rows were all given. */
  get failure(): Error | null {
    return this.lanes.find((l) => l.feed.failure !== null && this.head(l) === null)?.feed.failure ?? null;
  }

  get ready(): boolean {
    return this.#choose() !== null;
  }

  /** At most `maxRows` rows of one lane. */
  take(maxRows: number): Taken | null {
    const choice = this.#choose();
    if (choice === null) return null;
    const { lane: l, block } = choice;
    const from = l.at;
    const until = Math.min(block.batch.length, from + Math.min(maxRows, choice.rows));
    const lettersFrom = l.letters;
    while ((block.letters[l.letters]?.before ?? Infinity) <= until) l.letters++;
    l.at = until;
    this.#turnRows += until - from;
    return { block, from, until, lettersFrom, lettersUntil: l.letters };
  }

  #choose(): Choice | null {
    if (this.#pace !== null && !this.#follow) return this.#chooseByTime(this.#pace);
    const count = this.lanes.length;
    // Once more than there are lanes: the first may have had its turn and be the only one with rows.
    for (let tried = 0; tried <= count && count > 0; tried++) {
      const l = this.lanes[this.#turn] as Lane;
      const block = this.head(l);
      if (count === 1) this.#turnRows = 0;
      if (block !== null && this.#turnRows < TURN_ROWS) {
        const most = count === 1 ? Infinity : TURN_ROWS - this.#turnRows;
        const rows = this.#dueRows(l, block, most);
        if (rows > 0 || hasLetter(l, block)) return { lane: l, block, rows };
      } else if (block === null && !this.#isOver(l) && !this.#follow) return null;
      this.#turn = (this.#turn + 1) % count;
      this.#turnRows = 0;
    }
    return null;
  }

  #dueRows(l: Lane, block: Block, most: number): number {
    const rows = Math.min(most, block.batch.length - l.at);
    if (this.#pace === null || block.due === null) return rows;
    this.#pace.start(block.due[l.at] ?? Number.NaN);
    return Math.min(rows, countUpTo(block.due, l.at, this.#pace.now));
  }

  /** Every lane must show its head before the earliest is known. */
  #chooseByTime(pace: Pace): Choice | null {
    let best: { lane: Lane; block: Block; time: number } | null = null;
    let second = Infinity;
    for (const l of this.lanes) {
      const block = this.head(l);
      if (block === null) {
        if (this.#isOver(l)) continue;
        return null;
      }
      const time = l.at < block.batch.length ? (block.due?.[l.at] ?? -Infinity) : -Infinity;
      if (best === null || time < best.time) {
        second = best?.time ?? Infinity;
        best = { lane: l, block, time };
      } else second = Math.min(second, time);
    }
    if (best === null) return null;
    const { lane: l, block, time } = best;
    pace.start(time);
    const rows =
      block.due === null ? block.batch.length : countUpTo(block.due, l.at, Math.min(pace.now, second));
    return rows > 0 || hasLetter(l, block) ? { lane: l, block, rows } : null;
  }

  /** Whether a lane without a head is at its end. Asked in the order of the turns only: no matter of timing. */
  #isOver(l: Lane): boolean {
    if (!l.feed.finished) return false;
    if (!l.over && l.feed.failure === null) {
      l.over = true;
      this.overs.push(l.partition);
    }
    return true;
  }

  /** By the run's clock, when the next row of a replay is due. */
  get nextDue(): number {
    const pace = this.#pace;
    if (pace === null) return Infinity;
    return this.lanes.reduce((least, l) => {
      const time = this.head(l)?.due?.[l.at];
      return time === undefined ? least : Math.min(least, pace.at(time));
    }, Infinity);
  }

  /** Rows that were not given; NaN where unknown. */
  get remaining(): number {
    return this.lanes.reduce((sum, l) => sum + l.feed.remaining - l.at, 0);
  }
}
