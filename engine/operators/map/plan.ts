/** What each output field of a map is: a field of the input, or an expression over it. */
import { problem, showValue } from '../../contract/problems.ts';
import type { SchemaContext } from '../../contract/spec.ts';
import type { Field } from '../../contract/types.ts';
import type { Checked } from '../../expressions/api.ts';
import { fieldReference } from '../../expressions/index.ts';
import { checkFieldName, checkSetting } from '../../plan/check-setting.ts';
import type { MapConfig } from './spec.ts';

export interface MapColumn {
  readonly field: Field;
  /** A bare field reference means: the input's column as it is. */
  readonly expression: Checked;
}

export function planMap(
  config: MapConfig,
  input: readonly Field[],
  context: Pick<SchemaContext<unknown>, 'report'>,
): MapColumn[] {
  (config.keep ?? []).forEach((name, i) => {
    checkFieldName(context, ['keep', i], name, input);
  });
  (config.drop ?? []).forEach((name, i) => {
    checkFieldName(context, ['drop', i], name, input);
  });
  const names = new Map<string, string>();
  (config.rename ?? []).forEach(({ from, to }, i) => {
    if (checkFieldName(context, ['rename', i, 'from'], from, input) !== null) names.set(from, to);
  });

  const columns: MapColumn[] = [];
  input.forEach((f, index) => {
    const kept = config.keep === undefined || config.keep.includes(f.name);
    if (!kept || config.drop?.includes(f.name)) return;
    const name = names.get(f.name) ?? f.name;
    columns.push({ field: { ...f, name }, expression: fieldReference(f, index) });
  });
  (config.compute ?? []).forEach(({ name, expression }, i) => {
    const checked = checkSetting(context, ['compute', i, 'expression'], expression, input);
    if (checked === null) return;
    const column = { field: { name, type: checked.type, nullable: checked.nullable }, expression: checked };
    const at = columns.findIndex((c) => c.field.name === name);
    if (at < 0) columns.push(column);
    else columns[at] = column;
  });
  reportNames(config, columns, context);
  return columns;
}

function reportNames(
  config: MapConfig,
  columns: readonly MapColumn[],
  context: Pick<SchemaContext<unknown>, 'report'>,
): void {
  const names = columns.map((c) => c.field.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    const rename = (config.rename ?? []).findIndex((r) => r.to === twice);
    context.report(
      problem('S-VALUE', {
        path: rename < 0 ? [] : ['rename', rename, 'to'],
        message: `Two fields would be called ${showValue(twice)}.`,
        value: showValue(twice),
        expected: 'every field name once',
        next: 'Choose another name, or drop one of the fields.',
      }),
    );
  }
  if (columns.length === 0 && (config.compute ?? []).length === 0) {
    context.report(
      problem('S-VALUE', {
        path: ['keep'],
        message: 'No field is left.',
        expected: 'at least one field',
        next: 'Keep a field, or compute one.',
      }),
    );
  }
}

/** The names under which the fields of a key go on; null where one of them does not. */
export function keptKey(key: readonly string[], columns: readonly MapColumn[]): string[] | null {
  const names = key.map(
    (name) =>
      columns.find((c) => c.expression.kind === 'field' && c.expression.name === name)?.field.name ?? null,
  );
  return names.every((name) => name !== null) ? names : null;
}
