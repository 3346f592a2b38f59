/** The kinds of values that a generated field can have. Their columns are made in `columns.ts`. */
import { z } from 'zod';
import { setting } from '../../../contract/spec.ts';

/** Distinct keys: their texts are kept for the life of a run. */
export const KEYS_MAX = 1_000_000;
const BIGINT_MAX = Number.MAX_SAFE_INTEGER;

const number = (title: string) => setting(z.number(), { title, widget: 'number' });
const whole = (title: string) => setting(z.int(), { title, widget: 'number' });
const decimals = setting(z.int().min(0).max(12).optional(), {
  title: 'Decimals',
  widget: 'number',
  advanced: true,
  placeholder: 'all',
});

const zChoice = z.strictObject({
  value: setting(z.string().max(1000), { title: 'Value', widget: 'text' }),
  weight: setting(z.number().positive().max(1e9).optional(), {
    title: 'Weight',
    widget: 'number',
    placeholder: '1',
  }),
});

export const zValue = setting(
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('time') }),
    z.strictObject({
      kind: z.literal('sequence'),
      start: setting(z.int().default(0), { title: 'First', widget: 'number' }),
      step: setting(z.int().default(1), { title: 'Step', widget: 'number' }),
    }),
    z
      .strictObject({ kind: z.literal('integer'), min: whole('From'), max: whole('To') })
      .refine(({ min, max }) => min <= max && max - min < BIGINT_MAX, {
        error: 'expected from ≤ to',
        path: ['max'],
      }),
    z
      .strictObject({ kind: z.literal('number'), min: number('From'), max: number('To'), decimals })
      .refine(({ min, max }) => min <= max, { error: 'expected from ≤ to', path: ['max'] }),
    z.strictObject({
      kind: z.literal('normal'),
      mean: number('Mean'),
      deviation: setting(z.number().min(0), { title: 'Standard deviation', widget: 'number' }),
      decimals,
    }),
    z.strictObject({
      kind: z.literal('exponential'),
      mean: setting(z.number().positive(), { title: 'Mean', widget: 'number' }),
      decimals,
    }),
    z.strictObject({
      kind: z.literal('key'),
      distinct: setting(z.int().min(1).max(KEYS_MAX), { title: 'Different keys', widget: 'number' }),
      prefix: setting(z.string().max(200).default('key-'), { title: 'Prefix', widget: 'text' }),
    }),
    z.strictObject({
      kind: z.literal('choice'),
      choices: setting(z.array(zChoice).min(1).max(1000), { title: 'Choices', widget: 'list' }),
    }),
    z.strictObject({
      kind: z.literal('boolean'),
      probability: setting(z.number().min(0).max(1).default(0.5), {
        title: 'Probability of true',
        widget: 'number',
      }),
    }),
    z.strictObject({
      kind: z.literal('constant'),
      value: setting(z.union([z.string().max(10_000), z.number(), z.boolean()]), {
        title: 'Value',
        widget: 'text',
      }),
    }),
  ]),
  {
    title: 'Value',
    widget: 'variants',
    labels: {
      time: 'Event time',
      sequence: 'Sequence',
      integer: 'Whole number',
      number: 'Number',
      normal: 'Normal distribution',
      exponential: 'Exponential distribution',
      key: 'Key',
      choice: 'Choice',
      boolean: 'Boolean',
      constant: 'Constant',
    },
  },
);

export type ValueSpec = z.output<typeof zValue>;
