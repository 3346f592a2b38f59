/** What the tests of aggregates share: a field of each type, and columns of values. */
import { ColumnBuilder } from '../batch/builder.ts';
import type { Column } from '../batch/column.ts';
import type { Problem } from '../contract/problems.ts';
import { BIGINT, BYTES, type DataType, DOUBLE, field, INT, STRING } from '../contract/types.ts';
import type { Value } from '../contract/values.ts';
import { type PlanOptions, planAggregates } from './plan.ts';
import type { AggregateFunction, AggregateSetting } from './spec.ts';

const DECIMAL: DataType = { kind: 'DECIMAL', precision: 10, scale: 2 };
export const TYPES: Readonly<Record<string, DataType>> = {
  i: INT,
  b: BIGINT,
  d: DOUBLE,
  m: DECIMAL,
  s: STRING,
  y: BYTES,
};
const FIELDS = Object.entries(TYPES).map(([name, type]) => field(name, type));

export const columnOf = (type: DataType, values: readonly Value[]): Column => {
  const builder = new ColumnBuilder(type);
  for (const value of values) builder.push(value);
  return builder.take();
};

/** One aggregate over `FIELDS`. */
export function plan(
  setting: Partial<AggregateSetting> & { function: AggregateFunction },
  options: PlanOptions = {},
): { planned: ReturnType<typeof planAggregates>; problems: Problem[] } {
  const problems: Problem[] = [];
  const context = { report: (p: Problem) => problems.push(p) };
  return { planned: planAggregates([{ as: 'x', ...setting }], FIELDS, context, options), problems };
}
