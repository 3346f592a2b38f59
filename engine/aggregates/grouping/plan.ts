/** GROUPING SETS: the same rows grouped several ways at once. Settings and plan. */
import { z } from 'zod';
import { type Problem, problem, showValue } from '../../contract/problems.ts';
import { zFieldName } from '../../contract/settings.ts';
import { type SchemaContext, setting } from '../../contract/spec.ts';
import { BIGINT, type Field } from '../../contract/types.ts';
import { checkFieldName } from '../../plan/check-setting.ts';

/** Spread into the config of a node with `keys`. */
export const groupingSetsShape = {
  groupingSets: setting(
    z
      .array(
        z.strictObject({
          keys: setting(z.array(zFieldName).max(32), {
            title: 'Group by',
            widget: 'fields',
            scope: 'input',
            placeholder: 'all records together',
          }),
        }),
      )
      .min(1)
      .max(64)
      .optional(),
    {
      title: 'Grouping sets',
      widget: 'list',
      advanced: true,
      description:
        'Groups every record several ways: one row of results per set, with NULL for the keys that are not in it',
    },
  ),
  groupingId: setting(zFieldName.optional(), {
    title: 'Grouping id as',
    widget: 'text',
    placeholder: 'grouping_id',
    advanced: true,
    description:
      'A field that tells the sets apart, as GROUPING_ID(keys) does: one bit a key, 1 where the key is not in the set; the first key is the highest bit',
  }),
};

export interface GroupingSettings {
  readonly keys: readonly string[];
  readonly groupingSets?: readonly { readonly keys: readonly string[] }[] | undefined;
  readonly groupingId?: string | undefined;
}

export interface PlannedGrouping {
  /** Index of each key in the input. */
  readonly columns: readonly number[];
  readonly fields: readonly Field[];
  /** By set, which keys are in it. One set with all of them where none are given. */
  readonly sets: readonly (readonly boolean[])[];
  /** The field of the grouping id; null: none is wanted. */
  readonly id: Field | null;
}

/** GROUPING_ID of a set. */
export const groupingId = (set: readonly boolean[]): number =>
  set.reduce((id, isIn) => id * 2 + (isIn ? 0 : 1), 0);

export function planGrouping(
  { keys, groupingSets, groupingId: idName }: GroupingSettings,
  input: readonly Field[],
  context: Pick<SchemaContext<unknown>, 'report'>,
): PlannedGrouping {
  const columns: number[] = [];
  keys.forEach((name, i) => {
    const column = checkFieldName(context, ['keys', i], name, input);
    if (column === null) return;
    if (keys.indexOf(name) < i) context.report(twice(['keys', i], name));
    else columns.push(column);
  });
  const sets = (groupingSets ?? [{ keys }]).map((set, s) => {
    set.keys.forEach((name, i) => {
      if (!keys.includes(name)) context.report(notAKey(['groupingSets', s, 'keys', i], name, keys));
    });
    return columns.map((column) => set.keys.includes(input[column]?.name ?? ''));
  });
  sets.forEach((set, s) => {
    if (sets.findIndex((other) => groupingId(other) === groupingId(set)) < s)
      context.report(twice(['groupingSets', s], (groupingSets?.[s]?.keys ?? []).join(', ')));
  });
  const fields = columns.flatMap((column, k): Field[] => {
    const f = input[column];
    return f === undefined ? [] : [{ ...f, nullable: f.nullable || sets.some((set) => set[k] === false) }];
  });
  const id = idName === undefined ? null : { name: idName, type: BIGINT, nullable: false };
  return { columns, fields, sets, id };
}

const twice = (path: Problem['path'], name: string): Problem =>
  problem('S-VALUE', {
    path,
    message: `${showValue(name)} is there twice.`,
    value: showValue(name),
    expected: 'each once',
    next: 'Remove one of them.',
  });

const notAKey = (path: Problem['path'], name: string, keys: readonly string[]): Problem =>
  problem('S-VALUE', {
    path,
    message: `${showValue(name)} is not one of the keys.`,
    value: showValue(name),
    expected: keys.length === 0 ? 'a field that is in "Group by"' : `one of ${keys.join(', ')}`,
    next: 'Add it to "Group by", or remove it here.',
  });
