/**
 * The events of test/nexmark: `node tools/run.mjs node test/nexmark/data.ts` writes data/*.ndjson anew, always the same. Nexmark's mix
 * (1 person, 3 auctions, 46 bids in 50), ids, hot keys and prices, at 50 events a second, so that 5,000 events fill ten windows of
 * ten seconds; every tenth bid is up to three seconds late.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { random } from '../../engine/runtime/random.ts';

export interface Person {
  readonly id: number;
  readonly name: string;
  readonly emailAddress: string;
  readonly creditCard: string;
  readonly city: string;
  readonly state: string;
  readonly dateTime: string;
  readonly extra: string;
}
export interface Auction {
  readonly id: number;
  readonly itemName: string;
  readonly description: string;
  readonly initialBid: number;
  readonly reserve: number;
  readonly dateTime: string;
  readonly expires: string;
  readonly seller: number;
  readonly category: number;
  readonly extra: string;
}
export interface Bid {
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly channel: string;
  readonly url: string;
  readonly dateTime: string;
  readonly extra: string;
}
export interface Events {
  readonly persons: readonly Person[];
  readonly auctions: readonly Auction[];
  readonly bids: readonly Bid[];
}

const EVENTS = 5000;
const MS_AN_EVENT = 20;
const BASE_MS = Date.UTC(2015, 6, 15);
const STATES = ['AZ', 'CA', 'ID', 'OR', 'WA', 'WY'];
const CITIES = [
  'Phoenix',
  'Los Angeles',
  'San Francisco',
  'Boise',
  'Portland',
  'Bend',
  'Redmond',
  'Seattle',
  'Kent',
  'Cheyenne',
];
const FIRST = [
  'Peter',
  'Paul',
  'Luke',
  'John',
  'Saul',
  'Vicky',
  'Kate',
  'Julie',
  'Sarah',
  'Deiter',
  'Walter',
];
const LAST = ['Shultz', 'Abrams', 'Spencer', 'White', 'Bartels', 'Walton', 'Smith', 'Jones', 'Noris'];
const HOT_CHANNELS = ['Google', 'Facebook', 'Baidu', 'Apple'];

const iso = (ms: number): string => new Date(ms).toISOString();

export function makeEvents(): Events {
  const { next } = random(7);
  const below = (n: number): number => Math.floor(next() * n);
  const word = (length: number): string =>
    Array.from({ length }, () => String.fromCharCode(97 + below(26))).join('');
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const price = (): number => Math.round(10 ** (6 * next()) * 100);
  const persons: Person[] = [];
  const auctions: Auction[] = [];
  const bids: Bid[] = [];
  for (let n = 0; n < EVENTS; n++) {
    const time = BASE_MS + n * MS_AN_EVENT;
    const lastPerson = 1000 + Math.floor(n / 50);
    const lastAuction = 1000 + Math.max(0, auctions.length - 1);
    const offset = n % 50;
    if (offset === 0) {
      const name = `${pick(FIRST)} ${pick(LAST)}`;
      persons.push({
        id: lastPerson,
        name,
        emailAddress: `${word(6)}@${word(4)}.com`,
        creditCard: `${1000 + below(9000)} ${1000 + below(9000)}`,
        city: pick(CITIES),
        state: pick(STATES),
        dateTime: iso(time),
        extra: word(8),
      });
    } else if (offset < 4) {
      const initialBid = price();
      auctions.push({
        id: 1000 + auctions.length,
        itemName: word(8),
        description: word(16),
        initialBid,
        reserve: initialBid + price(),
        dateTime: iso(time),
        expires: iso(time + 1 + below(20_000)),
        seller:
          below(4) > 0 ? 1000 + Math.floor((lastPerson - 1000) / 10) * 10 : 1000 + below(lastPerson - 999),
        category: 10 + below(5),
        extra: word(8),
      });
    } else {
      const hot = below(2) > 0;
      const channel = hot ? pick(HOT_CHANNELS) : `channel-${below(100)}`;
      const query = below(10) > 0 ? `&channel_id=${below(100)}` : '';
      const late = below(10) === 0 ? below(3000) : 0;
      bids.push({
        auction:
          below(2) > 0
            ? 1000 + Math.floor((lastAuction - 1000) / 10) * 10
            : Math.max(1000, lastAuction - below(20)),
        bidder:
          below(4) > 0
            ? 1000 + Math.floor((lastPerson - 1000) / 10) * 10 + 1
            : 1000 + below(lastPerson - 990),
        price: price(),
        channel,
        url: `https://www.nexmark.com/${word(4)}/${word(4)}/${word(3)}/item.htm?query=1${query}`,
        dateTime: iso(time - late),
        extra: word(6 + below(6)),
      });
    }
  }
  return { persons, auctions, bids };
}

/** Whether this file was started, rather than imported. */
if (process.argv[1] === import.meta.filename) {
  const events = makeEvents();
  for (const [name, rows] of Object.entries(events)) {
    const path = join(import.meta.dirname, 'data', `${name}.ndjson`);
    writeFileSync(path, `${rows.map((row: unknown) => JSON.stringify(row)).join('\n')}\n`);
    console.log(`written: ${path}`);
  }
}
