/** The fields of two inputs beside each other, as the conditions of a join see them: `left.origin`, `right.origin`. */
import type { Field } from '../contract/types.ts';

/**
 * Left before right. An expression may also name a field without its side, where only one side has it (see `column` in
 * `expressions/check.ts`).
 */
export const bothFields = (left: readonly Field[], right: readonly Field[]): Field[] => [
  ...left.map((f) => ({ ...f, name: `left.${f.name}` })),
  ...right.map((f) => ({ ...f, name: `right.${f.name}` })),
];
