/** Functions that an expression field offers. */
import { FUNCTIONS } from '../../../engine/expressions/index.ts';
import type { Named } from './tokens.ts';

export const FUNCTION_NAMES: readonly Named[] = FUNCTIONS.map(({ name, signature }) => ({
  name,
  note: signature,
}));
