/** What the settings of a window amount to: keys, aggregates, times in ms, and the fields of its rows. */
import { type PlannedGrouping, planGrouping } from '../../aggregates/grouping/plan.ts';
import { type PlannedAggregate, planAggregates } from '../../aggregates/plan.ts';
import { durationMs } from '../../contract/settings.ts';
import type { SchemaContext } from '../../contract/spec.ts';
import { BIGINT, BOOLEAN, type Field, field, STRING, TIMESTAMP } from '../../contract/types.ts';
import type { Sliced } from '../../progress/slices.ts';
import { type Accumulation, AT_END, type Early, type Late, type Trigger } from '../../progress/triggers.ts';
import type { WindowConfig } from './settings/spec.ts';

/** Windows in ms. */
export type PlannedWindow =
  | Sliced
  | { readonly kind: 'session'; readonly gap: number }
  | { readonly kind: 'count'; readonly size: number; readonly slide: number }
  | { readonly kind: 'sliding'; readonly size: number }
  | { readonly kind: 'global' }
  /** Columns of the input. */
  | { readonly kind: 'assigned'; readonly start: number; readonly end: number };

export interface WindowPlan {
  readonly window: PlannedWindow;
  readonly grouping: PlannedGrouping;
  readonly aggregates: readonly PlannedAggregate[];
  readonly lateness: number;
  readonly trigger: Trigger;
  readonly accumulation: Accumulation;
  /** Whether rows say which window they are of: count and global windows have no bounds. */
  readonly bounds: boolean;
  readonly windowTime: boolean;
  readonly pane: boolean;
  /** Whether the rows of the output have an event time: the last instant of their window. */
  readonly eventTime: boolean;
  readonly fields: readonly Field[];
  /** Fields before those of the window: keys, and the grouping id. */
  readonly keyFields: number;
}

export const START_FIELD = 'window_start';
export const END_FIELD = 'window_end';

export const hasBounds = (kind: WindowConfig['window']['kind']): boolean =>
  kind !== 'count' && kind !== 'global';

const PANE_FIELDS: readonly Field[] = [
  field('pane_timing', STRING, false),
  field('pane_index', BIGINT, false),
  field('pane_first', BOOLEAN, false),
  field('pane_last', BOOLEAN, false),
];

/** Only what is right of it where something was reported. */
export function planWindow(
  config: WindowConfig,
  input: readonly Field[],
  context: Pick<SchemaContext<unknown>, 'report'>,
): WindowPlan {
  const grouping = planGrouping(config, input, context);
  const aggregates = planAggregates(config.aggregates, input, context);
  const bounds = hasBounds(config.window.kind);
  const keys = [...grouping.fields, ...(grouping.id === null ? [] : [grouping.id])];
  const windowFields = [
    ...(bounds
      ? [
          field(config.startAs ?? START_FIELD, TIMESTAMP, false),
          field(config.endAs ?? END_FIELD, TIMESTAMP, false),
        ]
      : []),
    ...(config.timeAs === undefined || !bounds ? [] : [field(config.timeAs, TIMESTAMP, false)]),
    ...(config.pane === true ? PANE_FIELDS : []),
  ];
  return {
    window: plannedWindow(config.window, input),
    grouping,
    aggregates,
    lateness: config.lateness === undefined ? 0 : durationMs(config.lateness),
    trigger: planTrigger(config),
    accumulation: config.accumulation,
    bounds,
    windowTime: config.timeAs !== undefined && bounds,
    pane: config.pane === true,
    eventTime: bounds && config.time === 'event',
    fields: [...keys, ...windowFields, ...aggregates.map((a) => a.field)],
    keyFields: keys.length,
  };
}

function plannedWindow(window: WindowConfig['window'], input: readonly Field[]): PlannedWindow {
  const indexOf = (name: string): number => input.findIndex((f) => f.name === name);
  const offset = 'offset' in window && window.offset !== undefined ? durationMs(window.offset) : 0;
  switch (window.kind) {
    case 'tumbling':
      return { kind: 'hopping', size: durationMs(window.size), slide: durationMs(window.size), offset };
    case 'hopping':
      return { kind: 'hopping', size: durationMs(window.size), slide: durationMs(window.slide), offset };
    case 'cumulating':
      return { kind: 'cumulating', size: durationMs(window.size), step: durationMs(window.step), offset };
    case 'session':
      return { kind: 'session', gap: durationMs(window.gap) };
    case 'sliding':
      return { kind: 'sliding', size: durationMs(window.size) };
    case 'count':
      return { kind: 'count', size: window.size, slide: window.slide ?? window.size };
    case 'global':
      return { kind: 'global' };
    case 'assigned':
      return {
        kind: 'assigned',
        start: indexOf(window.start ?? START_FIELD),
        end: indexOf(window.end ?? END_FIELD),
      };
  }
}

function planTrigger({ trigger = {}, accumulation }: WindowConfig): Trigger {
  const { early, onTime, late, closing = true } = trigger;
  return {
    early: early === undefined ? null : planEarly(early),
    // Flink's PurgingTrigger: a window that was emptied has nothing to give.
    onTime: onTime ?? (accumulation === 'discarding' ? 'changed' : 'always'),
    late: late === undefined ? AT_END.late : planLate(late),
    closing,
  };
}

type TriggerConfig = NonNullable<WindowConfig['trigger']>;

function planEarly(early: NonNullable<TriggerConfig['early']>): Early {
  if (early.kind === 'event-time') return { kind: 'event-time', every: durationMs(early.every) };
  return planLate(early);
}

function planLate(late: NonNullable<TriggerConfig['late']>): Late {
  switch (late.kind) {
    case 'rows':
      return late;
    case 'delay':
      return { kind: 'delay', after: durationMs(late.after) };
    case 'clock':
      return { kind: 'clock', every: durationMs(late.every) };
  }
}
