import { z } from 'zod';
import { DEAD_LETTER_SCHEMA } from '../../contract/dead-letter.ts';
import { zFieldName } from '../../contract/settings.ts';
import { ANY_IN, DEAD_LETTER_OUT, defineNode, MAIN_OUT, setting } from '../../contract/spec.ts';
import { keptKey, planMap } from './plan.ts';

const zComputed = z.strictObject({
  name: setting(zFieldName, { title: 'Name', widget: 'text', placeholder: 'speed' }),
  expression: setting(z.string().min(1).max(20_000), {
    title: 'Expression',
    widget: 'expression',
    expects: 'ANY',
    scope: 'input',
    placeholder: 'distance / hours',
  }),
});

const zRename = z.strictObject({
  from: setting(zFieldName, { title: 'Field', widget: 'field', scope: 'input' }),
  to: setting(zFieldName, { title: 'New name', widget: 'text' }),
});

export const zMap = z.strictObject({
  compute: setting(z.array(zComputed).max(1000).optional(), {
    title: 'Compute',
    widget: 'list',
    description: 'Adds a field, or replaces the field of that name',
  }),
  keep: setting(z.array(zFieldName).max(2000).optional(), {
    title: 'Keep only',
    widget: 'fields',
    scope: 'input',
    placeholder: 'all fields',
    description: 'Where given, every other field of the input is dropped',
  }),
  drop: setting(z.array(zFieldName).max(2000).optional(), {
    title: 'Drop',
    widget: 'fields',
    scope: 'input',
  }),
  rename: setting(z.array(zRename).max(1000).optional(), { title: 'Rename', widget: 'list', advanced: true }),
});

export type MapConfig = z.output<typeof zMap>;

export const mapSpec = defineNode({
  type: 'map',
  kind: 'operator',
  label: 'Map',
  summary: 'Computes, keeps, drops and renames fields.',
  description:
    'Every expression sees the fields of the input under their old names. First fields are kept and dropped, then ' +
    'renamed, then the computed ones are added, or put in the place of the field of that name. The event time of a ' +
    'record stays as it is, whatever happens to the field that it came from. A record for which an expression fails ' +
    'goes to the errors port.',
  icon: 'M2 4h5l2 8h5M12 10l2 2-2 2',
  config: zMap,
  inputs: [ANY_IN],
  outputs: [MAIN_OUT, DEAD_LETTER_OUT],
  stateful: false,
  passesRows: true,
  targets: ['weir', 'flink', 'spark'],
  summarize(config) {
    const parts = [
      ...(config.compute ?? []).map((c) => `${c.name} = ${c.expression}`),
      ...(config.keep === undefined ? [] : [`keep ${config.keep.join(', ')}`]),
      ...(config.drop === undefined || config.drop.length === 0 ? [] : [`drop ${config.drop.join(', ')}`]),
      ...(config.rename ?? []).map((r) => `${r.from} as ${r.to}`),
    ];
    return parts.length === 0 ? 'all fields as they are' : parts.join(' · ');
  },
  schemas(context) {
    const input = context.inputs['in']?.[0] ?? null;
    if (input === null) return { out: null, errors: DEAD_LETTER_SCHEMA };
    const columns = planMap(context.config, input.fields, context);
    const { key, ...rest } = input;
    const kept = key === undefined ? null : keptKey(key, columns);
    return {
      out: { ...rest, fields: columns.map((c) => c.field), ...(kept === null ? {} : { key: kept }) },
      errors: DEAD_LETTER_SCHEMA,
    };
  },
  examples: [
    {
      title: 'Speed from distance and minutes, without the minutes',
      fields: { origin: 'STRING', distance: 'INT', minutes: 'INT' },
      config: { compute: [{ name: 'mph', expression: 'distance * 60 / minutes' }], drop: ['minutes'] },
      input: [{ origin: 'ATL', distance: 600, minutes: 90 }],
      output: [{ origin: 'ATL', distance: 600, mph: 400 }],
    },
  ],
});
