/** Every function, in the order of the reference. */
import { ARRAYS } from './arrays.ts';
import { BYTE_FUNCTIONS } from './bytes.ts';
import { JSONS } from './json.ts';
import { MATH } from './math.ts';
import { NUMBERS } from './numbers.ts';
import { REGEXPS } from './regexps.ts';
import type { FunctionSpec } from './spec.ts';
import { STRINGS } from './strings.ts';
import { TEXTS } from './text.ts';
import { TIMES } from './times.ts';

export const FUNCTIONS: readonly FunctionSpec[] = [
  ...NUMBERS,
  ...MATH,
  ...STRINGS,
  ...TEXTS,
  ...REGEXPS,
  ...BYTE_FUNCTIONS,
  ...TIMES,
  ...ARRAYS,
  ...JSONS,
];
export const FUNCTION_BY_NAME: ReadonlyMap<string, FunctionSpec> = new Map(FUNCTIONS.map((f) => [f.name, f]));
