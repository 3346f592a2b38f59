/** Functions, and forms such as CASE and CAST, that an expression field offers: by name, as one list. */
import { FORMS, FUNCTIONS } from '../../../engine/expressions/index.ts';
import type { Named } from './tokens.ts';

export const FUNCTION_NAMES: readonly Named[] = [...FUNCTIONS, ...FORMS]
  .map(({ name, signature }) => ({ name, note: signature }))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

/** What only the conditions and measures of a pattern can call. */
const PATTERN_ONLY: readonly Named[] = [
  { name: 'AVG', note: 'AVG(A.x)' },
  { name: 'CLASSIFIER', note: 'CLASSIFIER()' },
  { name: 'COUNT', note: 'COUNT(A.x)' },
  { name: 'FIRST', note: 'FIRST(A.x, n)' },
  { name: 'LAST', note: 'LAST(A.x, n)' },
  { name: 'MATCH_ROWTIME', note: 'MATCH_ROWTIME()' },
  { name: 'MAX', note: 'MAX(A.x)' },
  { name: 'MIN', note: 'MIN(A.x)' },
  { name: 'SUM', note: 'SUM(A.x)' },
];

export const PATTERN_FUNCTION_NAMES: readonly Named[] = [...PATTERN_ONLY, ...FUNCTION_NAMES];
