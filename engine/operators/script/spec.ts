import { z } from 'zod';
import { DEAD_LETTER_SCHEMA } from '../../contract/dead-letter.ts';
import { anyChangeOf } from '../../contract/keeping.ts';
import { problem, showValue } from '../../contract/problems.ts';
import { toFields, zFieldName, zPositiveDuration, zSchema } from '../../contract/settings.ts';
import { DEAD_LETTER_OUT, defineNode, MAIN_IN, MAIN_OUT, setting } from '../../contract/spec.ts';
import { appendOnly } from '../../contract/types.ts';
import { checkFieldName } from '../../plan/check-setting.ts';

export const SCRIPT_BYTES_MAX = 200_000;

export const zScript = z.strictObject({
  code: setting(z.string().min(1).max(SCRIPT_BYTES_MAX), {
    title: 'JavaScript',
    widget: 'code',
    placeholder: 'function onRecord(record, context) {\n  return record;\n}',
    description: 'A function onRecord(record, context), and onTimer(time, context) where timers are set',
  }),
  keys: setting(z.array(zFieldName).max(32).default([]), {
    title: 'State per',
    widget: 'fields',
    scope: 'input',
    placeholder: 'one state for all records',
    description:
      'Records with equal values in these fields share context.state; NULL is a value like any other',
  }),
  schema: setting(zSchema.optional(), {
    title: 'Fields of the output',
    widget: 'schema',
    placeholder: 'the fields of the input',
    description: 'The fields of the records that it returns',
  }),
  timeout: setting(zPositiveDuration.default('2 s'), {
    title: 'Time limit',
    widget: 'duration',
    advanced: true,
    description: 'For one batch of records; beyond it the run fails',
  }),
  megabytesMax: setting(z.int().min(1).max(1024).default(64), {
    title: 'Memory limit',
    widget: 'number',
    unit: 'MB',
    advanced: true,
    description: 'For everything that the script holds, state included; beyond it the run fails',
  }),
});

export type ScriptConfig = z.output<typeof zScript>;

const RUNNING_TOTAL = `function onRecord(order, context) {
  const total = (context.state.total ?? 0) + order.amount;
  context.state.total = total;
  return { customer: order.customer, total };
}`;

// Prints as nothing: Flink SQL and Spark have no such function, so the node is for Weir alone.
export const scriptSpec = defineNode({
  type: 'script',
  kind: 'operator',
  group: 'code',
  label: 'Script',
  summary: 'Runs JavaScript on each record, with state for each key.',
  description:
    '`onRecord(record, context)` is called for every record, in order, and returns a record, an array of records or ' +
    'nothing. They have the event time of the record that they came from. `context` has `state` (an object of your own ' +
    'for the key, `{}` at first; what it holds must be JSON; `null` forgets the key), `key`, `eventTime` and ' +
    '`watermark` (ms, or null), `setTimer(time)` and `clearTimer(time)`. `onTimer(time, context)` is called for the key when ' +
    'the watermark passes that time, once for equal times, and returns records in the same way; they have the time of the ' +
    'timer. TIMESTAMP is a number (ms), DECIMAL a text ("12.30"), BYTES a text in base64, ROW an object; BIGINT is a ' +
    'number within ±(2^53 − 1) and a BigInt beyond; all are returned in the same form. ' +
    'A record whose call throws, or returns what does not fit the output, goes to the errors port with the message and ' +
    'the line, and gives nothing; what it changed in the state stays. The script runs in a sandbox (QuickJS, ES2023) that ' +
    'reaches nothing outside: no files, no network, no timers, no clock and no randomness (`Date` and `Math.random` are not ' +
    'there), so two runs give the same. `console.log` writes to the log of the run, a thousand lines at most. An endless ' +
    'loop or too much memory ends the run with R-SCRIPT at this node. A script only runs in Weir: SQL engines have no such thing.',
  icon: 'M6 4L2.500 8 6 12M10 4l3.500 4L10 12',
  config: zScript,
  inputs: [
    {
      ...MAIN_IN,
      appendOnlyHint: 'A script sees records, not changes of them: put it before the node that updates,',
    },
  ],
  outputs: [MAIN_OUT, DEAD_LETTER_OUT],
  stateful: true,
  keeps: { settings: anyChangeOf('timeout', 'megabytesMax') },
  targets: ['weir'],
  summarize: ({ code, keys }) => {
    const lines = code.split('\n').length;
    const size = lines === 1 ? '1 line' : `${lines} lines`;
    return keys.length === 0 ? size : `${size}, state per ${keys.join(', ')}`;
  },
  schemas(context) {
    const input = context.inputs['in']?.[0] ?? null;
    const { schema, keys } = context.config;
    if (input !== null) {
      keys.forEach((name, i) => {
        checkFieldName(context, ['keys', i], name, input.fields);
      });
    }
    schema?.forEach(({ name }, i) => {
      if (schema.findIndex((f) => f.name === name) !== i)
        context.report(
          problem('S-VALUE', {
            path: ['schema', i, 'name'],
            message: `Two fields are called ${showValue(name)}.`,
            value: showValue(name),
            expected: 'every field name once',
            next: 'Rename one of them.',
          }),
        );
    });
    const out =
      input === null ? null : schema === undefined ? input : appendOnly(toFields(schema), input.eventTime);
    return { out, errors: DEAD_LETTER_SCHEMA };
  },
  examples: [
    {
      title: 'A running total for each customer',
      fields: { customer: 'STRING', amount: 'INT' },
      config: {
        code: RUNNING_TOTAL,
        keys: ['customer'],
        schema: [
          { name: 'customer', type: 'STRING' },
          { name: 'total', type: 'INT' },
        ],
      },
      input: [
        { customer: 'a', amount: 5 },
        { customer: 'b', amount: 7 },
        { customer: 'a', amount: 1 },
      ],
      output: [
        { customer: 'a', total: 5 },
        { customer: 'b', total: 7 },
        { customer: 'a', total: 6 },
      ],
    },
  ],
});
