import { z } from 'zod';
import { DEAD_LETTER_SCHEMA } from '../../contract/dead-letter.ts';
import { problem, showValue } from '../../contract/problems.ts';
import { durationMs, zFieldName } from '../../contract/settings.ts';
import { DEAD_LETTER_OUT, defineNode, MAIN_OUT, type SchemaContext, setting } from '../../contract/spec.ts';
import {
  appendOnly,
  type EdgeSchema,
  type Field,
  field,
  printType,
  TIMESTAMP,
} from '../../contract/types.ts';
import { zCumulating, zHopping, zTumbling } from '../../plan/window-kinds.ts';
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

const zJoinedWindow = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('assigned'),
    start: setting(zFieldName.default('window_start'), { title: 'Start', widget: 'text', advanced: true }),
    end: setting(zFieldName.default('window_end'), { title: 'End', widget: 'text', advanced: true }),
  }),
  zTumbling,
  zHopping,
  zCumulating,
]);

export const zWindowJoin = z.strictObject({
  join: setting(z.enum(['inner', 'left', 'right', 'full', 'semi', 'anti']).default('inner'), {
    title: 'Join',
    widget: 'select',
    labels: JOIN_LABELS,
  }),
  window: setting(zJoinedWindow, {
    title: 'Window',
    widget: 'variants',
    drawing: 'window',
    labels: { assigned: 'Of the rows', tumbling: 'Tumbling', hopping: 'Hopping', cumulating: 'Cumulating' },
    description: 'Of the rows: both inputs come from windows and have their start and end as fields',
  }),
  on: zOn,
  condition: zCondition,
  nullKeys: zNullKeys,
  anti: setting(z.enum(['not-exists', 'not-in']).default('not-exists'), {
    title: 'Anti join as',
    widget: 'segmented',
    labels: { 'not-exists': 'NOT EXISTS', 'not-in': 'NOT IN' },
    advanced: true,
    description:
      'NOT EXISTS keeps rows with a NULL key; NOT IN keeps a row only if it certainly equals none of its window',
  }),
  rightPrefix: zRightPrefix,
  select: zSelect,
});

export type WindowJoinConfig = z.output<typeof zWindowJoin>;

/** Windows of one record; more is a mistake in the settings. */
const OVERLAP_MAX = 100_000;

/*
 * As Flink SQL, L and R being TABLE(TUMBLE|HOP|CUMULATE(…)) or the subqueries of the windows above:
 *   SELECT …, COALESCE(L.window_start, R.window_start), COALESCE(L.window_end, R.window_end)
 *   FROM L [LEFT|RIGHT|FULL] JOIN R ON L.window_start = R.window_start AND L.window_end = R.window_end AND L.k = R.k AND condition
 * semi and anti: SELECT … FROM L WHERE [NOT] EXISTS (SELECT * FROM R WHERE …), or L.k NOT IN (SELECT R.k FROM R WHERE …).
 */
export const windowJoinSpec = defineNode({
  type: 'window-join',
  kind: 'operator',
  group: 'join',
  label: 'Window join',
  summary: 'Joins the rows of two streams that fall into the same window.',
  description:
    'Rows meet when they are in the same window, their equal fields are equal and the further condition holds. The windows are those ' +
    'that the rows bring along as fields (both inputs come from Window nodes), or are made here from the event times: tumbling, ' +
    'hopping (a row is in several and meets in each) or cumulating. All rows of a window come out together when the watermark of both inputs has reached its ' +
    'last instant, `end − 1 ms`, which is also their event time; the result is append-only and ends with `window_start` and `window_end`.\n\n' +
    'Left, right and full joins give rows without a partner with NULL for the other side; a semi join gives the left rows that ' +
    'have a partner, once each, an anti join those that have none. NULL keys meet nothing unless set otherwise. NOT IN is as in SQL: a NULL ' +
    'on either side may equal anything, so a row whose key is NULL is kept only where its window has no right row. A ' +
    'row whose windows are all over goes to the late port of its side. These are the rules of Flink SQL (window join; WindowJoinOperator).',
  icon: 'M2 3v10M14 3v10M8 3v10M2 6h3l3 2 3-2h3M2 10h3l3-2',
  config: zWindowJoin,
  inputs: [LEFT_IN, RIGHT_IN],
  outputs: [MAIN_OUT, LATE_LEFT_OUT, LATE_RIGHT_OUT, DEAD_LETTER_OUT],
  stateful: true,
  targets: ['weir', 'flink'],
  summarize: (config) => `${config.join}, ${summarizeOn(config)}, ${summarizeWindow(config.window)}`,
  schemas(context) {
    const left = context.inputs['left']?.[0] ?? null;
    const right = context.inputs['right']?.[0] ?? null;
    if (left === null || right === null)
      return { out: null, 'late-left': left, 'late-right': right, errors: DEAD_LETTER_SCHEMA };
    const sides = [
      { name: 'left', schema: left },
      { name: 'right', schema: right },
    ];
    checkEventTime(context, ['window'], sides, 'A window join');
    checkWindow(context, sides);
    checkAnti(context);
    const { config } = context;
    const fields = [
      ...planJoin(config, left.fields, right.fields, context, windowFields(config)).columns.map(
        (c) => c.field,
      ),
      ...BOUNDS,
    ];
    reportBounds(context, fields);
    return {
      out: appendOnly(fields, true),
      'late-left': left,
      'late-right': right,
      errors: DEAD_LETTER_SCHEMA,
    };
  },
  examples: [
    {
      title: 'Clicks and the ads that were shown in the same five minutes',
      config: {
        join: 'left',
        window: { kind: 'tumbling', size: '5 min' },
        on: [{ left: 'ad', right: 'ad' }],
        select: [{ from: 'left.ad' }, { from: 'right.user', as: 'clicked_by' }],
      },
      inputs: {
        left: {
          fields: { ad: 'STRING' },
          rows: [
            { __time: 0, ad: 'shoes' },
            { __time: 60_000, ad: 'hats' },
          ],
        },
        right: {
          fields: { ad: 'STRING', user: 'STRING' },
          rows: [
            { __time: 90_000, ad: 'shoes', user: 'ann' },
            { __time: 300_000, ad: 'hats', user: 'bob' },
          ],
        },
      },
      output: [
        { ad: 'shoes', clicked_by: 'ann', window_start: 0, window_end: 300_000 },
        { ad: 'hats', clicked_by: null, window_start: 0, window_end: 300_000 },
      ],
    },
  ],
});

const BOUNDS: readonly Field[] = [
  field('window_start', TIMESTAMP, false),
  field('window_end', TIMESTAMP, false),
];

/** The inputs' own window fields, which the result has once, at its end. */
export const windowFields = ({ window }: WindowJoinConfig): ReadonlySet<string> =>
  new Set(window.kind === 'assigned' ? [window.start, window.end] : []);

function summarizeWindow(window: WindowJoinConfig['window']): string {
  switch (window.kind) {
    case 'assigned':
      return 'same window';
    case 'tumbling':
      return `tumble ${window.size}`;
    case 'hopping':
      return `hop ${window.size} every ${window.slide}`;
    case 'cumulating':
      return `cumulate ${window.size} by ${window.step}`;
  }
}

type Context = SchemaContext<WindowJoinConfig>;

function checkWindow(
  context: Context,
  sides: readonly { readonly name: string; readonly schema: EdgeSchema }[],
): void {
  const { window } = context.config;
  if (window.kind === 'assigned') {
    for (const { name, schema } of sides) checkAssigned(context, name, schema);
  } else if (window.kind !== 'tumbling') {
    const step = window.kind === 'hopping' ? window.slide : window.step;
    const path = ['window', window.kind === 'hopping' ? 'slide' : 'step'];
    checkStep(context, path, step, window.size, window.kind === 'cumulating');
  }
}

function checkAssigned(context: Context, side: string, schema: EdgeSchema): void {
  const { window } = context.config;
  if (window.kind !== 'assigned') return;
  for (const at of ['start', 'end'] as const) {
    const found = schema.fields.find((f) => f.name === window[at]);
    if (found === undefined) {
      context.report(
        problem('T-FIELD', {
          path: ['window', at],
          message: `The records of the ${side} input do not say their window: there is no field ${showValue(window[at])}.`,
          value: showValue(window[at]),
          expected: `a TIMESTAMP field with the ${at} of the window`,
          next: 'Put Assign windows or Window in front of this input, pick the field that says it, or make the windows here.',
        }),
      );
      return; // Who has no start has no end either.
    }
    const { type } = found;
    if (type.kind === 'TIMESTAMP') continue;
    context.report(
      problem('T-TYPE', {
        path: ['window', at],
        message: `The window's ${at} is ${printType(type)} on the ${side} side.`,
        value: showValue(window[at]),
        expected: 'a TIMESTAMP field',
        next: 'Put a Window in front of this input, or make the windows here.',
      }),
    );
  }
}

/** Flink's rule for CUMULATE; for HOP that no time falls between windows. */
function checkStep(
  context: Context,
  path: readonly string[],
  step: string,
  size: string,
  whole: boolean,
): void {
  const [stepMs, sizeMs] = [durationMs(step), durationMs(size)];
  const many = sizeMs / stepMs > OVERLAP_MAX;
  if (stepMs <= sizeMs && !many && !(whole && sizeMs % stepMs !== 0)) return;
  context.report(
    problem('S-VALUE', {
      path,
      message: many
        ? `Every record would fall into more than ${OVERLAP_MAX} windows.`
        : whole
          ? `The size ${size} is not a whole number of steps of ${step}.`
          : `The window slides by ${step}, which is more than its size ${size}: records between windows would vanish.`,
      value: showValue(step),
      expected: many
        ? `at least ${Math.ceil(sizeMs / OVERLAP_MAX)} ms`
        : whole
          ? `a part of ${size}`
          : `at most the size, ${size}`,
      next: many ? 'Make it larger.' : 'Change it or the size.',
    }),
  );
}

function checkAnti(context: Context): void {
  const { join, anti, nullKeys } = context.config;
  if (join !== 'anti' || anti !== 'not-in' || nullKeys !== 'equal') return;
  context.report(
    problem('S-VALUE', {
      path: ['nullKeys'],
      message: 'NOT IN has a rule of its own for NULL: it may equal anything.',
      value: showValue(nullKeys),
      expected: '"never"',
      next: 'Set "NULL keys" back, or use NOT EXISTS.',
    }),
  );
}

function reportBounds(context: Context, fields: readonly Field[]): void {
  for (const bound of BOUNDS) {
    if (fields.filter((f) => f.name === bound.name).length < 2) continue;
    context.report(
      problem('S-VALUE', {
        path: context.config.select === undefined ? ['window'] : ['select'],
        message: `The result gets a field ${bound.name} from its window, and would have two.`,
        value: showValue(bound.name),
        expected: 'every field name once',
        next: 'Choose which fields to keep ("Keep"), under other names; or use the windows of the rows.',
      }),
    );
  }
}
