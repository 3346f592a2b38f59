/** ORDER BY in settings: fields with direction and place of NULLs. */
import { z } from 'zod';
import { problem, showValue } from '../contract/problems.ts';
import { zFieldName } from '../contract/settings.ts';
import { type SchemaContext, setting } from '../contract/spec.ts';
import { type DataType, type Field, isOrdered, printType } from '../contract/types.ts';
import { checkFieldName } from './check-setting.ts';

export const zSortTerm = z.strictObject({
  field: setting(zFieldName, { title: 'Field', widget: 'field', scope: 'input' }),
  direction: setting(z.enum(['asc', 'desc']).default('asc'), {
    title: 'Order',
    widget: 'segmented',
    labels: { asc: 'Ascending', desc: 'Descending' },
  }),
  nulls: setting(z.enum(['first', 'last']).optional(), {
    title: 'NULLs',
    widget: 'segmented',
    labels: { first: 'First', last: 'Last' },
    advanced: true,
    description:
      'Left out: as if NULL were the smallest value (Flink), so first ascending and last descending',
  }),
});

export type SortTerm = z.output<typeof zSortTerm>;

export interface PlannedTerm {
  /** Index of the field in the input. */
  readonly column: number;
  readonly type: DataType;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** @param path of the list in the settings */
export function planSort(
  context: Pick<SchemaContext<unknown>, 'report'>,
  path: readonly (string | number)[],
  terms: readonly SortTerm[],
  fields: readonly Field[],
): PlannedTerm[] {
  return terms.flatMap((term, i): PlannedTerm[] => {
    const at = [...path, i, 'field'];
    const column = checkFieldName(context, at, term.field, fields);
    const type = column === null ? undefined : fields[column]?.type;
    if (column === null || type === undefined) return [];
    if (terms.findIndex((t) => t.field === term.field) < i) {
      context.report(
        problem('S-VALUE', {
          path: at,
          message: `The order has ${showValue(term.field)} twice.`,
          value: showValue(term.field),
          expected: 'every field once',
          next: 'Remove the second: it decides nothing.',
        }),
      );
    }
    if (!isOrdered(type)) {
      context.report(
        problem('T-TYPE', {
          path: at,
          message: `${showValue(term.field)} is ${printType(type)}, which has no order.`,
          value: printType(type),
          expected: 'a number, text, time, BOOLEAN or BYTES',
          next: 'Order by a part of it: compute that with a Map in front.',
        }),
      );
      return [];
    }
    const descending = term.direction === 'desc';
    return [
      { column, type, descending, nullsFirst: (term.nulls ?? (descending ? 'last' : 'first')) === 'first' },
    ];
  });
}

/** `price desc, at` */
export const printSort = (terms: readonly SortTerm[]): string =>
  terms
    .map((t) => `${t.field}${t.direction === 'desc' ? ' desc' : ''}${t.nulls ? ` nulls ${t.nulls}` : ''}`)
    .join(', ');
