/** Aggregate functions: which arguments they take and what they give. Rules of Flink SQL. */
import { problem, showValue } from '../../contract/problems.ts';
import type { SchemaContext } from '../../contract/spec.ts';
import { BIGINT, type DataType, type Field, isNumeric, printType } from '../../contract/types.ts';
import type { Checked } from '../../expressions/api.ts';
import { checkSetting } from '../../plan/check-setting.ts';

export const AGGREGATE_FUNCTIONS = ['count', 'count-distinct', 'sum', 'avg', 'min', 'max'] as const;
export type AggregateFunction = (typeof AGGREGATE_FUNCTIONS)[number];

export interface AggregateSetting {
  readonly function: AggregateFunction;
  readonly of?: string | undefined;
  readonly as: string;
}

export interface PlannedAggregate {
  readonly function: AggregateFunction;
  /** Null: `count` of all records. */
  readonly argument: Checked | null;
  readonly field: Field;
}

export function planAggregates(
  settings: readonly AggregateSetting[],
  input: readonly Field[],
  context: Pick<SchemaContext<unknown>, 'report'>,
): PlannedAggregate[] {
  return settings.flatMap((setting, i): PlannedAggregate[] => {
    const path = ['aggregates', i, 'of'];
    if (setting.of === undefined) {
      if (setting.function === 'count') {
        return [
          { function: 'count', argument: null, field: { name: setting.as, type: BIGINT, nullable: false } },
        ];
      }
      context.report(
        problem('S-VALUE', {
          path,
          message: `${setting.function} needs to know of what.`,
          value: 'nothing',
          expected: 'a field or expression',
          next: 'Fill in "Of".',
        }),
      );
      return [];
    }
    const argument = checkSetting(context, path, setting.of, input);
    if (argument === null) return [];
    const type = resultType(setting.function, argument.type);
    if (type === null) {
      context.report(
        problem('T-TYPE', {
          path,
          message: `${setting.function} does not take ${printType(argument.type)}.`,
          value: showValue(setting.of),
          expected:
            setting.function === 'sum' || setting.function === 'avg'
              ? 'a number'
              : 'a value that can be compared',
          next: 'Choose another field, or CAST it.',
          span: argument.span,
        }),
      );
      return [];
    }
    const counts = setting.function === 'count' || setting.function === 'count-distinct';
    const nullable = !counts && argument.nullable;
    return [{ function: setting.function, argument, field: { name: setting.as, type, nullable } }];
  });
}

/** SUM and AVG keep the type of their argument, as in Flink: SUM of INT wraps, AVG of INT truncates. */
function resultType(fn: AggregateFunction, argument: DataType): DataType | null {
  switch (fn) {
    case 'count':
    case 'count-distinct':
      return BIGINT;
    case 'sum':
    case 'avg':
      return isNumeric(argument) ? argument : null;
    case 'min':
    case 'max':
      return isNumeric(argument) || ['STRING', 'TIMESTAMP', 'BOOLEAN'].includes(argument.kind)
        ? argument
        : null;
  }
}
