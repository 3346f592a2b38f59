/** Queries that RisingWave has beside Nexmark's own, and where its own differ. */
import type { JsonObject } from './case.ts';
import type { CaseGraph, Ref } from './graph.ts';
import { events } from './nexmark-events.ts';

/** By the condition of the document of test/nexmark. */
export const CONDITIONS: Readonly<Record<string, string>> = {
  'MOD(auction, 123) = 0': 'auction IN (1007, 1020, 2001, 2019, 2087)',
  "state IN ('OR', 'ID', 'CA')": "state IN ('or', 'id', 'ca')",
};

const ID_AND_NAME: readonly JsonObject[] = [
  { from: 'left.id', as: 'auction_id' },
  { from: 'left.itemName', as: 'auction_item_name' },
];

const add = (graph: CaseGraph, type: string, config: JsonObject, input: Ref): Ref =>
  graph.add(type, config, { in: input }, []);

const grouped = (
  graph: CaseGraph,
  keys: readonly string[],
  aggregates: readonly JsonObject[],
  input: Ref,
): Ref => add(graph, 'group-aggregate', { keys, aggregates }, input);

const BID_COUNT: JsonObject = { function: 'count', as: 'bid_count' };

function bidCounts(graph: CaseGraph): Ref {
  const config = { join: 'inner', on: [{ left: 'id', right: 'auction' }], select: ID_AND_NAME };
  const bids = graph.add('join', config, { left: events(graph, 'auction'), right: events(graph, 'bid') }, []);
  return grouped(graph, ['auction_id', 'auction_item_name'], [BID_COUNT], bids);
}

/** Auctions with (`semi`) or without (`anti`) a group of bids for which the condition holds. */
function auctionsBy(graph: CaseGraph, join: 'semi' | 'anti', condition: string): Ref {
  const counts = grouped(graph, ['auction'], [BID_COUNT], events(graph, 'bid'));
  const right = add(graph, 'filter', { condition }, counts);
  const config = { join, on: [{ left: 'id', right: 'auction' }] };
  const kept = graph.add('join', config, { left: events(graph, 'auction'), right }, []);
  const rename = [
    { from: 'id', to: 'auction_id' },
    { from: 'itemName', to: 'auction_item_name' },
  ];
  return add(graph, 'map', { keep: ['id', 'itemName'], rename }, kept);
}

export const RISINGWAVE: Readonly<Record<string, (graph: CaseGraph) => Ref>> = {
  // Bids with the date and the time of day beside them.
  q10: (graph) => {
    const hours = graph.test.engine === 'risingwave' ? 'hh' : 'HH';
    const compute = [
      { name: 'date', expression: "DATE_FORMAT(dateTime, 'yyyy-MM-dd')" },
      { name: 'time', expression: `DATE_FORMAT(dateTime, '${hours}:mm')` },
    ];
    return add(graph, 'map', { compute }, events(graph, 'bid'));
  },
  // The highest bid of every auction; NULL for those without.
  q101: (graph) => {
    const max = { function: 'max', of: 'price', as: 'current_highest_bid' };
    const right = grouped(graph, ['auction'], [max], events(graph, 'bid'));
    const select = [...ID_AND_NAME, { from: 'right.current_highest_bid' }];
    const config = { join: 'left', on: [{ left: 'id', right: 'auction' }], select };
    return graph.add('join', config, { left: events(graph, 'auction'), right }, []);
  },
  // Auctions with at least as many bids as the average one.
  q102: (graph) => {
    const all = grouped(
      graph,
      [],
      [
        { function: 'count', as: 'bids' },
        { function: 'count', of: 'auction', distinct: true, as: 'auctions' },
      ],
      events(graph, 'bid'),
    );
    const one = { compute: [{ name: 'one', expression: '1' }] };
    const config = {
      join: 'inner',
      on: [{ left: 'one', right: 'one' }],
      condition: 'bid_count >= bids / auctions',
      select: [{ from: 'auction_id' }, { from: 'auction_item_name' }, { from: 'bid_count' }],
    };
    const sides = { left: add(graph, 'map', one, bidCounts(graph)), right: add(graph, 'map', one, all) };
    return graph.add('join', config, sides, []);
  },
  // Auctions with at least 20 bids; then those that are not among the ones with less.
  q103: (graph) => auctionsBy(graph, 'semi', 'bid_count >= 20'),
  q104: (graph) => auctionsBy(graph, 'anti', 'bid_count < 20'),
  // How many bids every auction had.
  q105: bidCounts,
  // The lowest of the highest bids in time.
  q106: (graph) => {
    const config = {
      join: 'inner',
      on: [{ left: 'id', right: 'auction' }],
      condition: 'right.dateTime BETWEEN left.dateTime AND left.expires',
      select: [{ from: 'left.id' }, { from: 'right.price' }],
    };
    const sides = { left: events(graph, 'auction'), right: events(graph, 'bid') };
    const bids = graph.add('join', config, sides, []);
    const final = grouped(graph, ['id'], [{ function: 'max', of: 'price', as: 'final' }], bids);
    return grouped(graph, [], [{ function: 'min', of: 'final', as: 'min_final' }], final);
  },
};
