import { z } from 'zod';
import { checkRows } from '../../connectors/generator/plan.ts';
import { DEAD_LETTER_SCHEMA } from '../../contract/dead-letter.ts';
import {
  checkSourceSchema,
  toFields,
  zFieldName,
  zPositiveDuration,
  zSchema,
} from '../../contract/settings.ts';
import { DEAD_LETTER_OUT, defineNode, MAIN_OUT, setting } from '../../contract/spec.ts';
import { appendOnly, type EdgeSchema, updating } from '../../contract/types.ts';
import { zFormat } from '../../formats/spec.ts';
import {
  JOIN_LABELS,
  LEFT_IN,
  planJoin,
  summarizeOn,
  zCondition,
  zRightPrefix,
  zSelect,
} from '../joins/plan.ts';

export const TABLE_ROWS_DEFAULT = 1_000_000;
/** A document holds small tables; more rows belong in a file. */
const ROWS_MAX = 10_000;

const zTable = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('rows'),
    schema: zSchema,
    rows: setting(z.array(z.record(z.string(), z.unknown())).max(ROWS_MAX), {
      title: 'Rows',
      widget: 'rows',
      description: 'The table itself; a value that is left out is NULL',
    }),
  }),
  z.strictObject({
    kind: z.literal('file'),
    path: setting(z.string().min(1).max(4096), {
      title: 'Path',
      widget: 'path',
      placeholder: 'data/airports.csv',
      description: 'A file, a folder or a glob; relative paths start at the .weir file',
    }),
    format: zFormat.default({ kind: 'auto' }),
    schema: zSchema,
    reload: setting(zPositiveDuration.optional(), {
      title: 'Read again every',
      widget: 'duration',
      placeholder: 'never',
      description:
        'The table is replaced as a whole when it was read; rows that came before keep what they met',
    }),
    rowsMax: setting(z.int().min(1).max(50_000_000).default(TABLE_ROWS_DEFAULT), {
      title: 'Rows at most',
      widget: 'number',
      advanced: true,
      description: 'The table is held in memory; a file with more rows ends the run with an error',
    }),
  }),
]);

export const zLookupJoin = z.strictObject({
  join: setting(z.enum(['inner', 'left']).default('inner'), {
    title: 'Join',
    widget: 'segmented',
    labels: { inner: JOIN_LABELS.inner, left: JOIN_LABELS.left },
    description: 'Left also gives rows that the table has nothing for',
  }),
  table: setting(zTable, {
    title: 'Table',
    widget: 'variants',
    labels: { rows: 'Rows, written here', file: 'A file' },
  }),
  on: setting(
    z
      .array(
        z.strictObject({
          left: setting(zFieldName, {
            title: 'Field',
            widget: 'field',
            scope: 'left',
            placeholder: 'origin',
          }),
          right: setting(zFieldName, {
            title: 'Of the table',
            widget: 'field',
            scope: 'self',
            placeholder: 'code',
          }),
        }),
      )
      .min(1)
      .max(32),
    {
      title: 'Equal fields',
      widget: 'pairs',
      description: 'What is looked up: all rows of the table with these equal',
    },
  ),
  condition: zCondition,
  rightPrefix: zRightPrefix,
  select: zSelect,
});

export type LookupJoinConfig = z.output<typeof zLookupJoin>;

/** The table as the right side of a join. */
export const tableSchema = ({ table }: LookupJoinConfig): EdgeSchema =>
  appendOnly(toFields(table.schema), false);

/*
 * As Flink SQL:
 *   SELECT … FROM L [LEFT] JOIN t FOR SYSTEM_TIME AS OF L.proctime ON L.k = t.k AND condition
 * with t a filesystem table and 'lookup.cache' = 'FULL' ('lookup.full-cache.periodic-reload.interval' for `reload`); rows written here print as VALUES.
 */
export const lookupJoinSpec = defineNode({
  type: 'lookup-join',
  kind: 'operator',
  group: 'join',
  label: 'Lookup join',
  summary: 'Adds to each row what a table, from a file or written here, says about it.',
  description:
    'The table is read whole before the first row comes (Flink: a lookup join with a full cache), from a file in any format that the File source reads, or from ' +
    'rows in the settings. Each row meets all rows of the table that have the equal fields equal and for which the further condition holds, at ' +
    'once and in the table’s order; a left join also gives rows that meet none. NULL keys meet nothing. Records of the file that cannot be read go to the errors port. In ' +
    'conditions the stream’s row is called left and the table’s right.\n\n' +
    'With *Read again every* the file is read anew at that interval, by the clock; until it has been read, and where that fails (which is logged), the table before it ' +
    'stays. The input may be updating, and its changes pass through, as long as the table never changes.',
  icon: 'M2 4h3M2 8h5M2 12h3M9 3h5v10H9zM9 6.5h5M9 10h5',
  config: zLookupJoin,
  inputs: [
    {
      ...LEFT_IN,
      label: 'in',
      changelog: {
        takesUpdates: ({ table }) =>
          (table as LookupJoinConfig['table'] & { reload?: string }).reload === undefined,
        hint: 'Clear "Read again every": a row that is taken back must find the table as it was; or put this node before the one that updates.',
      },
    },
  ],
  outputs: [MAIN_OUT, DEAD_LETTER_OUT],
  stateful: true,
  // The table is read anew by every run.
  keeps: 'anything',
  targets: ['weir', 'flink'],
  summarize: (config) =>
    `${config.join}, ${summarizeOn(config)}, ${config.table.kind === 'file' ? config.table.path : `${config.table.rows.length} rows`}`,
  schemas(context) {
    const left = context.inputs['left']?.[0] ?? null;
    const { config } = context;
    const { table } = config;
    let usable = true;
    const inTable: typeof context.report = (found) => {
      if (found.severity === 'error') usable = false;
      context.report(found);
    };
    for (const found of checkSourceSchema(table.schema, undefined))
      inTable({ ...found, path: ['table', ...found.path] });
    if (usable && table.kind === 'rows')
      for (const found of checkRows(table)) inTable({ ...found, path: ['table', ...found.path.slice(1)] });
    if (left === null || !usable) return { out: null, errors: DEAD_LETTER_SCHEMA };
    const { columns } = planJoin(config, left.fields, tableSchema(config).fields, context, new Set(), [
      'the input',
      'the table',
    ]);
    const fields = columns.map((c) => c.field);
    const out =
      left.changelog === 'updating' ? updating(fields, left.eventTime) : appendOnly(fields, left.eventTime);
    return { out, errors: DEAD_LETTER_SCHEMA };
  },
  examples: [
    {
      title: 'Flights with the city of their origin',
      config: {
        join: 'left',
        table: {
          kind: 'rows',
          schema: [
            { name: 'code', type: 'STRING' },
            { name: 'city', type: 'STRING' },
          ],
          rows: [
            { code: 'ATL', city: 'Atlanta' },
            { code: 'SFO', city: 'San Francisco' },
          ],
        },
        on: [{ left: 'origin', right: 'code' }],
        select: [{ from: 'flight' }, { from: 'city' }],
      },
      fields: { flight: 'INT', origin: 'STRING' },
      input: [
        { flight: 1, origin: 'SFO' },
        { flight: 2, origin: 'XXX' },
      ],
      output: [
        { flight: 1, city: 'San Francisco' },
        { flight: 2, city: null },
      ],
    },
    {
      title: 'From a file that is read again every hour',
      config: {
        table: {
          kind: 'file',
          path: 'data/airports.csv',
          schema: [
            { name: 'iata', type: 'STRING' },
            { name: 'city', type: 'STRING' },
          ],
          reload: '1 h',
        },
        on: [{ left: 'value', right: 'iata' }],
      },
      fields: { value: 'STRING' },
    },
  ],
});
