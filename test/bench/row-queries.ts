/** q0, q1 and q2 over row objects, as functions for the libraries' own `filter` and `map`; and what their sinks add up. */
import { AUCTION_MODULUS, RATE } from './entrant.ts';
import type { Bid } from './rows.ts';

export interface RowQuery {
  readonly keeps: ((bid: Bid) => boolean) | null;
  readonly result: (bid: Bid) => object;
  readonly value: (row: never) => number;
}

const price = (row: { readonly price: number }): number => row.price;

export const ROW_QUERIES: Readonly<Record<string, RowQuery>> = {
  q0: {
    keeps: null,
    result: ({ auction, bidder, price, dateTime, extra }) => ({ auction, bidder, price, dateTime, extra }),
    value: price,
  },
  q1: {
    keeps: null,
    result: ({ auction, bidder, price, dateTime, extra }) => ({
      auction,
      bidder,
      price: RATE * price,
      dateTime,
      extra,
    }),
    value: price,
  },
  q2: {
    keeps: (bid) => bid.auction % AUCTION_MODULUS === 0,
    result: ({ auction, price }) => ({ auction, price }),
    value: (row: { readonly auction: number; readonly price: number }) => row.auction + row.price,
  },
};
