/** Aggregate functions: which arguments they take and what they give. Rules of Flink SQL. */
import { type Problem, problem, showValue } from '../contract/problems.ts';
import type { SchemaContext } from '../contract/spec.ts';
import {
  BIGINT,
  type DataType,
  DOUBLE,
  type Field,
  isNumeric,
  isOrdered,
  printType,
} from '../contract/types.ts';
import type { Checked } from '../expressions/api.ts';
import { checkSetting } from '../plan/check-setting.ts';
import type { AggregateFunction, AggregateSetting } from './spec.ts';

export interface PlannedAggregate {
  readonly function: AggregateFunction;
  /** Null: `count` of all records. */
  readonly argument: Checked | null;
  /** FILTER: rows for which it is not TRUE are passed over. */
  readonly filter: Checked | null;
  readonly distinct: boolean;
  /** Of `listagg`. */
  readonly separator: string;
  /** Of `approx-percentile`, from 0 to 1. */
  readonly percentile: number;
  /** Whether values are taken back, too: of updating inputs, and of frames that slide. */
  readonly retract: boolean;
  readonly field: Field;
}

export interface PlanOptions {
  /** Values will be taken back, and why: a function that cannot is refused with this reason. */
  readonly retract?: 'updating' | 'frame' | null;
  /** Where the list of aggregates stands in the config. */
  readonly path?: readonly (string | number)[];
}

type Report = Pick<SchemaContext<unknown>, 'report'>;

/** The aggregates that are right; what is wrong with the others is reported. */
export function planAggregates(
  settings: readonly AggregateSetting[],
  input: readonly Field[],
  context: Report,
  options: PlanOptions = {},
): PlannedAggregate[] {
  return settings.flatMap((setting, i): PlannedAggregate[] => {
    const planned = planAggregate(setting, input, context, [...(options.path ?? ['aggregates']), i], options);
    return planned === null ? [] : [planned];
  });
}

/** One aggregate, or null after a report. */
export function planAggregate(
  setting: AggregateSetting,
  input: readonly Field[],
  context: Report,
  path: readonly (string | number)[],
  options: PlanOptions = {},
): PlannedAggregate | null {
  const checked = (key: 'of' | 'filter', expects: 'BOOLEAN' | null): Checked | null => {
    const text = setting[key];
    return text === undefined ? null : checkSetting(context, [...path, key], text, input, expects);
  };
  const filter = checked('filter', 'BOOLEAN');
  const argument = checked('of', null);
  const planned = planChecked(setting, argument, filter, context, path, options);
  const broken =
    (setting.of !== undefined && argument === null) || (setting.filter !== undefined && filter === null);
  return broken ? null : planned;
}

/** The same where the expressions are checked. @param argument null where there is none, or it was wrong */
export function planChecked(
  setting: AggregateSetting,
  argument: Checked | null,
  filter: Checked | null,
  context: Report,
  path: readonly (string | number)[],
  options: PlanOptions = {},
): PlannedAggregate | null {
  if (!reportMisuse(setting, context, path, options)) return null;
  const common = {
    argument,
    filter,
    separator: setting.separator ?? ',',
    percentile: setting.percentile ?? 0.5,
    retract: (options.retract ?? null) !== null,
  };
  if (argument === null) {
    const field = { name: setting.as, type: BIGINT, nullable: false };
    return { ...common, function: 'count', distinct: false, field };
  }
  const type = resultType(setting.function, argument.type);
  if (type === null) {
    context.report(wrongArgument(setting, argument, [...path, 'of']));
    return null;
  }
  // COUNT(DISTINCT x) has a table of its own; to the least and the largest it makes no difference.
  const counts = setting.function === 'count' && setting.distinct === true;
  return {
    ...common,
    function: counts ? 'count-distinct' : setting.function,
    distinct: setting.distinct === true && DISTINCT_MATTERS.has(setting.function),
    field: { name: setting.as, type, nullable: !NEVER_NULL.has(setting.function) },
  };
}

const DISTINCT_MATTERS: ReadonlySet<string> = new Set<AggregateFunction>([
  'sum',
  'avg',
  'stddev-pop',
  'stddev-samp',
  'variance-pop',
  'variance-samp',
  'collect',
  'listagg',
]);
const DISTINCT_ALLOWED: ReadonlySet<string> = new Set<AggregateFunction>([
  'count',
  'count-distinct',
  'min',
  'max',
  ...(DISTINCT_MATTERS as ReadonlySet<AggregateFunction>),
]);
const NEVER_NULL: ReadonlySet<string> = new Set<AggregateFunction>([
  'count',
  'count-distinct',
  'approx-count-distinct',
  'collect',
]);

/** Settings that do not go together. */
function reportMisuse(
  setting: AggregateSetting,
  context: Report,
  path: readonly (string | number)[],
  options: PlanOptions,
): boolean {
  const found: Problem[] = [];
  const say = (key: string, details: Omit<Problem, 'code' | 'severity' | 'path'>): void => {
    found.push(problem('S-VALUE', { path: [...path, key], ...details }));
  };
  const fn = setting.function;
  if (setting.of === undefined && fn !== 'count') {
    say('of', {
      message: `${fn} needs to know of what.`,
      value: 'nothing',
      expected: 'a field or expression',
      next: 'Fill in "Of".',
    });
  }
  if (setting.distinct === true && (setting.of === undefined || !DISTINCT_ALLOWED.has(fn))) {
    say('distinct', {
      message:
        setting.of === undefined ? 'DISTINCT needs values.' : `${fn} of distinct values has no meaning.`,
      value: 'true',
      expected: setting.of === undefined ? 'a field or expression in "Of"' : `false for ${fn}`,
      next: 'Switch it off.',
    });
  }
  if (setting.separator !== undefined && fn !== 'listagg') {
    say('separator', {
      message: `${fn} has no separator.`,
      value: showValue(setting.separator),
      expected: 'no separator, or the function listagg',
      next: 'Remove it.',
    });
  }
  if ((setting.percentile !== undefined) !== (fn === 'approx-percentile')) {
    const missing = setting.percentile === undefined;
    say('percentile', {
      message: missing ? 'approx-percentile needs to know which percentile.' : `${fn} has no percentile.`,
      value: missing ? 'nothing' : showValue(setting.percentile),
      expected: missing ? 'a number from 0 to 1, such as 0.95' : 'none, or the function approx-percentile',
      next: missing ? 'Fill in "Percentile".' : 'Remove it.',
    });
  }
  if (fn === 'approx-count-distinct' && (options.retract ?? null) !== null) {
    say('function', {
      message:
        options.retract === 'updating'
          ? 'The input is updating, and approx-count-distinct cannot take a value back.'
          : 'The frame slides, and approx-count-distinct cannot take a value back.',
      value: showValue(fn),
      expected: 'count-distinct, which can',
      next:
        options.retract === 'updating'
          ? 'Use count-distinct, or aggregate before the node that updates.'
          : 'Use count-distinct, or a frame that begins at the first record.',
    });
  }
  for (const p of found) context.report(p);
  return found.length === 0;
}

/**
 * SUM and AVG keep the type of INT, BIGINT and DOUBLE: SUM of INT wraps, AVG of INT truncates. DECIMAL as in Flink's
 * `LogicalTypeMerging.findSumAggType` and `findAvgAggType`. Null: the function does not take the argument.
 */
export function resultType(fn: AggregateFunction, argument: DataType): DataType | null {
  switch (fn) {
    case 'count':
    case 'count-distinct':
    case 'approx-count-distinct':
      return BIGINT;
    case 'sum':
      if (argument.kind === 'DECIMAL') return { ...argument, precision: 38 };
      return isNumeric(argument) ? argument : null;
    case 'avg':
      if (argument.kind === 'DECIMAL')
        return { ...argument, precision: 38, scale: Math.max(6, argument.scale) };
      return isNumeric(argument) ? argument : null;
    case 'min':
    case 'max':
      return isOrdered(argument) && argument.kind !== 'BYTES' ? argument : null;
    case 'first':
    case 'last':
      return argument;
    case 'collect':
      return { kind: 'ARRAY', element: argument };
    case 'listagg':
      return argument.kind === 'STRING' ? argument : null;
    default:
      return isNumeric(argument) ? DOUBLE : null;
  }
}

function wrongArgument(setting: AggregateSetting, argument: Checked, path: Problem['path']): Problem {
  const fn = setting.function;
  return problem('T-TYPE', {
    path,
    message: `${fn} does not take ${printType(argument.type)}.`,
    value: showValue(setting.of),
    expected:
      fn === 'min' || fn === 'max'
        ? 'a value that can be compared'
        : fn === 'listagg'
          ? 'a STRING'
          : 'a number',
    next: fn === 'listagg' ? 'CAST it to STRING.' : 'Choose another field, or CAST it.',
    span: argument.span,
  });
}

/** Expressions that the chain in front computes: in the order of the columns that follow the input's. */
export const aggregateNeeds = (aggregates: readonly PlannedAggregate[]): Checked[] =>
  aggregates.flatMap(({ argument, filter }) =>
    [argument, filter].filter((e): e is Checked => e !== null && e.kind !== 'field'),
  );

/** Where an aggregate reads: columns of the input, or those that were computed after them; null: none. */
export interface AggregateColumns {
  readonly argument: number | null;
  readonly filter: number | null;
}

/** @param width columns of the input, before those of `aggregateNeeds` */
export function aggregateColumns(aggregates: readonly PlannedAggregate[], width: number): AggregateColumns[] {
  let computed = width;
  const columnOf = (e: Checked | null): number | null =>
    e === null ? null : e.kind === 'field' ? e.index : computed++;
  return aggregates.map(({ argument, filter }) => ({
    argument: columnOf(argument),
    filter: columnOf(filter),
  }));
}

/** Reports fields of the output that have a name twice. @param path of the name that is to be changed, by field */
export function reportTwice(
  context: Report,
  fields: readonly Field[],
  path: (index: number) => readonly (string | number)[] | null,
): void {
  fields.forEach((f, i) => {
    const at = path(i);
    if (at === null || !fields.some((other, o) => o !== i && other.name === f.name)) return;
    context.report(
      problem('S-VALUE', {
        path: at,
        message: `Two fields would be called ${showValue(f.name)}.`,
        value: showValue(f.name),
        expected: 'every field name once',
        next: 'Choose another name.',
      }),
    );
  });
}
