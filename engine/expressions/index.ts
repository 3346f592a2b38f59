/** SQL scalar expressions: check, evaluate, emit. */
import type { Field } from '../contract/types.ts';
import type { Checked, CheckedField } from './api.ts';

export type * from './api.ts';
export { WideNeeded } from './bigints.ts';
export { checkExpression } from './check.ts';
export { compareStrings } from './compare.ts';
export { emitExpression } from './emit.ts';
export { FORMS } from './functions/forms.ts';
export { FUNCTIONS } from './functions/index.ts';
export { evaluate } from './interpret.ts';
export { HELPERS } from './operators.ts';
export { RowError } from './row-error.ts';

/** A tree that is just a field: for columns that pass through. */
export const fieldReference = (f: Field, index: number): CheckedField => ({
  kind: 'field',
  index,
  name: f.name,
  type: f.type,
  nullable: f.nullable,
  span: { from: 0, to: 0 },
});

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
