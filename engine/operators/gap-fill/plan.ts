/** What is written into each field of a record that fills a gap. */
import { problem, showValue } from '../../contract/problems.ts';
import type { SchemaContext } from '../../contract/spec.ts';
import { type DataType, type EdgeSchema, type Field, printType } from '../../contract/types.ts';
import { checkFieldName } from '../../plan/check-setting.ts';
import type { GapFillConfig } from './spec.ts';

export type Filling = 'key' | 'time' | 'previous' | 'interpolate' | 'null';

export interface GapFillPlan {
  /** Indexes of the fields of a series. */
  readonly keys: readonly number[];
  /** By field of the input. */
  readonly fillings: readonly Filling[];
  readonly fields: readonly Field[];
}

export function planGapFill(
  config: GapFillConfig,
  input: EdgeSchema,
  context: Pick<SchemaContext<unknown>, 'report'>,
): GapFillPlan {
  const { fields } = input;
  const fillings = fields.map((): Filling => 'null');
  const keys = config.keys.flatMap((name, i) => checkFieldName(context, ['keys', i], name, fields) ?? []);
  const put = (path: readonly (string | number)[], index: number, filling: Filling): void => {
    if (fillings[index] !== 'null') context.report(twice(path, fields[index]?.name ?? ''));
    fillings[index] = filling;
  };
  for (const key of new Set(keys)) fillings[key] = 'key';
  if (config.time !== undefined) {
    const index = checkFieldName(context, ['time'], config.time, fields);
    if (index !== null) put(['time'], index, 'time');
    reportType(context, ['time'], fields[index ?? -1], (type) => type.kind === 'TIMESTAMP', 'a TIMESTAMP');
  }
  config.fill.forEach((filling, i) => {
    const path = ['fill', i, 'field'];
    const index = checkFieldName(context, path, filling.field, fields);
    if (index === null) return;
    put(path, index, filling.with);
    if (filling.with === 'interpolate')
      reportType(context, path, fields[index], isInterpolated, 'an INT, BIGINT, DOUBLE or TIMESTAMP');
  });
  return {
    keys,
    fillings,
    fields: fields.map((f, c) => (fillings[c] === 'null' ? { ...f, nullable: true } : f)),
  };
}

const isInterpolated = (type: DataType): boolean =>
  ['INT', 'BIGINT', 'DOUBLE', 'TIMESTAMP'].includes(type.kind);

function reportType(
  context: Pick<SchemaContext<unknown>, 'report'>,
  path: readonly (string | number)[],
  field: Field | undefined,
  fits: (type: DataType) => boolean,
  expected: string,
): void {
  if (field === undefined || fits(field.type)) return;
  context.report(
    problem('T-TYPE', {
      path,
      message: `${showValue(field.name)} is ${printType(field.type)}, which does not fit here.`,
      value: printType(field.type),
      expected,
      next: 'Pick another field, or CAST it with a Map in front.',
    }),
  );
}

const twice = (path: readonly (string | number)[], name: string) =>
  problem('S-VALUE', {
    path,
    message: `Two settings say what fills ${showValue(name)}.`,
    value: showValue(name),
    expected: 'every field once',
    next: 'Remove one of them.',
  });
