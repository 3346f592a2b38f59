/** What every dead-letter port gives: the bad record, and why it is bad. */
import { appendOnly, field, STRING } from './types.ts';

export const DEAD_LETTER_SCHEMA = appendOnly(
  [
    field('code', STRING, false),
    field('message', STRING),
    field('node', STRING),
    field('field', STRING),
    field('raw', STRING),
  ],
  false,
);
