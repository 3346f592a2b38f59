/** Records that carry their window: the fields that say which, in the settings of operators that give results when it closes. */
import { z } from 'zod';
import { problem, showValue } from '../../contract/problems.ts';
import { zFieldName } from '../../contract/settings.ts';
import { type SchemaContext, setting } from '../../contract/spec.ts';
import { type EdgeSchema, type Field, printType } from '../../contract/types.ts';

const DEFAULT_END = 'window_end';
const DEFAULT_START = 'window_start';

export const windowFieldsShape = {
  end: setting(zFieldName.default(DEFAULT_END), {
    title: 'Window end',
    widget: 'field',
    scope: 'input',
    kinds: ['TIMESTAMP'],
    advanced: true,
    description:
      'The field that says when the window of a record ends; Window and Assign windows call it window_end',
  }),
  start: setting(zFieldName.optional(), {
    title: 'Window start',
    widget: 'field',
    scope: 'input',
    kinds: ['TIMESTAMP'],
    advanced: true,
    placeholder: 'window_start',
    description: 'Left out: window_start where the input has it',
  }),
};

export const zWindowResults = z.strictObject({ kind: z.literal('window'), ...windowFieldsShape });
export type WindowResults = z.output<typeof zWindowResults>;

export interface WindowFields {
  /** Index of the field with the window's end (ms, exclusive). */
  readonly end: number;
  /** What tells windows apart, as indexes: the end, and the start where there is one. */
  readonly columns: readonly number[];
}

/** @param path of the variant in the settings */
export function planWindowFields(
  context: Pick<SchemaContext<unknown>, 'report'>,
  path: readonly (string | number)[],
  settings: WindowResults,
  input: EdgeSchema,
): WindowFields | null {
  if (!input.eventTime) {
    context.report(
      problem('G-FIT', {
        path: [...path, 'kind'],
        message: 'Windows close by the watermark, and the records have no event time.',
        value: showValue(settings.kind),
        expected: 'records with event time',
        next: 'Set the event-time field of the source above, or take results at every change.',
      }),
    );
  }
  const end = windowField(context, [...path, 'end'], settings.end, input.fields);
  const hasStart = input.fields.some((f) => f.name === DEFAULT_START && f.type.kind === 'TIMESTAMP');
  const name = settings.start ?? (hasStart ? DEFAULT_START : null);
  const start = name === null ? null : windowField(context, [...path, 'start'], name, input.fields);
  if (end === null || (name !== null && start === null)) return null;
  return { end, columns: start === null ? [end] : [start, end] };
}

function windowField(
  context: Pick<SchemaContext<unknown>, 'report'>,
  path: readonly (string | number)[],
  name: string,
  fields: readonly Field[],
): number | null {
  const index = fields.findIndex((f) => f.name === name);
  const type = fields[index]?.type;
  if (type?.kind === 'TIMESTAMP') return index;
  context.report(
    problem(type === undefined ? 'T-FIELD' : 'T-TYPE', {
      path,
      message:
        type === undefined
          ? `The records do not say their window: there is no field ${showValue(name)}.`
          : `${showValue(name)} is ${printType(type)}, which is no time.`,
      value: showValue(name),
      expected: 'a TIMESTAMP field with the end or start of the record’s window',
      next: 'Put Assign windows or Window in front, or pick the field that says it.',
    }),
  );
  return null;
}
