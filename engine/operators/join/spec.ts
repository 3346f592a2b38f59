import { z } from 'zod';
import { DEAD_LETTER_SCHEMA } from '../../contract/dead-letter.ts';
import { ANOTHER_TIME } from '../../contract/keeping.ts';
import { zPositiveDuration } from '../../contract/settings.ts';
import { DEAD_LETTER_OUT, defineNode, MAIN_OUT, setting } from '../../contract/spec.ts';
import { appendOnly, type EdgeSchema, updating } from '../../contract/types.ts';
import {
  isLeftOnly,
  JOIN_LABELS,
  joinedKey,
  LEFT,
  LEFT_IN,
  type PlannedJoin,
  planJoin,
  RIGHT,
  RIGHT_IN,
  summarizeOn,
  zCondition,
  zNullKeys,
  zOn,
  zRightPrefix,
  zSelect,
} from '../joins/plan.ts';

const zTtl = (side: string) =>
  setting(zPositiveDuration.optional(), {
    title: `Forget ${side} rows after`,
    widget: 'duration',
    placeholder: 'never',
    description: `Not written for this long, by the clock, it no longer meets new ${side === 'left' ? 'right' : 'left'} rows`,
  });

export const zJoin = z.strictObject({
  join: setting(z.enum(['inner', 'left', 'right', 'full', 'semi', 'anti']).default('inner'), {
    title: 'Join',
    widget: 'select',
    labels: JOIN_LABELS,
  }),
  on: zOn,
  condition: zCondition,
  leftTtl: zTtl('left'),
  rightTtl: zTtl('right'),
  nullKeys: zNullKeys,
  rightPrefix: zRightPrefix,
  select: zSelect,
});

export type JoinConfig = z.output<typeof zJoin>;

/*
 * As Flink SQL, with the hint STATE_TTL('L' = '…', 'R' = '…') where rows are forgotten:
 *   SELECT … FROM L [LEFT|RIGHT|FULL] JOIN R ON L.k = R.k AND condition
 * semi and anti: SELECT … FROM L WHERE [NOT] EXISTS (SELECT * FROM R WHERE L.k = R.k AND condition);
 * `nullKeys: equal` prints IS NOT DISTINCT FROM.
 */
export const joinSpec = defineNode({
  type: 'join',
  kind: 'operator',
  group: 'join',
  label: 'Join',
  summary: 'Joins two streams or tables without regard to time; keeps both.',
  description:
    'Each side is a table that its rows build up; the result is their join, kept up to date: a new row meets all kept rows of the other ' +
    'side that have the equal fields equal and for which the further condition holds. Both inputs may be updating: a row that is taken back takes its pairs back. ' +
    'An outer join gives a row without partner padded with NULL, deletes it when the first partner comes, and gives it again when ' +
    'the last one goes; semi and anti joins give left rows with and without a partner in the same way. The result is append-only for ' +
    'inner and semi joins of append-only inputs, else updating. NULL keys meet nothing unless set otherwise. These are the rules of Flink ' +
    '(regular join; StreamingJoinOperator, StreamingSemiAntiJoinOperator).\n\n' +
    'All rows are kept unless a time is set after which rows are forgotten, each side by itself (STATE_TTL, processing time, from the last write). What was ' +
    'given is not taken back then, so results may differ from those of a join without it. The result carries the later event time where both sides ' +
    'have one; in Flink it would have none.',
  icon: 'M2 4h4l4 4M2 12h4l4-4M10 8h4',
  config: zJoin,
  inputs: [
    { ...LEFT_IN, changelog: 'any' },
    { ...RIGHT_IN, changelog: 'any' },
  ],
  outputs: [MAIN_OUT, DEAD_LETTER_OUT],
  stateful: true,
  keeps: { settings: { leftTtl: ANOTHER_TIME, rightTtl: ANOTHER_TIME } },
  targets: ['weir', 'flink', 'spark'],
  summarize: (config) => `${config.join}, ${summarizeOn(config)}`,
  schemas(context) {
    const left = context.inputs['left']?.[0] ?? null;
    const right = context.inputs['right']?.[0] ?? null;
    if (left === null || right === null) return { out: null, errors: DEAD_LETTER_SCHEMA };
    const plan = planJoin(context.config, left.fields, right.fields, context);
    return { out: outputOf(context.config, plan, left, right), errors: DEAD_LETTER_SCHEMA };
  },
  examples: [
    {
      title: 'Orders with their customers, whichever comes first',
      config: {
        join: 'left',
        on: [{ left: 'customer', right: 'id' }],
        select: [{ from: 'order' }, { from: 'name' }],
      },
      inputs: {
        left: {
          fields: { order: 'INT', customer: 'STRING' },
          rows: [
            { order: 1, customer: 'c1' },
            { order: 2, customer: 'c2' },
          ],
        },
        right: { fields: { id: 'STRING', name: 'STRING' }, rows: [{ id: 'c1', name: 'Ann' }] },
      },
      // The padded row of order 1 is deleted when its customer comes.
      output: [
        { order: 1, name: null },
        { order: 2, name: null },
        { order: 1, name: null },
        { order: 1, name: 'Ann' },
      ],
    },
  ],
});

function outputOf(config: JoinConfig, plan: PlannedJoin, left: EdgeSchema, right: EdgeSchema): EdgeSchema {
  const fields = plan.columns.map((c) => c.field);
  const leftOnly = isLeftOnly(config.join);
  const eventTime = left.eventTime && (leftOnly || right.eventTime);
  const changes = left.changelog === 'updating' || right.changelog === 'updating';
  if (!changes && (config.join === 'inner' || config.join === 'semi')) return appendOnly(fields, eventTime);
  return updating(fields, eventTime, keyOf(config, plan, left, right));
}

/** A row of one side alone names the result's row where it has at most one partner. */
function keyOf(
  config: JoinConfig,
  plan: PlannedJoin,
  left: EdgeSchema,
  right: EdgeSchema,
): readonly string[] | undefined {
  const covers = (schema: EdgeSchema, keys: readonly number[]): boolean =>
    schema.key?.every((name) => keys.some((index) => schema.fields[index]?.name === name)) === true;
  const { join } = config;
  if (isLeftOnly(join)) return joinedKey(plan.columns, [[LEFT, left]]);
  const short =
    !plan.outer[RIGHT] && covers(right, plan.keys[RIGHT])
      ? joinedKey(plan.columns, [[LEFT, left]])
      : !plan.outer[LEFT] && covers(left, plan.keys[LEFT])
        ? joinedKey(plan.columns, [[RIGHT, right]])
        : undefined;
  return (
    short ??
    joinedKey(plan.columns, [
      [LEFT, left],
      [RIGHT, right],
    ])
  );
}
