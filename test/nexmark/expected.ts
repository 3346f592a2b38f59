/** What each query must give, computed from the events by plain loops that know nothing of the engine. */
import type { Auction, Bid, Events, Person } from './data.ts';

export type Row = Record<string, unknown>;

const ms = (iso: string): number => Date.parse(iso);

function groupBy<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group === undefined) groups.set(key(row), [row]);
    else group.push(row);
  }
  return groups;
}

const pick = (row: object, ...names: string[]): Row =>
  Object.fromEntries(names.map((name) => [name, (row as Row)[name]]));
const timed = <T extends { readonly dateTime: string }>(row: T): T & { readonly at: number } => ({
  ...row,
  at: ms(row.dateTime),
});
const largest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);
const distinct = (rows: readonly Bid[], field: 'bidder' | 'auction'): number =>
  new Set(rows.map((r) => r[field])).size;

const RANKS: readonly [string, (bid: Bid) => boolean][] = [
  ['total', () => true],
  ['rank1', (b) => b.price < 10_000],
  ['rank2', (b) => b.price >= 10_000 && b.price < 1_000_000],
  ['rank3', (b) => b.price >= 1_000_000],
];

function countsOf(bids: readonly Bid[]): Row {
  return Object.fromEntries(RANKS.map(([name, test]) => [`${name}_bids`, bids.filter(test).length]));
}
function distinctsOf(bids: readonly Bid[]): Row {
  return Object.fromEntries(
    (['bidder', 'auction'] as const).flatMap((field) =>
      RANKS.map(([name, test]) => [`${name}_${field}s`, distinct(bids.filter(test), field)]),
    ),
  );
}
const dayOf = (bid: Bid): string => bid.dateTime.slice(0, 10);

/** Pairs of an auction and a bid on it while it was open. */
function openBids({ auctions, bids }: Events): { auction: Auction; bid: Bid }[] {
  return bids.flatMap((bid) =>
    auctions
      .filter(
        (a) =>
          a.id === bid.auction && ms(bid.dateTime) >= ms(a.dateTime) && ms(bid.dateTime) <= ms(a.expires),
      )
      .map((auction) => ({ auction, bid })),
  );
}

const auctionRow = (a: Auction): Row => ({ ...a, dateTime: ms(a.dateTime), expires: ms(a.expires) });

/** Bids that no window dropped: the source's watermark is four seconds behind, and none comes later than three. */
function windowsOf(at: number, size: number, slide: number): number[] {
  const starts: number[] = [];
  for (let start = Math.floor(at / slide) * slide; start > at - size; start -= slide) starts.push(start);
  return starts;
}

function hotItems(bids: readonly Bid[]): Row[] {
  const counts = new Map<number, Map<number, number>>();
  for (const { auction, dateTime } of bids) {
    for (const start of windowsOf(ms(dateTime), 10_000, 2000)) {
      const window = counts.get(start) ?? new Map<number, number>();
      window.set(auction, (window.get(auction) ?? 0) + 1);
      counts.set(start, window);
    }
  }
  return [...counts].flatMap(([start, window]) => {
    const most = largest([...window.values()]);
    return [...window]
      .filter(([, num]) => num >= most)
      .map(([auction, num]) => ({ auction, num, window_start: start, window_end: start + 10_000 }));
  });
}

function highestBids(bids: readonly Bid[]): Row[] {
  const highest = new Map<number, number>();
  for (const { dateTime, price } of bids) {
    const start = Math.floor(ms(dateTime) / 10_000) * 10_000;
    highest.set(start, Math.max(highest.get(start) ?? 0, price));
  }
  return bids.flatMap((bid) =>
    [...highest]
      .filter(
        ([start, price]) =>
          price === bid.price && ms(bid.dateTime) >= start && ms(bid.dateTime) <= start + 10_000,
      )
      .map(() => ({ ...pick(bid, 'auction', 'price', 'bidder', 'extra'), dateTime: ms(bid.dateTime) })),
  );
}

function newSellers({ persons, auctions }: Events): Row[] {
  const windowOf = (row: Person | Auction): number => Math.floor(ms(row.dateTime) / 10_000) * 10_000;
  return persons
    .filter((p) => auctions.some((a) => a.seller === p.id && windowOf(a) === windowOf(p)))
    .map((p) => ({
      ...pick(p, 'id', 'name'),
      starttime: windowOf(p),
      window_start: windowOf(p),
      window_end: windowOf(p) + 10_000,
    }));
}

function sessions(bids: readonly Bid[]): Row[] {
  return [...groupBy(bids, (b) => String(b.bidder)).values()].flatMap((own) => {
    const times = own.map((b) => ms(b.dateTime)).sort((a, b) => a - b);
    const found: { start: number; last: number; count: number }[] = [];
    for (const at of times) {
      const open = found.at(-1);
      if (open !== undefined && at <= open.last + 10_000) {
        open.last = at;
        open.count++;
      } else found.push({ start: at, last: at, count: 1 });
    }
    return found.map((s) => ({
      bidder: own[0]?.bidder,
      window_start: s.start,
      window_end: s.last + 10_000,
      bid_count: s.count,
    }));
  });
}

function channelId({ channel, url }: Bid): string | null {
  const known = ['apple', 'google', 'facebook', 'baidu'].indexOf(channel.toLowerCase());
  return known >= 0 ? String(known) : (/(?:&|^)channel_id=([^&]*)/.exec(url)?.[1] ?? null);
}

const dayTime = (hour: number): string =>
  hour >= 8 && hour <= 18 ? 'dayTime' : hour <= 6 || hour >= 20 ? 'nightTime' : 'otherTime';

/** By query, the rows of its sink: those that stand at the end where the stream is updating. Times in ms. */
export const EXPECTED: Readonly<Record<string, (events: Events) => readonly Row[]>> = {
  q0: ({ bids }) =>
    bids.map((b) => ({ ...pick(b, 'auction', 'bidder', 'price', 'extra'), dateTime: ms(b.dateTime) })),
  q1: ({ bids }) =>
    bids.map((b) => ({
      ...pick(b, 'auction', 'bidder', 'extra'),
      price: 0.908 * b.price,
      dateTime: ms(b.dateTime),
    })),
  q2: ({ bids }) => bids.filter((b) => b.auction % 123 === 0).map((b) => pick(b, 'auction', 'price')),
  q3: ({ auctions, persons }) =>
    auctions
      .filter((a) => a.category === 10)
      .flatMap((a) =>
        persons
          .filter((p) => p.id === a.seller && ['OR', 'ID', 'CA'].includes(p.state))
          .map((p) => ({ ...pick(p, 'name', 'city', 'state'), id: a.id })),
      ),
  q4: (events) => {
    const finals = [...groupBy(openBids(events), ({ auction }) => String(auction.id)).values()].map(
      (pairs) => ({
        category: pairs[0]?.auction.category,
        final: largest(pairs.map(({ bid }) => bid.price)),
      }),
    );
    return [...groupBy(finals, (f) => String(f.category)).values()].map((own) => ({
      category: own[0]?.category,
      avg: Math.trunc(own.reduce((sum, f) => sum + f.final, 0) / own.length),
    }));
  },
  q5: ({ bids }) => hotItems(bids),
  q7: ({ bids }) => highestBids(bids),
  q8: newSellers,
  q9: (events) =>
    [...groupBy(openBids(events), ({ auction }) => String(auction.id)).values()].map((pairs) => {
      const [first] = pairs
        .map((pair) => ({ ...pair, bid: timed(pair.bid) }))
        .sort((a, b) => b.bid.price - a.bid.price || a.bid.at - b.bid.at);
      if (first === undefined) throw new Error('a group is never empty');
      return {
        ...auctionRow(first.auction),
        ...pick(first.bid, 'auction', 'bidder', 'price'),
        bid_dateTime: first.bid.at,
        bid_extra: first.bid.extra,
      };
    }),
  q11: ({ bids }) => sessions(bids),
  // Which window of the clock a record falls into is not of the data: all of a bidder's together.
  q12: ({ bids }) =>
    [...groupBy(bids, (b) => String(b.bidder)).values()].map((own) => ({
      bidder: own[0]?.bidder,
      bid_count: own.length,
    })),
  q13: ({ bids }) =>
    bids
      .filter((b) => (b.auction % 10) % 2 === 0)
      .map((b) => ({
        ...pick(b, 'auction', 'bidder', 'price'),
        dateTime: ms(b.dateTime),
        value: `side ${b.auction % 10}`,
      })),
  q14: ({ bids }) =>
    bids
      .map((b) => ({ ...b, price: 0.908 * b.price }))
      .filter((b) => b.price > 1_000_000 && b.price < 50_000_000)
      .map((b) => ({
        ...pick(b, 'auction', 'bidder', 'price', 'extra'),
        dateTime: ms(b.dateTime),
        bidTimeType: dayTime(new Date(b.dateTime).getUTCHours()),
        c_counts: b.extra.split('c').length - 1,
      })),
  q15: ({ bids }) =>
    [...groupBy(bids, dayOf)].map(([day, own]) => ({ day, ...countsOf(own), ...distinctsOf(own) })),
  q16: ({ bids }) =>
    [...groupBy(bids, (b) => `${b.channel} ${dayOf(b)}`).values()].map((own) => ({
      channel: own[0]?.channel,
      day: own[0] && dayOf(own[0]),
      minute: own
        .map((b) => b.dateTime.slice(11, 16))
        .sort()
        .at(-1),
      ...countsOf(own),
      ...distinctsOf(own),
    })),
  q17: ({ bids }) =>
    [...groupBy(bids, (b) => `${b.auction} ${dayOf(b)}`).values()].map((own) => {
      const prices = own.map((b) => b.price);
      const sum = prices.reduce((a, b) => a + b, 0);
      return {
        auction: own[0]?.auction,
        day: own[0] && dayOf(own[0]),
        ...countsOf(own),
        min_price: -largest(prices.map((p) => -p)),
        max_price: largest(prices),
        avg_price: Math.trunc(sum / own.length),
        sum_price: sum,
      };
    }),
  q18: ({ bids }) =>
    [...groupBy(bids, (b) => `${b.bidder} ${b.auction}`).values()].map((own) => {
      // Of equal times the one that came last.
      const last = own.map(timed).reduce((best, b) => (b.at >= best.at ? b : best));
      return { ...pick(last, 'auction', 'bidder', 'price', 'channel', 'url', 'extra'), dateTime: last.at };
    }),
  q19: ({ bids }) =>
    [...groupBy(bids, (b) => String(b.auction)).values()].flatMap((own) =>
      own
        .map((b, came) => ({ b, came }))
        .sort((x, y) => y.b.price - x.b.price || x.came - y.came)
        .slice(0, 10)
        .map(({ b }, at) => ({ ...b, dateTime: ms(b.dateTime), rank_number: at + 1 })),
    ),
  q20: ({ auctions, bids }) =>
    bids.flatMap((b) =>
      auctions
        .filter((a) => a.id === b.auction && a.category === 10)
        .map((a) => ({
          ...pick(b, 'auction', 'bidder', 'price', 'channel', 'url'),
          dateTime: ms(b.dateTime),
          ...pick(a, 'itemName', 'description', 'initialBid', 'reserve', 'seller', 'category'),
          auction_dateTime: ms(a.dateTime),
          expires: ms(a.expires),
        })),
    ),
  q21: ({ bids }) =>
    bids
      .map((b) => ({ ...pick(b, 'auction', 'bidder', 'price', 'channel'), channel_id: channelId(b) }))
      .filter((b) => b.channel_id !== null),
  q22: ({ bids }) =>
    bids.map((b) => {
      const [, , , dir1, dir2, dir3] = b.url.split('/');
      return { ...pick(b, 'auction', 'bidder', 'price', 'channel'), dir1, dir2, dir3 };
    }),
};

/** What is compared, where not every field of a row follows from the events. */
export const COMPARED: Readonly<Record<string, (rows: readonly Row[]) => Row[]>> = {
  q12: (rows) =>
    [...Map.groupBy(rows, (row) => row['bidder']).values()].map((own) => ({
      bidder: own[0]?.['bidder'],
      bid_count: own.reduce((sum, row) => sum + Number(row['bid_count']), 0),
    })),
};
