/** Functions, and forms such as CASE and CAST, that an expression field offers: by name, as one list. */
import { FORMS, FUNCTIONS } from '../../../engine/expressions/index.ts';
import type { Named } from './tokens.ts';

export const FUNCTION_NAMES: readonly Named[] = [...FUNCTIONS, ...FORMS]
  .map(({ name, signature }) => ({ name, note: signature }))
  .sort((a, b) => (a.name < b.name ? -1 : 1));
