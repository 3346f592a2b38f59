/**
 * Prints as Flink SQL: `SELECT keys, window_start, window_end, aggregates FROM TABLE(TUMBLE|HOP|CUMULATE|SESSION(…)) GROUP BY keys,
 * window_start, window_end` (GROUPING SETS where there are some); `assigned` is the same GROUP BY over a table that has the bounds.
 * `table.exec.emit.early-fire.*` and `late-fire.*` carry triggers by the clock; sliding, count and global windows and the other triggers
 * need the DataStream API, and are Weir's alone.
 */

import { reportTwice } from '../../aggregates/plan.ts';
import { AGGREGATES_HELP, summarizeAggregate } from '../../aggregates/spec.ts';
import { DEAD_LETTER_SCHEMA } from '../../contract/dead-letter.ts';
import { SHORTER } from '../../contract/keeping.ts';
import { DEAD_LETTER_OUT, defineNode, LATE_OUT, MAIN_IN, MAIN_OUT } from '../../contract/spec.ts';
import { appendOnly, updating } from '../../contract/types.ts';
import { planWindow, type WindowPlan } from './plan.ts';
import { checkWindow } from './settings/plan.ts';
import { type WindowConfig, zWindow } from './settings/spec.ts';

export const windowSpec = defineNode({
  type: 'window',
  kind: 'operator',
  group: 'aggregate',
  hasPanes: true,
  label: 'Window',
  summary: 'Groups records by time and keys, and aggregates each group.',
  description:
    'Windows are half-open, `[start, end)`, and align to the epoch in UTC plus the offset. A window fires when the ' +
    'watermark reaches `end − 1 ms`, once for every key that has records; a window without records gives nothing. ' +
    'A record is late when the watermark had reached `end − 1 ms + allowed lateness` of all its windows before it came: it ' +
    'goes to the late port. For a session this is judged on the session that the record would merge into. Sessions ' +
    'that touch (the gap exactly) merge. With allowed lateness a fired window stays, and each further record in it gives its row ' +
    'again with the new values. NULL is a key like any other. These are the rules of Flink SQL and its WindowOperator.\n\n' +
    '**Kinds.** *Tumbling* and *hopping* windows are aggregated in slices that they share. *Cumulating* windows (Flink’s CUMULATE) ' +
    'give the total since their start at the end of each step, also where it did not change, and nothing before the first record of the ' +
    'key. A *count* window takes records by the order in which they come: every so many of a key it gives the last ones (Flink’s ' +
    'countWindow); what is incomplete at the end of the input gives nothing. A *global* window holds everything of a key; it fires ' +
    'by its trigger, and at the end of the input. *Sliding* windows are those of Kafka Streams (KIP-450): one for each distinct set of ' +
    'a key’s records that lie no further apart than the size, so each ends at a record or begins right after one. *Of the record*: records carry the bounds of their window in two fields, as those of ' +
    'another Window do, and are grouped by them (Flink’s cascading windows).\n\n' +
    '**Time.** Event time; processing time, when the record is here; ingestion time, when the source took it in. The last two follow the ' +
    'clock, and the end of the input fires what is open.\n\n' +
    '**Triggers** (*Streaming Systems*, chapter 2; Beam). Each key of each window fires on its own. Early firings come before the ' +
    'window is complete, late ones for records within the allowed lateness. A trigger by event time fires once however many of its ' +
    'multiples a watermark passes at once; Flink repeats the same row for each. Each firing is a row of its own: with *accumulating* it ' +
    'holds all records of the window, with *discarding* only those since the last firing, and with *retracting* all of them while the ' +
    'row before is taken back: the output is then updating, with `-U` and `+U`, or `-D` and `+I` where a session has other bounds by ' +
    `now or merged with others. A session that has other bounds counts its firings anew.\n\n${AGGREGATES_HELP}`,
  icon: 'M2 3v10M6 3v10M10 3v10M14 3v10M2 5h4M6 8h4M10 11h4',
  config: zWindow,
  inputs: [
    { ...MAIN_IN, appendOnlyHint: 'Or use Aggregate, which takes records back, with the bounds as keys.' },
  ],
  outputs: [MAIN_OUT, LATE_OUT, DEAD_LETTER_OUT],
  stateful: true,
  // What has fired and waits for late rows goes by the old time or the new: both were promised. What was given up does not come back.
  keeps: { settings: { lateness: SHORTER }, fieldsMayChange: () => true },
  targets: ['weir', 'flink', 'spark'],
  summarize(config) {
    const per = config.keys.length === 0 ? '' : `, per ${config.keys.join(', ')}`;
    return `${summarizeWindow(config.window)}${per}, ${config.aggregates.map(summarizeAggregate).join(', ')}`;
  },
  schemas(context) {
    const input = context.inputs['in']?.[0] ?? null;
    if (input === null) return { out: null, late: null, errors: DEAD_LETTER_SCHEMA };
    checkWindow(context, input);
    const plan = planWindow(context.config, input.fields, context);
    const { fields, eventTime, accumulation } = plan;
    reportTwice(context, fields, (i) => nameOf(context.config, plan, i));
    const out =
      accumulation === 'retracting'
        ? updating(fields, eventTime, keyOf(plan))
        : appendOnly(fields, eventTime);
    return { out, late: input, errors: DEAD_LETTER_SCHEMA };
  },
  examples: [
    {
      title: 'Flights per hour and airport',
      fields: { origin: 'STRING', delay: 'INT' },
      config: {
        window: { kind: 'tumbling', size: '1 h' },
        keys: ['origin'],
        aggregates: [
          { function: 'count', as: 'flights' },
          { function: 'max', of: 'delay', as: 'worst' },
        ],
      },
      input: [
        { __time: 0, origin: 'ATL', delay: 5 },
        { __time: 3_599_999, origin: 'ATL', delay: 65 },
        { __time: 3_600_000, origin: 'ATL', delay: 1 },
      ],
      output: [
        { origin: 'ATL', window_start: 0, window_end: 3_600_000, flights: 2, worst: 65 },
        { origin: 'ATL', window_start: 3_600_000, window_end: 7_200_000, flights: 1, worst: 1 },
      ],
    },
    {
      title: 'The total of the day so far, every six hours',
      fields: { amount: 'INT' },
      config: {
        window: { kind: 'cumulating', size: '1 d', step: '6 h' },
        aggregates: [{ function: 'sum', of: 'amount', as: 'total' }],
      },
      input: [
        { __time: 21_600_000, amount: 5 },
        { __time: 64_800_000, amount: 7 },
      ],
      output: [
        { window_start: 0, window_end: 43_200_000, total: 5 },
        { window_start: 0, window_end: 64_800_000, total: 5 },
        { window_start: 0, window_end: 86_400_000, total: 12 },
      ],
    },
    {
      title: 'Scores per team and hour: early after every two records, then on time',
      fields: { team: 'STRING', score: 'INT' },
      config: {
        window: { kind: 'tumbling', size: '1 h' },
        keys: ['team'],
        aggregates: [{ function: 'sum', of: 'score', as: 'total' }],
        trigger: { early: { kind: 'rows', every: 2 } },
        pane: true,
      },
      input: [
        { __time: 1000, team: 'red', score: 3 },
        { __time: 2000, team: 'red', score: 4 },
        { __time: 3000, team: 'red', score: 1 },
      ],
      output: [
        { team: 'red', pane_timing: 'EARLY', pane_index: 0, total: 7 },
        { team: 'red', pane_timing: 'ON_TIME', pane_index: 1, total: 8 },
      ],
    },
    {
      title: 'Sessions that are corrected as they grow',
      fields: { user: 'STRING' },
      config: {
        window: { kind: 'session', gap: '30 min' },
        keys: ['user'],
        aggregates: [{ function: 'count', as: 'clicks' }],
        trigger: { early: { kind: 'rows', every: 1 } },
        accumulation: 'retracting',
      },
      input: [
        { __time: 0, user: 'a' },
        { __time: 600_000, user: 'a' },
      ],
      output: [
        { user: 'a', window_start: 0, window_end: 1_800_000, clicks: 1 },
        { user: 'a', window_start: 0, window_end: 1_800_000, clicks: 1 },
        { user: 'a', window_start: 0, window_end: 2_400_000, clicks: 2 },
      ],
    },
    {
      title: 'The average of the last ten readings of each sensor, after every reading',
      fields: { sensor: 'STRING', value: 'DOUBLE' },
      config: {
        window: { kind: 'count', size: 10, slide: 1 },
        keys: ['sensor'],
        aggregates: [{ function: 'avg', of: 'value', as: 'average' }],
      },
      input: [
        { sensor: 'a', value: 1 },
        { sensor: 'a', value: 2 },
      ],
      output: [
        { sensor: 'a', average: 1 },
        { sensor: 'a', average: 1.5 },
      ],
    },
  ],
});

/** What names a row of an updating output. Of several sets only with the grouping id, which tells NULL from a key that is not in the set. */
function keyOf({ fields, keyFields, bounds, grouping }: WindowPlan): string[] | undefined {
  if (grouping.sets.length > 1 && grouping.id === null) return undefined;
  return fields.slice(0, keyFields + (bounds ? 2 : 0)).map((f) => f.name);
}

/** The setting that names a field of the output. */
function nameOf(
  { window, startAs, endAs }: WindowConfig,
  { fields, aggregates, grouping, keyFields, bounds, windowTime }: WindowPlan,
  at: number,
): readonly (string | number)[] | null {
  if (at < grouping.columns.length) return ['keys', at];
  if (at < keyFields) return ['groupingId'];
  const aggregate = at - (fields.length - aggregates.length);
  if (aggregate >= 0) return ['aggregates', aggregate, 'as'];
  const place = at - keyFields;
  if (!bounds || place > (windowTime ? 2 : 1)) return ['pane'];
  // A name that was not chosen is not wrong: the one that clashes with it is.
  const chosen = [startAs, endAs, windowTime ? '' : undefined][place];
  if (chosen === undefined && window.kind !== 'assigned') return null;
  return [['startAs', 'endAs', 'timeAs'][place] ?? 'pane'];
}

function summarizeWindow(window: WindowConfig['window']): string {
  switch (window.kind) {
    case 'tumbling':
      return `tumble ${window.size}`;
    case 'hopping':
      return `hop ${window.size} every ${window.slide}`;
    case 'cumulating':
      return `cumulate ${window.step} up to ${window.size}`;
    case 'session':
      return `session, gap ${window.gap}`;
    case 'sliding':
      return `slide, within ${window.size}`;
    case 'count':
      return window.slide === undefined || window.slide === window.size
        ? `every ${window.size} records`
        : `last ${window.size} records every ${window.slide}`;
    case 'global':
      return 'everything';
    case 'assigned':
      return 'windows of the records';
  }
}
