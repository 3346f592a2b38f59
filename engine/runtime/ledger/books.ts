/**
 * What a ledger knows, as the sum of what happened: the same events that change it while a run goes on stand in a file, and give the
 * same books to the run that goes on from there.
 */
import type { LedgerCounts } from '../../contract/link.ts';
import type { LedgerPlan } from '../../plan/ledger.ts';
import { inRanges, NumberSet, type Ranges } from './numbers.ts';

export type LedgerEvent =
  /** A source gave these, and is about to pass them on. */
  | readonly ['given', source: string, numbers: Ranges]
  /** They will not come to this sink, and are not meant to: a filter dropped them, or an error. */
  | readonly ['dropped', sink: string, numbers: Ranges]
  | readonly ['delivered', sink: string, numbers: Ranges]
  /** A sink holds these for a checkpoint. */
  | readonly ['prepared', sink: string, checkpoint: number, numbers: Ranges]
  /** All that was prepared up to this checkpoint is delivered. */
  | readonly ['committed', sink: string, checkpoint: number]
  | readonly ['barrier', checkpoint: number]
  /**
   * A run goes on from a checkpoint, or from no one. `goesBack`: its sources give again what they gave after it. `emptied`: sinks above
   * which state began empty.
   */
  | readonly ['resumed', checkpoint: number | null, goesBack: boolean, emptied: readonly string[]]
  /** Nothing more will come. */
  | readonly ['finished'];

interface SinkBook {
  readonly source: string;
  readonly holds: boolean;
  readonly delivered: NumberSet;
  readonly dropped: NumberSet;
  readonly lost: NumberSet;
  duplicated: number;
  prepared: { readonly checkpoint: number; readonly numbers: Ranges }[];
}

interface Epoch {
  /** The checkpoint at whose barrier it began; 0: the run. */
  readonly checkpoint: number;
  readonly given: (readonly [source: string, numbers: Ranges])[];
}

/** Checkpoints that a run may go on from are among the last; what was given before is in all of them. */
const EPOCHS_MAX = 1100;

/** Numbers further apart are no count of records: what is between them was never meant. */
const GAPS_MAX = 64_000_000;

export class Books {
  readonly #given = new Map<string, NumberSet>();
  readonly #sinks = new Map<string, SinkBook>();
  #epochs: Epoch[] = [{ checkpoint: 0, given: [] }];

  constructor(plan: LedgerPlan) {
    for (const { sink, source, holds } of plan.sinks) {
      this.#given.set(source, new NumberSet());
      this.#sinks.set(sink, {
        source,
        holds,
        delivered: new NumberSet(),
        dropped: new NumberSet(),
        lost: new NumberSet(),
        duplicated: 0,
        prepared: [],
      });
    }
  }

  /** Expected and delivered are different records; duplicated, how often one came again. */
  counts(sink: string): LedgerCounts | null {
    const book = this.#sinks.get(sink);
    if (book === undefined) return null;
    const expected = this.#givenBy(book.source).size - book.dropped.size;
    const delivered = book.delivered.size;
    const lost = book.lost.size;
    return { expected, delivered, duplicated: book.duplicated, lost, inFlight: expected - delivered - lost };
  }

  apply(event: LedgerEvent): void {
    switch (event[0]) {
      case 'given': {
        const set = this.#givenBy(event[1]);
        for (const n of inRanges(event[2])) set.add(n);
        this.#noteGiven(event[1], event[2]);
        return;
      }
      case 'dropped':
        this.#drop(event[1], event[2]);
        return;
      case 'delivered':
        this.#deliver(event[1], event[2]);
        return;
      case 'prepared': {
        this.#sinks.get(event[1])?.prepared.push({ checkpoint: event[2], numbers: event[3] });
        return;
      }
      case 'committed':
        this.#commit(event[1], event[2]);
        return;
      case 'barrier':
        this.#epochs.push({ checkpoint: event[1], given: [] });
        if (this.#epochs.length > EPOCHS_MAX) this.#epochs.shift();
        return;
      case 'resumed':
        this.#resume(event[1] ?? 0, event[2], event[3]);
        return;
      case 'finished':
        for (const book of this.#sinks.values()) this.#finish(book);
    }
  }

  #noteGiven(source: string, numbers: Ranges): void {
    const given = this.#epochs.at(-1)?.given ?? [];
    const last = given.at(-1);
    const [from, to, ...more] = numbers;
    // Most sources count up: one range then says all of an epoch.
    if (last?.[0] === source && more.length === 0 && last[1].at(-1) === (from ?? Number.NaN) - 1)
      given[given.length - 1] = [source, [...last[1].slice(0, -1), to ?? 0]];
    else given.push([source, numbers]);
  }

  #givenBy(source: string): NumberSet {
    return this.#given.get(source) ?? new NumberSet();
  }

  #drop(sink: string, numbers: Ranges): void {
    const book = this.#sinks.get(sink);
    if (book === undefined) return;
    for (const n of inRanges(numbers)) {
      if (book.delivered.has(n)) continue;
      book.dropped.add(n);
      book.lost.delete(n);
    }
  }

  #deliver(sink: string, numbers: Ranges): void {
    const book = this.#sinks.get(sink);
    if (book === undefined) return;
    for (const n of inRanges(numbers)) {
      if (book.delivered.has(n)) book.duplicated++;
      else book.delivered.add(n);
      book.lost.delete(n);
      book.dropped.delete(n);
    }
  }

  #commit(sink: string, checkpoint: number): void {
    const book = this.#sinks.get(sink);
    if (book === undefined) return;
    const [now, later] = [book.prepared.filter((p) => p.checkpoint <= checkpoint), book.prepared];
    book.prepared = later.filter((p) => p.checkpoint > checkpoint);
    for (const { numbers } of now) this.#deliver(sink, numbers);
  }

  #resume(checkpoint: number, goesBack: boolean, emptied: readonly string[]): void {
    const at = this.#epochs.findIndex((epoch) => epoch.checkpoint === checkpoint);
    const since = this.#epochs.slice(Math.max(at, 0)).flatMap((epoch) => epoch.given);
    // From here on everything is since this checkpoint: the next death may go back to it too.
    this.#epochs = [...this.#epochs.slice(0, Math.max(at, 0)), { checkpoint, given: since }];
    for (const [sink, book] of this.#sinks) {
      this.#commit(sink, checkpoint);
      book.prepared = [];
      if (goesBack) continue;
      const all = emptied.includes(sink);
      if (all) this.#lose(book, this.#givenBy(book.source));
      else
        for (const [source, numbers] of since)
          if (source === book.source) this.#lose(book, inRanges(numbers));
    }
  }

  #lose(book: SinkBook, numbers: Iterable<number>): void {
    for (const n of numbers) if (!book.delivered.has(n) && !book.dropped.has(n)) book.lost.add(n);
  }

  /**
   * What is still open will not come. An operator that holds records back may have dropped it; elsewhere it is lost, as are numbers that
   * the source left out.
   */
  #finish(book: SinkBook): void {
    const given = this.#givenBy(book.source);
    if (book.holds) {
      for (const n of given) if (!book.delivered.has(n) && !book.lost.has(n)) book.dropped.add(n);
      return;
    }
    if (given.max - given.min <= GAPS_MAX) for (let n = given.min; n <= given.max; n++) given.add(n);
    this.#lose(book, given);
  }
}
