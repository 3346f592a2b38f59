/**
 * Nexmark events, made before anything is timed: 1 person, 3 auctions and 46 bids in 50, ids, prices and times as
 * nexmark-flink draws them (see README.md). Once as columns in batches, once as row objects.
 *
 * The queries measured here (q0, q1, q2, q7) read bids only. So persons and auctions are there as events of their type, with
 * their time, but without their other fields.
 */
import type { Batch } from '../../engine/batch/batch.ts';
import { InternTable } from '../../engine/batch/column.ts';
import { BIGINT, field, INT, STRING, TIMESTAMP } from '../../engine/contract/types.ts';
import { random } from '../../engine/runtime/random.ts';

export const BATCH_ROWS = 1024;
export const BID = 2;

/** Every field NOT NULL; for persons and auctions the bid's fields hold 0. */
export const FIELDS = [
  field('event_type', INT, false),
  field('auction', BIGINT, false),
  field('bidder', BIGINT, false),
  field('price', BIGINT, false),
  field('channel', STRING, false),
  field('url', STRING, false),
  field('dateTime', TIMESTAMP, false),
  field('extra', STRING, false),
];
/** Positions in FIELDS. */
export const COLUMN = {
  type: 0,
  auction: 1,
  bidder: 2,
  price: 3,
  channel: 4,
  url: 5,
  time: 6,
  extra: 7,
} as const;

export interface Columns {
  readonly length: number;
  readonly type: Int32Array;
  readonly auction: Float64Array;
  readonly bidder: Float64Array;
  readonly price: Float64Array;
  readonly channel: Int32Array;
  readonly time: Float64Array;
  readonly extra: Int32Array;
}

export interface Bid {
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly channel: string;
  readonly url: string;
  readonly dateTime: number;
  readonly extra: string;
}
export interface Row {
  readonly type: number;
  readonly dateTime: number;
  readonly bid: Bid | null;
}

const BASE_MS = Date.UTC(2015, 6, 15);
const EVENTS_PER_MS = 10;
const HOT_CHANNELS = ['Google', 'Facebook', 'Baidu', 'Apple'];

const channels = new InternTable();
const urls = new InternTable();
const extras = new InternTable();
for (let c = 0; c < 10_004; c++) {
  const name = HOT_CHANNELS[c] ?? `channel-${c - 4}`;
  channels.code(name);
  urls.code(`https://www.nexmark.com/${c.toString(36)}/item.htm?query=1&channel_id=${c}`);
}
for (let e = 0; e < 1000; e++) extras.code(`${e.toString(36)}vjkxrhziyowxibbgnqneuaiazqduhky`);

/** The same events for the same count, on every machine. */
export function makeColumns(events: number): Columns {
  const { next } = random(1);
  const below = (n: number): number => Math.floor(next() * n);
  const columns: Columns = {
    length: events,
    type: new Int32Array(events),
    auction: new Float64Array(events),
    bidder: new Float64Array(events),
    price: new Float64Array(events),
    channel: new Int32Array(events),
    time: new Float64Array(events),
    extra: new Int32Array(events),
  };
  for (let n = 0; n < events; n++) {
    const epoch = Math.floor(n / 50);
    const offset = n % 50;
    columns.time[n] = BASE_MS + Math.floor(n / EVENTS_PER_MS);
    if (offset < 4) {
      columns.type[n] = offset === 0 ? 0 : 1;
      continue;
    }
    const lastPerson = epoch;
    const lastAuction = epoch * 3 + 2;
    const firstOpen = Math.max(lastAuction - 100, 0);
    const active = Math.min(lastPerson + 1, 1000);
    columns.type[n] = BID;
    columns.auction[n] =
      1000 +
      (below(2) > 0
        ? Math.floor(lastAuction / 100) * 100
        : firstOpen + below(lastAuction - firstOpen + 1 + 10));
    columns.bidder[n] =
      1000 +
      (below(4) > 0 ? Math.floor(lastPerson / 100) * 100 + 1 : lastPerson + 1 - active + below(active + 10));
    columns.price[n] = Math.round(10 ** (6 * next()) * 100);
    columns.channel[n] = next() < 0.5 ? below(4) : 4 + below(10_000);
    columns.extra[n] = below(1000);
  }
  return columns;
}

/** Slices of the columns, in the order of FIELDS. */
export function toBatches(all: Columns): Batch[] {
  const batches: Batch[] = [];
  for (let from = 0; from < all.length; from += BATCH_ROWS) {
    const to = Math.min(all.length, from + BATCH_ROWS);
    const numbers = (values: Float64Array | Int32Array) =>
      ({ kind: 'number', values: values.subarray(from, to), validity: null }) as const;
    const strings = (values: Int32Array, table: InternTable) =>
      ({ kind: 'string', values: values.subarray(from, to), table, validity: null }) as const;
    batches.push({
      length: to - from,
      count: to - from,
      columns: [
        numbers(all.type),
        numbers(all.auction),
        numbers(all.bidder),
        numbers(all.price),
        strings(all.channel, channels),
        strings(all.channel, urls),
        numbers(all.time),
        strings(all.extra, extras),
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

export function toRows(all: Columns): Row[] {
  return Array.from({ length: all.length }, (_, n): Row => {
    const at = (values: Float64Array | Int32Array): number => values[n] ?? 0;
    const dateTime = at(all.time);
    if (at(all.type) !== BID) return { type: at(all.type), dateTime, bid: null };
    const bid: Bid = {
      auction: at(all.auction),
      bidder: at(all.bidder),
      price: at(all.price),
      channel: channels.strings[at(all.channel)] ?? '',
      url: urls.strings[at(all.channel)] ?? '',
      dateTime,
      extra: extras.strings[at(all.extra)] ?? '',
    };
    return { type: BID, dateTime, bid };
  });
}
