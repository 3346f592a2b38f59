/** SQL scalar expressions: check, evaluate, emit. */
import type { Checked } from './api.ts';

export type * from './api.ts';
export { checkExpression } from './check.ts';
export { compareStrings } from './compare.ts';
export { type Emitter, emitExpression } from './emit.ts';
export { FORMS } from './functions/forms.ts';
export { FUNCTIONS } from './functions/index.ts';
export { evaluate } from './interpret.ts';
export { HELPERS } from './operators.ts';
export { RowError } from './row-error.ts';

/** Indexes of the fields that an expression reads, ascending. */
export function fieldsOf(expression: Checked): number[] {
  const found = new Set<number>();
  const visit = (e: Checked): void => {
    if (e.kind === 'field') found.add(e.index);
    else if (e.kind === 'call') e.args.forEach(visit);
  };
  visit(expression);
  return [...found].sort((a, b) => a - b);
}
