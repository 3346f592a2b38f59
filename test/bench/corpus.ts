/**
 * Nexmark events, made before anything is timed: 1 person, 3 auctions and 46 bids in 50, ids, prices and times as
 * nexmark-flink draws them. Once as columns in batches, once as row objects, once as NDJSON by kind (ndjson.ts).
 *
 * All kinds share one wide row, as in Nexmark's own generator; where a kind has no such field it holds 0 or ''. What the shared
 * columns are for each kind, VIEWS says: the queries' documents read views, which filter by `event_type`.
 */
import type { Batch } from '../../engine/batch/batch.ts';
import { InternTable } from '../../engine/batch/column.ts';
import { BIGINT, field, INT, STRING, TIMESTAMP } from '../../engine/contract/types.ts';
import { random } from '../../engine/runtime/random.ts';

export const BATCH_ROWS = 1024;
export const PERSON = 0;
export const AUCTION = 1;
export const BID = 2;

const NUMBERS = ['id', 'party', 'price', 'reserve', 'category'] as const;
const TEXTS = ['text1', 'text2', 'text3', 'text4', 'text5', 'extra'] as const;

/** Every field NOT NULL. */
export const FIELDS = [
  field('event_type', INT, false),
  field('dateTime', TIMESTAMP, false),
  field('expires', TIMESTAMP, false),
  ...NUMBERS.map((name) => field(name, BIGINT, false)),
  ...TEXTS.map((name) => field(name, STRING, false)),
];

/** By file of test/nexmark/data: its event type, and its fields as columns of the wide row. */
export const VIEWS: Readonly<Record<string, { type: number; fields: Readonly<Record<string, string>> }>> = {
  persons: {
    type: PERSON,
    fields: {
      id: 'id',
      name: 'text1',
      emailAddress: 'text2',
      creditCard: 'text3',
      city: 'text4',
      state: 'text5',
      dateTime: 'dateTime',
      extra: 'extra',
    },
  },
  auctions: {
    type: AUCTION,
    fields: {
      id: 'id',
      itemName: 'text1',
      description: 'text2',
      initialBid: 'price',
      reserve: 'reserve',
      dateTime: 'dateTime',
      expires: 'expires',
      seller: 'party',
      category: 'category',
      extra: 'extra',
    },
  },
  bids: {
    type: BID,
    fields: {
      auction: 'id',
      bidder: 'party',
      price: 'price',
      channel: 'text1',
      url: 'text2',
      dateTime: 'dateTime',
      extra: 'extra',
    },
  },
};

export interface Columns {
  readonly length: number;
  readonly type: Int32Array;
  readonly time: Float64Array;
  readonly expires: Float64Array;
  /** A bid's auction, else the own id. */
  readonly id: Float64Array;
  /** A bid's bidder, an auction's seller. */
  readonly party: Float64Array;
  /** An auction's first bid. */
  readonly price: Float64Array;
  readonly reserve: Float64Array;
  readonly category: Float64Array;
  /** By TEXTS, codes into TABLES. */
  readonly texts: readonly Int32Array[];
}

const BASE_MS = Date.UTC(2015, 6, 15);
const EVENTS_PER_MS = 10;
const FIRST_ID = 1000;
const HOT_CHANNELS = ['Google', 'Facebook', 'Baidu', 'Apple'];
const CHANNELS = 10_004;
const STATES = ['AZ', 'CA', 'ID', 'OR', 'WA', 'WY'];
const CITIES = ['Phoenix', 'Los Angeles', 'San Francisco', 'Boise', 'Portland', 'Bend', 'Seattle', 'Kent'];
const [NAMES, ITEMS, EXTRAS] = [500, 1000, 1000];

/** One table a text column, for all kinds. */
export const TABLES = TEXTS.map(() => new InternTable());
const put = (column: number, text: string): number => TABLES[column]?.code(text) ?? 0;
const channelCodes = codes(0, CHANNELS, (c) => HOT_CHANNELS[c] ?? `channel-${c - 4}`);
const urlCodes = codes(
  1,
  CHANNELS,
  (c) => `https://www.nexmark.com/${c.toString(36)}/abc/def/item.htm?query=1&channel_id=${c}`,
);
const nameCodes = codes(0, NAMES, (n) => `Peter Jones ${n}`);
const mailCodes = codes(1, NAMES, (n) => `peter${n}@example.com`);
const cardCodes = codes(2, NAMES, (n) => `${1000 + n} ${9000 - n}`);
const cityCodes = codes(3, CITIES.length, (n) => CITIES[n] ?? '');
const stateCodes = codes(4, STATES.length, (n) => STATES[n] ?? '');
const itemCodes = codes(0, ITEMS, (n) => `item ${n.toString(36)}`);
const descriptionCodes = codes(1, ITEMS, (n) => `description of ${n.toString(36)} zqxwvu`);
const extraCodes = codes(5, EXTRAS, (e) => `${e.toString(36)}vjkxrhziyowxibbgnqneuaiazqduhky`);
function codes(column: number, count: number, text: (n: number) => string): Int32Array {
  return Int32Array.from({ length: count }, (_, n) => put(column, text(n)));
}
/** What a kind without the field has. */
const NOTHING = TABLES.map((_, column) => put(column, ''));

/** The same events for the same count, on every machine. */
export function makeColumns(events: number): Columns {
  const { next } = random(1);
  const below = (n: number): number => Math.floor(next() * n);
  const doubles = (): Float64Array => new Float64Array(events);
  const texts = TEXTS.map((_, c) => new Int32Array(events).fill(NOTHING[c] ?? 0));
  const columns: Columns = {
    length: events,
    type: new Int32Array(events),
    time: doubles(),
    expires: doubles(),
    id: doubles(),
    party: doubles(),
    price: doubles(),
    reserve: doubles(),
    category: doubles(),
    texts,
  };
  const text = (column: number, n: number, known: Int32Array, which: number): void => {
    (texts[column] as Int32Array)[n] = known[which] as number;
  };
  const price = (): number => Math.round(10 ** (6 * next()) * 100);
  for (let n = 0; n < events; n++) {
    const epoch = Math.floor(n / 50);
    const offset = n % 50;
    const lastPerson = epoch;
    const active = Math.min(lastPerson + 1, 1000);
    const someone = (): number => lastPerson + 1 - active + below(active + 10);
    columns.time[n] = BASE_MS + Math.floor(n / EVENTS_PER_MS);
    text(5, n, extraCodes, below(EXTRAS));
    if (offset === 0) {
      columns.type[n] = PERSON;
      columns.id[n] = FIRST_ID + lastPerson;
      const name = below(NAMES);
      text(0, n, nameCodes, name);
      text(1, n, mailCodes, name);
      text(2, n, cardCodes, name);
      text(3, n, cityCodes, below(CITIES.length));
      text(4, n, stateCodes, below(STATES.length));
    } else if (offset < 4) {
      columns.type[n] = AUCTION;
      columns.id[n] = FIRST_ID + epoch * 3 + offset - 1;
      columns.party[n] = FIRST_ID + (below(4) > 0 ? Math.floor(lastPerson / 100) * 100 : someone());
      columns.price[n] = price();
      columns.reserve[n] = (columns.price[n] as number) + price();
      // Nexmark keeps about 100 auctions open: 33 epochs of 50 events.
      columns.expires[n] = (columns.time[n] as number) + 1 + below((2 * 33 * 50) / EVENTS_PER_MS);
      columns.category[n] = 10 + below(5);
      text(0, n, itemCodes, below(ITEMS));
      text(1, n, descriptionCodes, below(ITEMS));
    } else {
      const lastAuction = epoch * 3 + 2;
      const firstOpen = Math.max(lastAuction - 100, 0);
      columns.type[n] = BID;
      columns.id[n] =
        FIRST_ID +
        (below(2) > 0
          ? Math.floor(lastAuction / 100) * 100
          : firstOpen + below(lastAuction - firstOpen + 1 + 10));
      columns.party[n] = FIRST_ID + (below(4) > 0 ? Math.floor(lastPerson / 100) * 100 + 1 : someone());
      columns.price[n] = price();
      const channel = next() < 0.5 ? below(4) : 4 + below(CHANNELS - 4);
      text(0, n, channelCodes, channel);
      text(1, n, urlCodes, channel);
    }
  }
  return columns;
}

/** Slices of the columns, in the order of FIELDS. */
export function toBatches(all: Columns): Batch[] {
  const batches: Batch[] = [];
  const doubles = [all.time, all.expires, all.id, all.party, all.price, all.reserve, all.category];
  for (let from = 0; from < all.length; from += BATCH_ROWS) {
    const to = Math.min(all.length, from + BATCH_ROWS);
    batches.push({
      length: to - from,
      count: to - from,
      columns: [
        ...[all.type, ...doubles].map((values) => ({
          kind: 'number' as const,
          values: values.subarray(from, to),
          validity: null,
        })),
        ...all.texts.map((values, c) => ({
          kind: 'string' as const,
          values: values.subarray(from, to),
          table: TABLES[c] as InternTable,
          validity: null,
        })),
      ],
      selection: null,
      times: null,
      watermarks: null,
      changes: null,
      ingestedAt: 0,
    });
  }
  return batches;
}
