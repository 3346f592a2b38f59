/** The settings of a window, as they stand in documents. */
import { z } from 'zod';
import { groupingSetsShape } from '../../../aggregates/grouping/plan.ts';
import { zAggregates } from '../../../aggregates/spec.ts';
import { zDuration, zFieldName, zPositiveDuration } from '../../../contract/settings.ts';
import { setting } from '../../../contract/spec.ts';
import { zCumulating, zHopping, zSession, zTumbling } from '../../../plan/window-kinds.ts';

const zCount = z.int().min(1).max(1_000_000_000);

const boundOf = (title: string, placeholder: string): z.ZodOptional<typeof zFieldName> =>
  setting(zFieldName.optional(), {
    title,
    widget: 'field',
    scope: 'input',
    kinds: ['TIMESTAMP'],
    placeholder,
    advanced: true,
  });

export const zWindowKind = z.discriminatedUnion('kind', [
  zTumbling,
  zHopping,
  zCumulating,
  zSession,
  z.strictObject({
    kind: z.literal('sliding'),
    size: setting(zPositiveDuration, {
      title: 'Within',
      widget: 'duration',
      placeholder: '10 min',
      description: 'Records that lie no further apart, for each set of them',
    }),
  }),
  z.strictObject({
    kind: z.literal('count'),
    size: setting(zCount, {
      title: 'Records',
      widget: 'number',
      placeholder: '100',
      description: 'Per key; the last ones where windows overlap',
    }),
    slide: setting(zCount.optional(), {
      title: 'Every',
      widget: 'number',
      unit: 'records',
      placeholder: 'as many',
      description: 'Less than the size: windows overlap',
    }),
  }),
  z.strictObject({ kind: z.literal('global') }),
  z.strictObject({
    kind: z.literal('assigned'),
    start: boundOf('Start', 'window_start'),
    end: boundOf('End', 'window_end'),
  }),
]);

const zRows = z.strictObject({
  kind: z.literal('rows'),
  every: setting(zCount, {
    title: 'Every',
    widget: 'number',
    unit: 'records',
    placeholder: '100',
    description: 'Per key and window, counted from the last firing; 1: at once',
  }),
});
const zDelay = z.strictObject({
  kind: z.literal('delay'),
  after: setting(zPositiveDuration, {
    title: 'After',
    widget: 'duration',
    placeholder: '1 min',
    description: 'By the clock, from the first record since the last firing',
  }),
});
const zClock = z.strictObject({
  kind: z.literal('clock'),
  every: setting(zPositiveDuration, {
    title: 'Every',
    widget: 'duration',
    placeholder: '1 min',
    description: 'At the full minute, hour, … of the clock, where records came',
  }),
});

const zTrigger = z.strictObject({
  early: setting(
    z
      .discriminatedUnion('kind', [
        zRows,
        zDelay,
        zClock,
        z.strictObject({
          kind: z.literal('event-time'),
          every: setting(zPositiveDuration, {
            title: 'Every',
            widget: 'duration',
            placeholder: '1 min',
            description: 'When the watermark passes a multiple of this, also where nothing came',
          }),
        }),
      ])
      .optional(),
    {
      title: 'Early',
      widget: 'variants',
      placeholder: 'No early result',
      description: 'Results before the window is complete',
      labels: {
        rows: 'Every few records',
        delay: 'A while after a record',
        clock: 'At times of the clock',
        'event-time': 'At event times',
      },
    },
  ),
  onTime: setting(z.enum(['always', 'changed', 'never']).optional(), {
    title: 'At the end',
    widget: 'select',
    placeholder: 'As the accumulation has it',
    labels: { always: 'Always', changed: 'If records came', never: 'Never' },
    description:
      'When the watermark reaches the end of a window that had records. Accumulating: always; discarding: if records came since the last result',
  }),
  late: setting(z.discriminatedUnion('kind', [zRows, zDelay, zClock]).optional(), {
    title: 'Late',
    widget: 'variants',
    placeholder: 'At once',
    description: 'For records within the allowed lateness',
    labels: { rows: 'Records', delay: 'Delay', clock: 'Clock' },
  }),
  closing: setting(z.boolean().optional(), {
    title: 'Fire the rest',
    widget: 'switch',
    description: 'What came after the last firing is fired when the window is given up. On where left out',
  }),
});

export const zWindow = z.strictObject({
  window: setting(zWindowKind, {
    title: 'Window',
    widget: 'variants',
    drawing: 'window',
    labels: {
      tumbling: 'Tumbling',
      hopping: 'Hopping',
      cumulating: 'Cumulating',
      session: 'Session',
      sliding: 'Sliding',
      count: 'Count',
      global: 'Global',
      assigned: 'Of the record',
    },
  }),
  time: setting(z.enum(['event', 'processing', 'ingestion']).default('event'), {
    title: 'Time',
    widget: 'segmented',
    labels: { event: 'Event time', processing: 'Processing time', ingestion: 'Ingestion time' },
  }),
  keys: setting(z.array(zFieldName).max(32).default([]), {
    title: 'Group by',
    widget: 'fields',
    scope: 'input',
    placeholder: 'all records together',
  }),
  ...groupingSetsShape,
  aggregates: zAggregates,
  lateness: setting(zDuration.optional(), {
    title: 'Allowed lateness',
    widget: 'duration',
    placeholder: '0 (off)',
    description: 'A fired window takes records this much longer, and fires again for each of them',
  }),
  trigger: setting(zTrigger.optional(), {
    title: 'Trigger',
    widget: 'group',
    description: 'When a window fires, beside its end',
  }),
  accumulation: setting(z.enum(['accumulating', 'discarding', 'retracting']).default('accumulating'), {
    title: 'Accumulation',
    widget: 'select',
    advanced: true,
    labels: { accumulating: 'Accumulating', discarding: 'Discarding', retracting: 'Retracting' },
    description:
      'What a second firing holds: all records of the window, only those since the last firing, or all of them while the row before is taken back (updating output)',
  }),
  startAs: setting(zFieldName.optional(), {
    title: 'Start as',
    widget: 'text',
    placeholder: 'window_start',
    advanced: true,
  }),
  endAs: setting(zFieldName.optional(), {
    title: 'End as',
    widget: 'text',
    placeholder: 'window_end',
    advanced: true,
  }),
  timeAs: setting(zFieldName.optional(), {
    title: 'Window time as',
    widget: 'text',
    placeholder: 'not given',
    advanced: true,
    description: 'A field with the last instant of the window, its end − 1 ms: Flink’s window_time',
  }),
  pane: setting(z.boolean().optional(), {
    title: 'Pane fields',
    widget: 'switch',
    advanced: true,
    description:
      'Says of each row which firing of its window it is: pane_timing (EARLY, ON_TIME, LATE), pane_index (from 0), pane_first, pane_last',
  }),
});

export type WindowConfig = z.output<typeof zWindow>;
