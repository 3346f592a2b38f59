/** As Flink SQL: `SELECT * FROM TABLE(TUMBLE | HOP | CUMULATE | SESSION(TABLE input [PARTITION BY keys], DESCRIPTOR(rowtime), …))`. */
import { z } from 'zod';
import { problem, showValue } from '../../contract/problems.ts';
import { durationMs, zFieldName } from '../../contract/settings.ts';
import { defineNode, LATE_OUT, MAIN_IN, MAIN_OUT, type SchemaContext, setting } from '../../contract/spec.ts';
import { appendOnly, type EdgeSchema, field, TIMESTAMP } from '../../contract/types.ts';
import { checkFieldName } from '../../plan/check-setting.ts';
import { zCumulating, zHopping, zSession, zTumbling } from '../../plan/window-kinds.ts';

const zKind = z.discriminatedUnion('kind', [
  zTumbling,
  zHopping,
  zCumulating,
  zSession.extend({
    keys: setting(z.array(zFieldName).max(32).default([]), {
      title: 'Per',
      widget: 'fields',
      scope: 'input',
      placeholder: 'all records together',
    }),
  }),
]);

export const zAssignWindows = z.strictObject({
  window: setting(zKind, {
    title: 'Window',
    widget: 'variants',
    drawing: 'assignment',
    labels: { tumbling: 'Tumbling', hopping: 'Hopping', cumulating: 'Cumulating', session: 'Session' },
  }),
});

export type AssignWindowsConfig = z.output<typeof zAssignWindows>;

/** Windows that one record may be in; more is a mistake in the settings, not a wish. */
const OVERLAP_MAX = 10_000;

export const WINDOW_FIELDS = [
  field('window_start', TIMESTAMP, false),
  field('window_end', TIMESTAMP, false),
  field('window_time', TIMESTAMP, false),
];

export const assignWindowsSpec = defineNode({
  type: 'assign-windows',
  kind: 'operator',
  group: 'aggregate',
  label: 'Assign windows',
  summary: 'Adds to each record the window that it belongs to.',
  description:
    'A record goes on once for every window that it is in, with `window_start`, `window_end` and `window_time` (`window_end − 1 ms`), ' +
    'which becomes its event time: so Top-N, Deduplicate and joins per window work on records that are not aggregated. Windows are ' +
    'half-open, `[start, end)`, and align to the epoch in UTC plus the offset. Tumbling, hopping and cumulating windows are a matter of ' +
    'the record alone: it leaves at once, also where it is late (who works per window judges that by the window’s end). A session is ' +
    'known when it is over: its records wait until the watermark reaches `window_end − 1 ms` and leave together, and a record whose session ' +
    'was over goes to the late port. These are the rules of Flink SQL’s windowing table-valued functions TUMBLE, HOP, CUMULATE and SESSION.',
  icon: 'M2 3h12v10H2zM6 3v10M10 3v10M3.5 8h1M7.5 8h1',
  config: zAssignWindows,
  inputs: [
    {
      ...MAIN_IN,
      appendOnlyHint: 'A change has no window of its own: assign windows before the node that updates,',
    },
  ],
  outputs: [MAIN_OUT, LATE_OUT],
  stateful: true,
  keeps: {
    settings: {
      window: {
        when: 'where neither is a session: only sessions keep records',
        fits: (before, after) => ![before, after].some(isSession),
      },
    },
    fieldsMayChange: ({ window }) => !isSession(window),
  },
  targets: ['weir', 'flink'],
  summarize({ window }) {
    switch (window.kind) {
      case 'tumbling':
        return `tumble ${window.size}`;
      case 'hopping':
        return `hop ${window.size} every ${window.slide}`;
      case 'cumulating':
        return `cumulate up to ${window.size} by ${window.step}`;
      case 'session':
        return `session, gap ${window.gap}${window.keys.length === 0 ? '' : `, per ${window.keys.join(', ')}`}`;
    }
  },
  schemas(context) {
    const input = context.inputs['in']?.[0] ?? null;
    if (input === null) return { out: null, late: null };
    checkInput(context, input);
    checkWindow(context, input);
    return { out: appendOnly([...input.fields, ...WINDOW_FIELDS], true), late: input };
  },
  examples: [
    {
      title: 'Every record with its ten minutes',
      fields: { item: 'STRING' },
      config: { window: { kind: 'tumbling', size: '10 min' } },
      input: [
        { __time: 300_000, item: 'C' },
        { __time: 660_000, item: 'A' },
      ],
      output: [
        { item: 'C', window_start: 0, window_end: 600_000, window_time: 599_999 },
        { item: 'A', window_start: 600_000, window_end: 1_200_000, window_time: 1_199_999 },
      ],
    },
    {
      title: 'In both of the overlapping windows',
      fields: { item: 'STRING' },
      config: { window: { kind: 'hopping', size: '10 min', slide: '5 min' } },
      input: [{ __time: 300_000, item: 'C' }],
      output: [
        { item: 'C', window_start: 0, window_end: 600_000 },
        { item: 'C', window_start: 300_000, window_end: 900_000 },
      ],
    },
    {
      title: 'Visits: clicks of a user with no more than half an hour between',
      fields: { user: 'STRING' },
      config: { window: { kind: 'session', gap: '30 min', keys: ['user'] } },
      input: [
        { __time: 0, user: 'ann' },
        { __time: 60_000, user: 'ann' },
      ],
      output: [
        { user: 'ann', window_start: 0, window_end: 1_860_000 },
        { user: 'ann', window_start: 0, window_end: 1_860_000 },
      ],
    },
  ],
});

function checkInput(context: SchemaContext<AssignWindowsConfig>, input: EdgeSchema): void {
  if (!input.eventTime) {
    context.report(
      problem('G-FIT', {
        path: ['window'],
        message: 'Windows need records with event time; the source above gives none.',
        expected: 'a source with "time" set',
        next: 'Set the event-time field of the source.',
      }),
    );
  }
  const taken = WINDOW_FIELDS.find((w) => input.fields.some((f) => f.name === w.name));
  if (taken === undefined) return;
  context.report(
    problem('G-FIT', {
      path: ['window'],
      message: `The input already has a field called ${showValue(taken.name)}.`,
      value: showValue(taken.name),
      expected: `an input without ${WINDOW_FIELDS.map((f) => f.name).join(', ')}`,
      next: 'Rename or drop it with a Map in front, or leave this node out: the records have their windows.',
    }),
  );
}

function checkWindow(context: SchemaContext<AssignWindowsConfig>, input: EdgeSchema): void {
  const { window } = context.config;
  if (window.kind === 'session') {
    window.keys.forEach((name, i) => {
      checkFieldName(context, ['window', 'keys', i], name, input.fields);
    });
    return;
  }
  if (window.kind === 'tumbling') return;
  const size = durationMs(window.size);
  const [name, text] = window.kind === 'hopping' ? ['slide', window.slide] : ['step', window.step];
  const step = durationMs(text);
  const wrong =
    step > size
      ? [`is more than the size ${window.size}`, `at most ${window.size}`]
      : size / step > OVERLAP_MAX
        ? [
            `puts records into more than ${OVERLAP_MAX} windows`,
            `at least ${Math.ceil(size / OVERLAP_MAX)} ms`,
          ]
        : window.kind === 'cumulating' && size % step !== 0
          ? [
              `does not divide ${window.size}: the last window would be cut`,
              `a part of ${window.size}, as Flink has it`,
            ]
          : null;
  if (wrong === null) return;
  context.report(
    problem('S-VALUE', {
      path: ['window', name],
      message: `${window.kind === 'hopping' ? 'The slide' : 'The step'} ${text} ${wrong[0]}.`,
      value: showValue(text),
      expected: wrong[1] ?? '',
      next: 'Change one of the two.',
    }),
  );
}

const isSession = (window: unknown): boolean =>
  (window as AssignWindowsConfig['window'] | undefined)?.kind === 'session';
