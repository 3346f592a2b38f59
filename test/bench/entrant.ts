/** What takes part: the same query over the same events, each in its own way. */
import type { Columns } from './corpus.ts';
import type { Meter } from './meter.ts';

export const QUERIES = ['q0', 'q1', 'q2', 'q7'] as const;
export type Query = (typeof QUERIES)[number];

/** What a query gave, as far as it must be equal for all. */
export interface Outcome {
  readonly rows: number;
  /** q0: of prices; q1: of prices in euros; q2: of auction ids and prices; q7: of the windows' highest prices. */
  readonly sum: number;
}

/** Ready to run any number of times. Calls `meter.batch(n)` before every batch of BATCH_ROWS events. */
export type Prepared = (meter: Meter) => Promise<Outcome> | Outcome;

export interface Entrant {
  readonly label: string;
  /** Everything that is not timed: the corpus in the entrant's own form. */
  prepare(query: Query, columns: Columns): Prepared;
}

export const RATE = 0.908;
export const AUCTION_MODULUS = 123;
export const WINDOW_MS = 10_000;
/** The watermark stays this far behind the newest event, of whatever type. */
export const DELAY_MS = 4000;
