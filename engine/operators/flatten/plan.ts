/** Which fields a flatten gives: those of the input that stay, the element or its fields, the position. */
import { problem, showValue } from '../../contract/problems.ts';
import type { SchemaContext } from '../../contract/spec.ts';
import { type DataType, type Field, field, INT } from '../../contract/types.ts';
import type { Checked } from '../../expressions/api.ts';
import { checkSetting } from '../../plan/check-setting.ts';
import type { FlattenConfig } from './spec.ts';

export interface FlattenPlan {
  /** What is flattened; a bare field needs no computing. */
  readonly array: Checked;
  /** Indexes of the input's fields that stay. */
  readonly kept: readonly number[];
  /** Whether the elements are rows, whose fields become fields. */
  readonly ofRows: boolean;
  /** What an element gives: one field, or one per field of the rows. */
  readonly made: readonly Field[];
  readonly fields: readonly Field[];
}

export function planFlatten(
  config: FlattenConfig,
  input: readonly Field[],
  context: Pick<SchemaContext<unknown>, 'report'>,
): FlattenPlan | null {
  const array = checkSetting(context, ['array'], config.array, input, 'ARRAY');
  if (array === null || array.type.kind !== 'ARRAY') return null;
  const { element } = array.type;
  const dropped = array.kind === 'field' && !config.keepArray ? array.index : -1;
  const kept = [...input.keys()].filter((at) => at !== dropped);
  const made = elementFields(config, element, array.kind === 'field' ? array.name : null);
  const position =
    config.position === undefined ? [] : [field(config.position, INT, config.empty === 'keep')];
  const fields = [...kept.flatMap((at) => input[at] ?? []), ...made, ...position];
  reportTwice(fields, config, element, context);
  return { array, kept, ofRows: element.kind === 'ROW', made, fields };
}

function elementFields(config: FlattenConfig, element: DataType, arrayName: string | null): Field[] {
  if (element.kind !== 'ROW')
    return [field(config.as ?? (config.keepArray ? null : arrayName) ?? 'element', element)];
  const prefix = config.as === undefined ? '' : `${config.as}_`;
  return element.fields.map((f) => field(prefix + f.name, f.type));
}

function reportTwice(
  fields: readonly Field[],
  config: FlattenConfig,
  element: DataType,
  context: Pick<SchemaContext<unknown>, 'report'>,
): void {
  const names = fields.map((f) => f.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return;
  const path = twice === config.position ? 'position' : 'as';
  context.report(
    problem('S-VALUE', {
      path: [path],
      message: `Two fields would be called ${showValue(twice)}.`,
      value: showValue(twice),
      expected: 'every field name once',
      next:
        path === 'as' && element.kind === 'ROW'
          ? 'Set a prefix for the fields of the elements.'
          : 'Choose another name.',
    }),
  );
}
