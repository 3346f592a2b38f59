import { z } from 'zod';
import { ANY_IN, defineNode, setting } from '../../contract/spec.ts';

export const TABLE_ROWS_MAX = 1000;

export const tableSpec = defineNode({
  type: 'table',
  kind: 'sink',
  label: 'Table',
  summary: 'Shows the last records in the studio.',
  description:
    'Keeps the last records that arrived and shows them under Results, newest last, with their event time. ' +
    'Everything that arrives is counted; only the last rows are kept, so memory stays bounded.\n\n' +
    'An updating stream is shown as its changes (`+I` insert, `-U` and `+U` the row before and after an update, ' +
    '`-D` delete), or as the table that they describe: rows that were taken back are gone, and the rows that ' +
    'changed last are shown.',
  icon: 'M2 3h12v10H2zM2 6.5h12M6.5 3v10',
  config: z.strictObject({
    rows: setting(z.int().min(1).max(TABLE_ROWS_MAX).default(200), {
      title: 'Rows to keep',
      widget: 'number',
      description: `At most ${TABLE_ROWS_MAX}`,
    }),
    show: setting(z.enum(['changes', 'table']).default('changes'), {
      title: 'Show',
      widget: 'segmented',
      labels: { changes: 'Every change', table: 'The table' },
      description: 'For updating streams: what arrived, or what stands now',
    }),
  }),
  inputs: [ANY_IN],
  outputs: [],
  stateful: false,
  protocol: 'none',
  targets: ['weir'],
  summarize: ({ rows, show }) =>
    show === 'table' ? 'the table as it stands' : rows === 1 ? 'last row' : `last ${rows} rows`,
  schemas: () => ({}),
  examples: [
    { title: 'The last 200 records', config: {} },
    { title: 'Only the newest record', config: { rows: 1 } },
  ],
});
