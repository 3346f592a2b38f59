/** What takes part: the same query over the same events, each in its own way. */
import type { Columns } from './corpus.ts';
import type { Meter } from './meter.ts';

/** What a query gave, as far as it must be equal for all. */
export interface Outcome {
  /** Rows that stand at the end: what an update takes away counts as minus one. */
  readonly rows: number;
  /** Of the fields that queries.ts names, with the same signs. */
  readonly sum: number;
}

/** Ready to run any number of times. Calls `meter.batch(n)` before every batch of BATCH_ROWS events. */
export type Prepared = (meter: Meter) => Promise<Outcome> | Outcome;

/** NDJSON of the events, a file by kind; and how many records of the files a query reads. */
export interface NdjsonFiles {
  readonly folder: string;
  readonly records: Readonly<Record<string, number>>;
}

export interface Entrant {
  readonly label: string;
  /** Whether it has this query; the table leaves out what nobody wrote. */
  has(query: string, from: From): boolean;
  /** Everything that is not timed: the corpus in the entrant's own form. */
  prepare(query: string, columns: Columns): Prepared;
  /** The same from bytes to bytes: `files` are read within the run, rows end as NDJSON in memory. Only where `has` says so. */
  prepareBytes?(query: string, files: NdjsonFiles): Prepared;
}

export const FROM = ['memory', 'ndjson'] as const;
export type From = (typeof FROM)[number];

export const RATE = 0.908;
export const AUCTION_MODULUS = 123;
export const WINDOW_MS = 10_000;
export const SLIDE_MS = 2000;
/** The watermark stays this far behind the newest event, of whatever type. */
export const DELAY_MS = 4000;
