import type { Block } from './block.ts';

/** A row of blocks that fills itself within bounds. */
export interface Feed {
  /** The next block, or null when there is none now. */
  head(): Block | null;
  /** The block at the head was used up. */
  shift(): void;
  /** No further block will come (those in the queue may remain). */
  readonly finished: boolean;
  readonly failure: Error | null;
  /** Rows in blocks that were not shifted, and those known to follow; NaN where unknown. */
  readonly remaining: number;
  /** Ends all reading. */
  stop(): Promise<void>;
}

/** Of a file that was read to its end before. */
export const EMPTY_FEED: Feed = {
  head: () => null,
  shift: () => {},
  finished: true,
  failure: null,
  remaining: 0,
  stop: () => Promise.resolve(),
};
