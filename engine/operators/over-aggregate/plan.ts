/** What each function of an OVER is: an aggregate over the frame, or the place of the row. */
import {
  aggregateColumns,
  aggregateNeeds,
  type PlannedAggregate,
  planAggregate,
  reportTwice,
} from '../../aggregates/plan.ts';
import type { AggregateSetting } from '../../aggregates/spec.ts';
import { type Problem, problem, showValue } from '../../contract/problems.ts';
import { durationMs } from '../../contract/settings.ts';
import type { SchemaContext } from '../../contract/spec.ts';
import { BIGINT, type EdgeSchema, type Field, printType, sameType } from '../../contract/types.ts';
import type { Checked } from '../../expressions/api.ts';
import { checkFieldName, checkSetting } from '../../plan/check-setting.ts';
import type { OverAggregateConfig, OverFunctionSetting } from './spec.ts';

export type PlannedFunction =
  | { readonly kind: 'aggregate'; readonly field: Field; readonly aggregate: PlannedAggregate }
  | { readonly kind: 'row-number' | 'rank' | 'dense-rank'; readonly field: Field }
  | {
      readonly kind: 'shift';
      readonly field: Field;
      /** Rows later (lead) or, below 0, earlier (lag). */
      readonly by: number;
      readonly argument: Checked;
      readonly fallback: Checked | null;
    };

/** Times in ms; a bound of Infinity reaches back to the first row. */
export type PlannedFrame =
  | { readonly kind: 'range'; readonly preceding: number }
  | { readonly kind: 'rows'; readonly preceding: number }
  | { readonly kind: 'session'; readonly gap: number; readonly byWatermark: boolean };

export interface OverPlan {
  readonly keys: readonly number[];
  readonly frame: PlannedFrame;
  readonly functions: readonly PlannedFunction[];
}

type Report = Pick<SchemaContext<unknown>, 'report'>;

export function planOver(config: OverAggregateConfig, input: readonly Field[], context: Report): OverPlan {
  const keys = config.keys.flatMap((name, i) => checkFieldName(context, ['keys', i], name, input) ?? []);
  const frame = planFrame(config);
  const slides = frame.kind !== 'session' && frame.preceding < Infinity;
  const functions = config.aggregates.flatMap((setting, i): PlannedFunction[] => {
    const path = ['aggregates', i];
    const planned = isPlace(setting)
      ? planPlace(setting, input, context, path)
      : planFrameAggregate(setting as AggregateSetting, input, context, path, slides);
    return planned === null ? [] : [planned];
  });
  return { keys, frame, functions };
}

/** Functions of a row's place among the others; frames do not matter to them. */
export const PLACE_FUNCTIONS = ['row-number', 'rank', 'dense-rank', 'lag', 'lead'] as const;

const PLACE: ReadonlySet<string> = new Set(PLACE_FUNCTIONS);
const isPlace = (setting: OverFunctionSetting): boolean => PLACE.has(setting.function);

function planFrame({ frame }: OverAggregateConfig): PlannedFrame {
  switch (frame.kind) {
    case 'range':
      return {
        kind: 'range',
        preceding: frame.preceding === undefined ? Infinity : durationMs(frame.preceding),
      };
    case 'rows':
      return { kind: 'rows', preceding: frame.preceding ?? Infinity };
    case 'session':
      return { kind: 'session', gap: durationMs(frame.gap), byWatermark: frame.closes === 'watermark' };
  }
}

function planFrameAggregate(
  setting: AggregateSetting,
  input: readonly Field[],
  context: Report,
  path: readonly (string | number)[],
  slides: boolean,
): PlannedFunction | null {
  const over = setting as OverFunctionSetting;
  if (!refuse(over, ['offset', 'default'], context, path)) return null;
  const { offset: _offset, default: _default, ...own } = over;
  const aggregate = planAggregate(own as AggregateSetting, input, context, path, {
    retract: slides ? 'frame' : null,
  });
  return aggregate === null ? null : { kind: 'aggregate', field: aggregate.field, aggregate };
}

function planPlace(
  setting: OverFunctionSetting,
  input: readonly Field[],
  context: Report,
  path: readonly (string | number)[],
): PlannedFunction | null {
  const others = ['distinct', 'filter', 'separator', 'percentile'] as const;
  if (setting.function !== 'lag' && setting.function !== 'lead') {
    if (!refuse(setting, [...others, 'of', 'offset', 'default'], context, path)) return null;
    const kind = setting.function as 'row-number' | 'rank' | 'dense-rank';
    return { kind, field: { name: setting.as, type: BIGINT, nullable: false } };
  }
  if (!refuse(setting, others, context, path)) return null;
  if (setting.of === undefined) {
    context.report(
      problem('S-VALUE', {
        path: [...path, 'of'],
        message: `${setting.function} needs to know of what.`,
        value: 'nothing',
        expected: 'a field or expression',
        next: 'Fill in "Of".',
      }),
    );
    return null;
  }
  const argument = checkSetting(context, [...path, 'of'], setting.of, input);
  const fallback =
    setting.default === undefined
      ? null
      : checkSetting(context, [...path, 'default'], setting.default, input);
  if (argument === null || (setting.default !== undefined && fallback === null)) return null;
  const isNull = fallback?.kind === 'literal' && fallback.value === null;
  if (fallback !== null && !isNull && !sameType(argument.type, fallback.type)) {
    context.report(
      problem('T-TYPE', {
        path: [...path, 'default'],
        message: `The value where there is none is ${printType(fallback.type)}, the others are ${printType(argument.type)}.`,
        value: showValue(setting.default),
        expected: printType(argument.type),
        next: `CAST it to ${printType(argument.type)}.`,
        span: fallback.span,
      }),
    );
    return null;
  }
  const nullable = argument.nullable || fallback === null || fallback.nullable;
  return {
    kind: 'shift',
    field: { name: setting.as, type: argument.type, nullable },
    by: (setting.offset ?? 1) * (setting.function === 'lag' ? -1 : 1),
    argument,
    fallback: isNull ? null : fallback,
  };
}

/** Settings that the function does not have. */
function refuse(
  setting: OverFunctionSetting,
  keys: readonly (keyof OverFunctionSetting)[],
  context: Report,
  path: readonly (string | number)[],
): boolean {
  const given = keys.filter((key) => setting[key] !== undefined);
  for (const key of given) {
    context.report(
      problem('S-VALUE', {
        path: [...path, key],
        message: `${setting.function} has no setting "${key}".`,
        value: showValue(setting[key]),
        expected: 'nothing here',
        next: 'Remove it, or choose another function.',
      }),
    );
  }
  return given.length === 0;
}

/** Expressions that are computed in front, in the order of their columns. */
export const overNeeds = ({ functions }: OverPlan): Checked[] => [
  ...aggregateNeeds(aggregatesOf(functions)),
  ...functions.flatMap((f) =>
    f.kind !== 'shift'
      ? []
      : [f.argument, f.fallback].filter((e): e is Checked => e !== null && e.kind !== 'field'),
  ),
];

export const aggregatesOf = (functions: readonly PlannedFunction[]): PlannedAggregate[] =>
  functions.flatMap((f) => (f.kind === 'aggregate' ? [f.aggregate] : []));

/** Where lag and lead read, by function; null for the others. */
export function shiftColumns(
  functions: readonly PlannedFunction[],
  width: number,
): ({ readonly argument: number; readonly fallback: number | null } | null)[] {
  const aggregates = aggregatesOf(functions);
  let computed = width + aggregateNeeds(aggregates).length;
  const columnOf = (e: Checked): number => (e.kind === 'field' ? e.index : computed++);
  return functions.map((f) =>
    f.kind !== 'shift'
      ? null
      : { argument: columnOf(f.argument), fallback: f.fallback === null ? null : columnOf(f.fallback) },
  );
}

/** Columns that the aggregates read. */
export const readColumns = (functions: readonly PlannedFunction[], width: number): number[] => [
  ...new Set(
    aggregateColumns(aggregatesOf(functions), width).flatMap(({ argument, filter }) =>
      [argument, filter].filter((c): c is number => c !== null),
    ),
  ),
];

/** What does not go together. */
export function reportOver(
  context: SchemaContext<OverAggregateConfig>,
  input: EdgeSchema,
  plan: OverPlan,
): void {
  const { config } = context;
  if (config.time === 'event' && !input.eventTime) {
    context.report(
      problem('G-FIT', {
        path: ['time'],
        message: 'Records are to be ordered by event time; the source above gives none.',
        value: showValue(config.time),
        expected: 'a source with "time" set, or "processing"',
        next: 'Set the event-time field of the source, or order by processing time.',
      }),
    );
  }
  if (config.time === 'processing') {
    if (config.frame.kind === 'session')
      context.report(waits(['frame'], 'A session is known when it has ended', 'session'));
    config.aggregates.forEach((a, i) => {
      if (a.function === 'lead')
        context.report(waits(['aggregates', i, 'function'], 'A later record has to be waited for', 'lead'));
    });
  }
  reportTwice(context, [...input.fields, ...plan.functions.map((f) => f.field)], (at) => {
    const f = plan.functions[at - input.fields.length];
    const i = config.aggregates.findIndex((a) => a.as === f?.field.name);
    return f === undefined ? null : ['aggregates', i, 'as'];
  });
}

const waits = (path: Problem['path'], why: string, value: string): Problem =>
  problem('S-VALUE', {
    path,
    message: `${why}, and by processing time every record leaves at once.`,
    value: showValue(value),
    expected: 'event time in "Order by"',
    next: 'Order by event time, or choose another frame or function.',
  });
