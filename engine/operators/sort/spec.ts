/** As Flink SQL: `SELECT * FROM input ORDER BY rowtime, then…` on a stream (its temporal sort, `RowTimeSortOperator`). */
import { z } from 'zod';
import { problem } from '../../contract/problems.ts';
import { defineNode, LATE_OUT, MAIN_IN, MAIN_OUT, setting } from '../../contract/spec.ts';
import { planSort, printSort, zSortTerm } from '../../plan/sort-terms.ts';

export const zSort = z.strictObject({
  thenBy: setting(z.array(zSortTerm).max(16).default([]), {
    title: 'Then by',
    widget: 'list',
    description: 'Order of records with the same event time; where that ties too, they stay as they came',
  }),
});

export type SortConfig = z.output<typeof zSort>;

export const sortSpec = defineNode({
  type: 'sort',
  kind: 'operator',
  group: 'rank',
  label: 'Sort',
  summary: 'Puts records into the order of their event times.',
  description:
    'A record waits until the watermark reaches its event time: then nothing older is to be expected, and all records up to ' +
    'the watermark leave by ascending event time. What comes later than that goes to the late port: a record at or before the ' +
    'last one that left. Records that wait are kept in memory: as many as come within the delay of the watermark. An order by ' +
    'anything but time would never be final on a stream: use Top-N for that. These are the rules of Flink SQL ' +
    '(`ORDER BY` a time attribute; RowTimeSortOperator).',
  icon: 'M2 4h5M2 8h7M2 12h10M13 3v8M11 9l2 2 2-2',
  config: zSort,
  inputs: [
    {
      ...MAIN_IN,
      appendOnlyHint: 'Sort before the node that updates: the changes of one row must stay in their order,',
    },
  ],
  outputs: [MAIN_OUT, LATE_OUT],
  stateful: true,
  passesRows: true,
  targets: ['weir', 'flink'],
  summarize: (config) => `by event time${config.thenBy.length === 0 ? '' : `, ${printSort(config.thenBy)}`}`,
  schemas(context) {
    const input = context.inputs['in']?.[0] ?? null;
    if (input === null) return { out: null, late: null };
    if (!input.eventTime) {
      context.report(
        problem('G-FIT', {
          path: [],
          message: 'Sort needs records with event time; the source above gives none.',
          expected: 'a source with "time" set',
          next: 'Set the event-time field of the source.',
        }),
      );
    }
    planSort(context, ['thenBy'], context.config.thenBy, input.fields);
    return { out: input, late: input };
  },
  examples: [
    {
      title: 'By event time; what comes after a later record left is late',
      fields: { amount: 'INT' },
      config: {},
      input: [
        { __time: 1000, amount: 5 },
        { __time: 3000, amount: 7 },
        { __time: 4000, amount: 2 },
        { __time: 2000, amount: 1 },
      ],
      output: [{ amount: 5 }, { amount: 7 }, { amount: 2 }],
    },
    {
      title: 'Bids of one instant: the highest first',
      fields: { price: 'BIGINT', bidder: 'STRING' },
      config: { thenBy: [{ field: 'price', direction: 'desc' }, { field: 'bidder' }] },
      input: [{ __time: 1000, price: 9, bidder: 'a' }],
    },
  ],
});
