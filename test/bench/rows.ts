/** The events as row objects, as a library of row objects would have them after decoding. */
import { AUCTION, BID, type Columns, PERSON, TABLES } from './corpus.ts';

export interface Bid {
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly channel: string;
  readonly url: string;
  readonly dateTime: number;
  readonly extra: string;
}
export interface Auction {
  readonly id: number;
  readonly itemName: string;
  readonly description: string;
  readonly initialBid: number;
  readonly reserve: number;
  readonly dateTime: number;
  readonly expires: number;
  readonly seller: number;
  readonly category: number;
  readonly extra: string;
}
export interface Person {
  readonly id: number;
  readonly name: string;
  readonly emailAddress: string;
  readonly creditCard: string;
  readonly city: string;
  readonly state: string;
  readonly dateTime: number;
  readonly extra: string;
}
export interface Row {
  readonly type: number;
  readonly dateTime: number;
  readonly person: Person | null;
  readonly auction: Auction | null;
  readonly bid: Bid | null;
}

export function toRows(all: Columns): Row[] {
  return Array.from({ length: all.length }, (_, n): Row => {
    const at = (values: Float64Array | Int32Array): number => values[n] as number;
    const text = (column: number): string => TABLES[column]?.strings[all.texts[column]?.[n] as number] ?? '';
    const type = at(all.type);
    const dateTime = at(all.time);
    const id = at(all.id);
    const extra = text(5);
    if (type === BID) {
      const bid: Bid = {
        auction: id,
        bidder: at(all.party),
        price: at(all.price),
        channel: text(0),
        url: text(1),
        dateTime,
        extra,
      };
      return { type, dateTime, person: null, auction: null, bid };
    }
    if (type === AUCTION) {
      const auction: Auction = {
        id,
        itemName: text(0),
        description: text(1),
        initialBid: at(all.price),
        reserve: at(all.reserve),
        dateTime,
        expires: at(all.expires),
        seller: at(all.party),
        category: at(all.category),
        extra,
      };
      return { type, dateTime, person: null, auction, bid: null };
    }
    const person: Person = {
      id,
      name: text(0),
      emailAddress: text(1),
      creditCard: text(2),
      city: text(3),
      state: text(4),
      dateTime,
      extra,
    };
    return { type: PERSON, dateTime, person, auction: null, bid: null };
  });
}
