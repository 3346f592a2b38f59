import { z } from 'zod';
import { DEAD_LETTER_SCHEMA } from '../../contract/dead-letter.ts';
import { problem, showValue } from '../../contract/problems.ts';
import { DEAD_LETTER_OUT, defineNode, MAIN_OUT, type SchemaContext, setting } from '../../contract/spec.ts';
import { appendOnly, type EdgeSchema } from '../../contract/types.ts';
import { checkSetting } from '../../plan/check-setting.ts';
import {
  checkEventTime,
  JOIN_LABELS,
  LEFT_IN,
  planJoin,
  RIGHT_IN,
  summarizeOn,
  zCondition,
  zOnAtLeastOne,
  zRightPrefix,
  zSelect,
} from '../joins/plan.ts';

export const zTemporalJoin = z.strictObject({
  join: setting(z.enum(['inner', 'left']).default('inner'), {
    title: 'Join',
    widget: 'segmented',
    labels: { inner: JOIN_LABELS.inner, left: JOIN_LABELS.left },
    description: 'Left also gives left rows for which there is no version',
  }),
  time: setting(z.enum(['event', 'processing']).default('event'), {
    title: 'As of',
    widget: 'segmented',
    labels: { event: 'The left event time', processing: 'Now' },
    description:
      'Which version of the right row is meant: the one of the left row’s time, or the newest that has come',
  }),
  on: zOnAtLeastOne,
  condition: zCondition,
  deleteWhere: setting(z.string().min(1).max(20_000).optional(), {
    title: 'Deletes where',
    widget: 'expression',
    expects: 'BOOLEAN',
    scope: 'right',
    advanced: true,
    placeholder: 'value IS NULL',
    description: 'A right row for which this holds ends the version before it and starts none: a tombstone',
  }),
  rightPrefix: zRightPrefix,
  select: zSelect,
});

export type TemporalJoinConfig = z.output<typeof zTemporalJoin>;

/*
 * As Flink SQL:
 *   SELECT … FROM L [LEFT] JOIN R FOR SYSTEM_TIME AS OF L.rowtime (or L.proctime) ON L.k = R.k AND condition
 * R being a table with PRIMARY KEY (k) NOT ENFORCED, or the deduplicated last row per key. `deleteWhere` is a filter of its own changelog.
 */
export const temporalJoinSpec = defineNode({
  type: 'temporal-join',
  kind: 'operator',
  group: 'join',
  label: 'Temporal join',
  summary: 'Adds to each left row the version of the right row that held at its time.',
  description:
    'The right side is a versioned table: each of its rows replaces the one before it with the same equal fields, from its event time on; so do ' +
    'inserts and update-afters of an updating input, while a delete (or a row for which *Deletes where* holds) ends the version. A left row waits ' +
    'until the watermark of both inputs reaches its event time, and then meets the newest version that is not younger than itself. It comes out once, with its ' +
    'own event time; later versions change nothing. Versions that no row on time can need are dropped: of each key the newest before the watermark stays. A late ' +
    'left row meets what is left. NULL keys meet nothing. These are the rules of Flink (event-time temporal join; TemporalRowTimeJoinOperator).\n\n' +
    'With *As of: now* a left row meets at once the version that has come last (TemporalProcessTimeJoinOperator, and the ' +
    'stream–table join of Kafka Streams); what it meets then depends on which input is faster. The result is append-only.',
  icon: 'M2 4h3l4 5h5M2 13h4l2.500-3M12 1.500a2.500 2.500 0 1 0 0 5a2.500 2.500 0 1 0 0-5M12 2.800V4l.8.8',
  config: zTemporalJoin,
  inputs: [
    {
      ...LEFT_IN,
      appendOnlyHint: 'Use a Join, whose result follows the updates of both sides,',
    },
    { ...RIGHT_IN, changelog: 'any' },
  ],
  outputs: [MAIN_OUT, DEAD_LETTER_OUT],
  stateful: true,
  targets: ['weir', 'flink'],
  summarize: (config) =>
    `${config.join}, ${summarizeOn(config)}, as of ${config.time === 'event' ? 'its event time' : 'now'}`,
  schemas(context) {
    const left = context.inputs['left']?.[0] ?? null;
    const right = context.inputs['right']?.[0] ?? null;
    if (left === null || right === null) return { out: null, errors: DEAD_LETTER_SCHEMA };
    const { config } = context;
    const sides = [
      { name: 'left', schema: left },
      { name: 'right', schema: right },
    ];
    if (config.time === 'event') checkEventTime(context, ['time'], sides, 'A join as of an event time');
    if (config.deleteWhere !== undefined)
      checkSetting(context, ['deleteWhere'], config.deleteWhere, right.fields, 'BOOLEAN');
    checkVersions(context, right);
    const { columns } = planJoin(config, left.fields, right.fields, context);
    return {
      out: appendOnly(
        columns.map((c) => c.field),
        left.eventTime,
      ),
      errors: DEAD_LETTER_SCHEMA,
    };
  },
  examples: [
    {
      title: 'Orders at the exchange rate of their time',
      config: {
        join: 'left',
        on: [{ left: 'currency', right: 'currency' }],
        select: [{ from: 'amount' }, { from: 'rate' }],
      },
      inputs: {
        left: {
          fields: { amount: 'INT', currency: 'STRING' },
          rows: [
            { __time: 1000, amount: 1, currency: 'EUR' },
            { __time: 3000, amount: 2, currency: 'EUR' },
            { __time: 6000, amount: 3, currency: 'EUR' },
          ],
        },
        right: {
          fields: { currency: 'STRING', rate: 'INT' },
          rows: [
            { __time: 2000, currency: 'EUR', rate: 114 },
            { __time: 5000, currency: 'EUR', rate: 119 },
          ],
        },
      },
      output: [
        { amount: 1, rate: null },
        { amount: 2, rate: 114 },
        { amount: 3, rate: 119 },
      ],
    },
  ],
});

/** Versions are told apart by the equal fields: a table with a further key has several rows for one of them. */
function checkVersions(context: SchemaContext<TemporalJoinConfig>, right: EdgeSchema): void {
  const named = new Set(context.config.on.map((pair) => pair.right));
  const missing = (right.key ?? []).filter((name) => !named.has(name));
  if (missing.length === 0) return;
  context.report(
    problem('G-FIT', {
      path: ['on'],
      message: `The right rows are told apart by ${(right.key ?? []).join(', ')}; with these equal fields several of them would be one.`,
      value: showValue([...named].join(', ')),
      expected: `equal fields with ${missing.join(', ')} among them`,
      next: 'Add the missing fields, or use a Join, which meets all rows.',
    }),
  );
}
