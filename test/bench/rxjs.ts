/** RxJS 7: the operators that its documentation leads to, over row objects that were built before. */
import { filter, map, Observable, scan } from 'rxjs';
import { BATCH_ROWS, BID, type Bid, type Row, toRows } from './corpus.ts';
import { AUCTION_MODULUS, type Entrant, type Outcome, type Prepared, type Query, RATE } from './entrant.ts';
import type { Meter } from './meter.ts';
import { HighestByWindow } from './row-windows.ts';

const source = (rows: readonly Row[], meter: Meter): Observable<Row> =>
  new Observable((subscriber) => {
    for (let n = 0; n < rows.length; n++) {
      if (n % BATCH_ROWS === 0) meter.batch(n / BATCH_ROWS);
      subscriber.next(rows[n] as Row);
    }
    subscriber.complete();
  });

const bids = (rows: Observable<Row>): Observable<Bid> =>
  rows.pipe(
    filter((row) => row.type === BID),
    map((row) => row.bid as Bid),
  );

function collect<T>(stream: Observable<T>, value: (item: T) => number): Outcome {
  let rows = 0;
  let sum = 0;
  stream.subscribe((item) => {
    rows++;
    sum += value(item);
  });
  return { rows, sum };
}

const QUERIES: Record<Query, (rows: Observable<Row>) => Outcome> = {
  q0: (rows) => collect(bids(rows), (bid) => bid.price),
  q1: (rows) =>
    collect(
      bids(rows).pipe(
        map(({ auction, bidder, price, dateTime, extra }) => ({
          auction,
          bidder,
          price: RATE * price,
          dateTime,
          extra,
        })),
      ),
      (bid) => bid.price,
    ),
  q2: (rows) =>
    collect(
      bids(rows).pipe(
        filter((bid) => bid.auction % AUCTION_MODULUS === 0),
        map(({ auction, price }) => ({ auction, price })),
      ),
      (bid) => bid.auction + bid.price,
    ),
  q7: (rows) => {
    const windows = new HighestByWindow();
    let fired = 0;
    let sum = 0;
    const take = (prices: readonly number[]): void => {
      for (const price of prices) {
        fired++;
        sum += price;
      }
    };
    rows
      .pipe(
        scan((state, row) => state.add(row), windows),
        filter((state) => state.fired !== null),
        map((state) => state.fired ?? []),
      )
      .subscribe({ next: take, complete: () => take(windows.end()) });
    return { rows: fired, sum };
  },
};

export const rxjs: Entrant = {
  label: 'RxJS 7',
  prepare(query, columns): Prepared {
    const rows = toRows(columns);
    return (meter) => QUERIES[query](source(rows, meter));
  },
};
