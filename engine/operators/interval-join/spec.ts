import { z } from 'zod';
import { DEAD_LETTER_SCHEMA } from '../../contract/dead-letter.ts';
import { anyChangeOf } from '../../contract/keeping.ts';
import { problem, showValue } from '../../contract/problems.ts';
import { durationMs, zDuration, zSignedDuration } from '../../contract/settings.ts';
import { DEAD_LETTER_OUT, defineNode, MAIN_OUT, type SchemaContext, setting } from '../../contract/spec.ts';
import { appendOnly } from '../../contract/types.ts';
import {
  checkEventTime,
  JOIN_LABELS,
  LATE_LEFT_OUT,
  LATE_RIGHT_OUT,
  LEFT_IN,
  planJoin,
  RIGHT_IN,
  summarizeOn,
  zCondition,
  zNullKeys,
  zOn,
  zRightPrefix,
  zSelect,
} from '../joins/plan.ts';

const INCLUSIVE = { inclusive: '≤ (included)', exclusive: '< (excluded)' };

export const zIntervalJoin = z.strictObject({
  join: setting(z.enum(['inner', 'left', 'right', 'full']).default('inner'), {
    title: 'Join',
    widget: 'select',
    labels: JOIN_LABELS,
    description:
      'Left, right and full also give rows of that side that met none, when none can come any more',
  }),
  on: zOn,
  lower: setting(zSignedDuration, {
    title: 'From',
    widget: 'duration',
    placeholder: '-5 min',
    description: 'The left event time is at least the right one plus this',
  }),
  lowerBound: setting(z.enum(['inclusive', 'exclusive']).default('inclusive'), {
    title: 'The first instant',
    widget: 'segmented',
    labels: INCLUSIVE,
    advanced: true,
  }),
  upper: setting(zSignedDuration, {
    title: 'To',
    widget: 'duration',
    drawing: 'interval',
    placeholder: '5 min',
    description: 'The left event time is at most the right one plus this',
  }),
  upperBound: setting(z.enum(['inclusive', 'exclusive']).default('inclusive'), {
    title: 'The last instant',
    widget: 'segmented',
    labels: INCLUSIVE,
    advanced: true,
  }),
  condition: zCondition,
  lateness: setting(zDuration.optional(), {
    title: 'Grace',
    widget: 'duration',
    advanced: true,
    placeholder: '0 (off)',
    description: 'Rows are kept this much longer for partners that are late; padded rows wait as long',
  }),
  late: setting(z.enum(['join', 'drop']).default('join'), {
    title: 'Late rows',
    widget: 'segmented',
    labels: { join: 'Meet what is kept', drop: 'To the late port' },
    advanced: true,
    description: "As Flink SQL does; or as Flink's DataStream interval join does, which drops them",
  }),
  unmatched: setting(z.enum(['final', 'at-once']).default('final'), {
    title: 'Rows without partner',
    widget: 'segmented',
    labels: { final: 'When none can come', 'at-once': 'At once' },
    advanced: true,
    description:
      'Of a left, right or full join. At once: a row that meets none when it comes is given with NULL, and again with each partner that comes later',
  }),
  time: setting(z.enum(['later', 'left', 'right']).default('later'), {
    title: 'Event time',
    widget: 'segmented',
    labels: { later: 'The later one', left: 'Left', right: 'Right' },
    advanced: true,
    description: 'Which event time a row of the result carries',
  }),
  nullKeys: zNullKeys,
  rightPrefix: zRightPrefix,
  select: zSelect,
});

export type IntervalJoinConfig = z.output<typeof zIntervalJoin>;

/** `left − right` in whole ms, both ends included. */
export function boundsMs(config: IntervalJoinConfig): { lower: number; upper: number } {
  return {
    lower: durationMs(config.lower) + (config.lowerBound === 'exclusive' ? 1 : 0),
    upper: durationMs(config.upper) - (config.upperBound === 'exclusive' ? 1 : 0),
  };
}

/*
 * As Flink SQL:
 *   SELECT … FROM left [LEFT|RIGHT|FULL] JOIN right ON left.k = right.k AND condition
 *   AND left.rowtime BETWEEN right.rowtime + INTERVAL lower AND right.rowtime + INTERVAL upper
 * (`>` and `<` where a bound is exclusive). `lateness`, `late: drop`, `unmatched: at-once` and `time: later` have no SQL form.
 */
export const intervalJoinSpec = defineNode({
  type: 'interval-join',
  kind: 'operator',
  group: 'join',
  label: 'Interval join',
  summary: 'Joins rows of two streams whose event times are near each other.',
  description:
    'Two rows meet where their equal fields are equal, the further condition holds, and the left event time lies between ' +
    'the right event time plus *From* and plus *To*, both ends included unless set otherwise. A pair comes out as soon as its second ' +
    'row is there. Left, right and full joins give a row that met none once the watermark says that no partner can come, ' +
    'with NULL for the other side: when it has reached the last instant at which a partner could be, plus the grace. *Rows without partner: at once* ' +
    'does not wait: a row that meets none when it comes is given padded, and stays so beside the pairs that later partners give (Kafka Streams before 3.1, ' +
    'ksqlDB without GRACE PERIOD). NULL keys meet nothing.\n\n' +
    'A late row still meets what is kept (Flink SQL: TimeIntervalJoin); with *Late rows: to the late port* a row behind the ' +
    "watermark is not joined at all (DataStream: IntervalJoinOperator). Kafka Streams' windowed join is From −d, To d, with its grace. " +
    'The watermark that is passed on stays behind by the larger of −From and To plus the grace, as in Flink, since padded rows are ' +
    'that old. The result is append-only; a row carries the later of the two event times unless set otherwise.',
  icon: 'M2 4h12M2 12h12M5 4v3M11 12V9M5 7h6v2M5 7v2h6',
  config: zIntervalJoin,
  inputs: [LEFT_IN, RIGHT_IN],
  outputs: [MAIN_OUT, LATE_LEFT_OUT, LATE_RIGHT_OUT, DEAD_LETTER_OUT],
  stateful: true,
  // Until when a row is kept was settled when it came.
  keeps: { settings: anyChangeOf('late') },
  targets: ['weir', 'flink', 'spark'],
  summarize: (config) =>
    `${config.join}, ${summarizeOn(config)}, left − right in ${config.lower} … ${config.upper}`,
  schemas(context) {
    const left = context.inputs['left']?.[0] ?? null;
    const right = context.inputs['right']?.[0] ?? null;
    if (left === null || right === null)
      return { out: null, 'late-left': left, 'late-right': right, errors: DEAD_LETTER_SCHEMA };
    checkEventTime(
      context,
      [],
      [
        { name: 'left', schema: left },
        { name: 'right', schema: right },
      ],
      'An interval join',
    );
    checkBounds(context);
    const { columns } = planJoin(context.config, left.fields, right.fields, context);
    return {
      out: appendOnly(
        columns.map((c) => c.field),
        true,
      ),
      'late-left': left,
      'late-right': right,
      errors: DEAD_LETTER_SCHEMA,
    };
  },
  examples: [
    {
      title: 'Orders and their payments, which come within an hour',
      config: {
        join: 'left',
        on: [{ left: 'id', right: 'order_id' }],
        lower: '-1 h',
        upper: '0 s',
        select: [{ from: 'left.id' }, { from: 'right.amount', as: 'paid' }],
      },
      inputs: {
        left: {
          fields: { id: 'INT' },
          rows: [
            { __time: 0, id: 1 },
            { __time: 60_000, id: 2 },
          ],
        },
        right: {
          fields: { order_id: 'INT', amount: 'DOUBLE' },
          rows: [
            { __time: 1_800_000, order_id: 1, amount: 9.5 },
            { __time: 7_200_000, order_id: 2, amount: 4 },
          ],
        },
      },
      output: [
        { id: 1, paid: 9.5 },
        { id: 2, paid: null },
      ],
    },
  ],
});

function checkBounds(context: SchemaContext<IntervalJoinConfig>): void {
  const { lower, upper } = boundsMs(context.config);
  if (lower <= upper) return;
  context.report(
    problem('S-VALUE', {
      path: ['upper'],
      message: 'The interval is empty: no two rows could meet.',
      value: showValue(context.config.upper),
      expected: `at least ${context.config.lower}${context.config.lower === context.config.upper ? ', both ends included' : ''}`,
      next: 'Make "To" larger or "From" smaller; "From" is often negative: -5 min.',
    }),
  );
}
