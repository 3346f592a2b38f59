/** Checks one expression of a node's settings, and reports what is wrong at its path. */
import { nearest, type Problem, problem, WeirError } from '../contract/problems.ts';
import type { SchemaContext } from '../contract/spec.ts';
import type { DataType, Field } from '../contract/types.ts';
import type { Checked } from '../expressions/api.ts';
import { checkExpression } from '../expressions/index.ts';

export function checkSetting(
  context: Pick<SchemaContext<unknown>, 'report'>,
  path: readonly (string | number)[],
  text: string,
  fields: readonly Field[],
  expects: DataType['kind'] | null = null,
): Checked | null {
  const result = checkExpression(text, fields, { expects });
  if (result.ok) return result.expression;
  for (const found of result.problems) context.report({ ...found, path: [...path, ...found.path] });
  return null;
}

/** The index of a field that a setting names, or null after a report. @param where the fields are, as a person would say it */
export function checkFieldName(
  context: Pick<SchemaContext<unknown>, 'report'>,
  path: readonly (string | number)[],
  name: string,
  fields: readonly Field[],
  where = 'the input',
): number | null {
  const index = fields.findIndex((f) => f.name === name);
  if (index >= 0) return index;
  const names = fields.map((f) => f.name);
  const near = nearest(name, names);
  context.report(
    problem('T-FIELD', {
      path,
      message: `The field ${JSON.stringify(name)} is not in ${where}.`,
      value: JSON.stringify(name),
      expected: `one of ${names.join(', ')}${near === null ? '' : ` (nearest: ${near})`}`,
      next: 'Pick one of these fields.',
    }),
  );
  return null;
}

/** For runtimes: the graph was checked, so a problem here is a fault of ours. */
export function throwProblem(found: Problem): void {
  throw new WeirError(found);
}

/** The tree of an expression that was already checked. */
export function checkedSetting(
  text: string,
  fields: readonly Field[],
  expects: DataType['kind'] | null = null,
): Checked {
  const result = checkExpression(text, fields, { expects });
  if (result.ok) return result.expression;
  throw new WeirError(
    result.problems[0] ?? problem('R-ENGINE', { path: [], message: 'unchecked expression' }),
  );
}
