/**
 * What a ledger knows, as the sum of what happened: the same events that change it while a run goes on stand in a file, and give the
 * same books to the run that goes on from there.
 */
import type { LedgerCounts } from '../../contract/link.ts';
import type { LedgerPlan } from '../../plan/ledger.ts';
import type { JsonData } from '../contracts.ts';
import { NumberSet, type Ranges, type Run } from './numbers.ts';
import { BEGINNING, Showings, type ShowingsData } from './showings.ts';

export type LedgerEvent =
  /** A source gave these, and is about to pass them on. */
  | readonly ['given', source: string, numbers: Ranges]
  /** They will not come to this sink, and are not meant to: a filter dropped them, or an error. */
  | readonly ['dropped', sink: string, numbers: Ranges]
  /** To a sink that shows rows at once. */
  | readonly ['delivered', sink: string, numbers: Ranges]
  /** To a sink that withholds rows, since the last checkpoint. */
  | readonly ['wrote', sink: string, checkpoint: number, rows: readonly Run[]]
  /** The sink is about to show what it prepared for this checkpoint, if not all of what it holds. */
  | readonly ['showing', sink: string, checkpoint: number, prepared: JsonData]
  /** So many rows from the beginning on are visible. */
  | readonly ['shown', sink: string, rows: number]
  | readonly ['barrier', checkpoint: number]
  /**
   * A run goes on from a checkpoint, or from no one. `goesBack`: its sources give again what they gave after it. `emptied`: sinks above
   * which state began empty.
   */
  | readonly ['resumed', checkpoint: number | null, goesBack: boolean, emptied: readonly string[]]
  /** Nothing more will come. */
  | readonly ['finished']
  /** All that events before this one say. */
  | readonly ['books', BooksData];

/** What a sink may have shown before its run died. */
export interface Intent {
  readonly checkpoint: number;
  readonly prepared: JsonData;
}

interface SinkBook {
  readonly source: string;
  readonly holds: boolean;
  readonly delivered: NumberSet;
  readonly dropped: NumberSet;
  readonly lost: NumberSet;
  duplicated: number;
  showings: Showings;
  intent: Intent | null;
}

interface Epoch {
  /** The checkpoint at whose barrier it began; 0: the run. */
  readonly checkpoint: number;
  readonly given: (readonly [source: string, numbers: Ranges])[];
}

export interface BooksData {
  readonly given: Readonly<Record<string, Ranges>>;
  readonly epochs: readonly Epoch[];
  readonly sinks: Readonly<Record<string, SinkData>>;
}

interface SinkData {
  readonly delivered: Ranges;
  readonly dropped: Ranges;
  readonly lost: Ranges;
  readonly duplicated: number;
  readonly showings: ShowingsData;
  readonly intent: Intent | null;
}

/** Checkpoints that a run may go on from are among the last; what was given before is in all of them. */
const EPOCHS_MAX = 1100;

/** Numbers further apart are no count of records: what is between them was never meant. */
const GAPS_MAX = 64_000_000;

export class Books {
  readonly #given = new Map<string, NumberSet>();
  readonly #sinks = new Map<string, SinkBook>();
  readonly #loses: boolean;
  #epochs: Epoch[] = [{ checkpoint: BEGINNING, given: [] }];

  /** @param loses whether a death may lose records: then what was given since each checkpoint must be known */
  constructor(plan: LedgerPlan, loses: boolean) {
    this.#loses = loses;
    for (const { sink, source, holds } of plan.sinks) {
      this.#given.set(source, new NumberSet());
      this.#sinks.set(sink, bookOf(source, holds));
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

  /** What a run that goes on must find out: the sink was about to show more than it had when the last checkpoint came, and nobody knows. */
  intentOf(sink: string): Intent | null {
    return this.#sinks.get(sink)?.intent ?? null;
  }

  /** What its source has given so far, where nothing has become of any of it at this sink; else null. */
  unheardOf(sink: string): Ranges | null {
    const book = this.#sinks.get(sink);
    if (book === undefined || book.delivered.size + book.dropped.size + book.lost.size > 0) return null;
    return this.#givenBy(book.source).ranges();
  }

  data(): BooksData {
    return {
      given: Object.fromEntries([...this.#given].map(([source, set]) => [source, set.ranges()])),
      epochs: this.#epochs,
      sinks: Object.fromEntries([...this.#sinks].map(([sink, book]) => [sink, dataOf(book)])),
    };
  }

  apply(event: LedgerEvent): void {
    switch (event[0]) {
      case 'given':
        this.#givenBy(event[1]).addAll(event[2]);
        if (this.#loses) this.#noteGiven(event[1], event[2]);
        return;
      case 'barrier':
        this.#epochs.push({ checkpoint: event[1], given: [] });
        if (this.#epochs.length > EPOCHS_MAX) this.#epochs.shift();
        return;
      case 'resumed':
        this.#resume(event[1] ?? BEGINNING, event[2], event[3]);
        return;
      case 'finished':
        for (const book of this.#sinks.values()) this.#finish(book);
        return;
      case 'books':
        this.#restore(event[1]);
        return;
      default: {
        const book = this.#sinks.get(event[1]);
        if (book !== undefined) this.#applyTo(book, event);
      }
    }
  }

  #applyTo(book: SinkBook, event: LedgerEvent): void {
    switch (event[0]) {
      case 'dropped':
        drop(book, event[2]);
        return;
      case 'delivered':
        deliver(book, event[2]);
        return;
      case 'wrote':
        book.showings.wrote(event[2], event[3]);
        return;
      case 'showing':
        book.intent = { checkpoint: event[2], prepared: event[3] };
        return;
      case 'shown':
        deliver(book, book.showings.shown(event[2]));
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

  #resume(checkpoint: number, goesBack: boolean, emptied: readonly string[]): void {
    const at = this.#epochs.findIndex((epoch) => epoch.checkpoint === checkpoint);
    const since = this.#epochs.slice(Math.max(at, 0)).flatMap((epoch) => epoch.given);
    // From here on everything is since this checkpoint: the next death may go back to it too.
    this.#epochs = [...this.#epochs.slice(0, Math.max(at, 0)), { checkpoint, given: since }];
    for (const [sink, book] of this.#sinks) {
      book.showings.back(checkpoint);
      book.intent = null;
      if (goesBack) continue;
      if (emptied.includes(sink)) lose(book, this.#givenBy(book.source).ranges());
      else for (const [source, numbers] of since) if (source === book.source) lose(book, numbers);
    }
  }

  /**
   * What is still open will not come. An operator that holds records back may have dropped it; elsewhere it is lost, as are numbers that
   * the source left out.
   */
  #finish(book: SinkBook): void {
    const given = this.#givenBy(book.source);
    if (book.holds) {
      each(given.ranges(), (n) => {
        if (!book.delivered.has(n) && !book.lost.has(n)) book.dropped.add(n);
      });
      return;
    }
    if (given.max - given.min <= GAPS_MAX) given.addAll([given.min, given.max]);
    lose(book, given.ranges());
  }

  #restore({ given, epochs, sinks }: BooksData): void {
    for (const [source, ranges] of Object.entries(given)) this.#givenBy(source).addAll(ranges);
    this.#epochs = epochs.map((epoch) => ({ ...epoch, given: [...epoch.given] }));
    for (const [sink, data] of Object.entries(sinks)) {
      const book = this.#sinks.get(sink);
      if (book === undefined) continue;
      for (const name of ['delivered', 'dropped', 'lost'] as const) book[name].addAll(data[name]);
      book.duplicated = data.duplicated;
      book.showings = new Showings(data.showings);
      book.intent = data.intent;
    }
  }
}

const bookOf = (source: string, holds: boolean): SinkBook => ({
  source,
  holds,
  delivered: new NumberSet(),
  dropped: new NumberSet(),
  lost: new NumberSet(),
  duplicated: 0,
  showings: new Showings(),
  intent: null,
});

const dataOf = ({ delivered, dropped, lost, duplicated, showings, intent }: SinkBook): SinkData => ({
  delivered: delivered.ranges(),
  dropped: dropped.ranges(),
  lost: lost.ranges(),
  duplicated,
  showings: showings.data(),
  intent,
});

function each(ranges: Ranges, seen: (n: number) => void): void {
  for (let at = 0; at < ranges.length; at += 2) for (let n = ranges[at]!; n <= ranges[at + 1]!; n++) seen(n);
}

function drop(book: SinkBook, numbers: Ranges): void {
  // What is delivered already is not dropped.
  each(numbers, (n) => {
    if (book.delivered.has(n)) return;
    book.dropped.add(n);
    book.lost.delete(n);
  });
}

function deliver(book: SinkBook, numbers: Ranges): void {
  book.duplicated += book.delivered.addAll(numbers);
  book.lost.deleteAll(numbers);
  book.dropped.deleteAll(numbers);
}

function lose(book: SinkBook, numbers: Ranges): void {
  each(numbers, (n) => {
    if (!book.delivered.has(n) && !book.dropped.has(n)) book.lost.add(n);
  });
}
