/** Every function, in the order of the reference. */
import { ARRAYS } from './arrays.ts';
import { NUMBERS } from './numbers.ts';
import type { FunctionSpec } from './spec.ts';
import { STRINGS } from './strings.ts';
import { TIMES } from './times.ts';

export const FUNCTIONS: readonly FunctionSpec[] = [...NUMBERS, ...STRINGS, ...TIMES, ...ARRAYS];
export const FUNCTION_BY_NAME: ReadonlyMap<string, FunctionSpec> = new Map(FUNCTIONS.map((f) => [f.name, f]));
