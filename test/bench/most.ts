/** @most/core: the fastest of the row-object libraries, over row objects that were built before. */
import { filter, map, newStream, runEffects, scan, tap } from '@most/core';
import { asap, newDefaultScheduler } from '@most/scheduler';
import type { Stream } from '@most/types';
import { BATCH_ROWS, BID, type Bid, type Row, toRows } from './corpus.ts';
import { AUCTION_MODULUS, type Entrant, type Outcome, type Prepared, type Query, RATE } from './entrant.ts';
import type { Meter } from './meter.ts';
import { HighestByWindow } from './row-windows.ts';

const scheduler = newDefaultScheduler();

const source = (rows: readonly Row[], meter: Meter): Stream<Row> =>
  newStream((sink, on) =>
    asap(
      {
        run(time) {
          for (let n = 0; n < rows.length; n++) {
            if (n % BATCH_ROWS === 0) meter.batch(n / BATCH_ROWS);
            sink.event(time, rows[n] as Row);
          }
          sink.end(time);
        },
        error: (time, error) => sink.error(time, error),
        dispose() {},
      },
      on,
    ),
  );

const bids = (rows: Stream<Row>): Stream<Bid> =>
  map(
    (row) => row.bid as Bid,
    filter<Row>((row) => row.type === BID, rows),
  );

async function collect<T>(stream: Stream<T>, value: (item: T) => number): Promise<Outcome> {
  let rows = 0;
  let sum = 0;
  const count = (item: T): void => {
    rows++;
    sum += value(item);
  };
  await runEffects(tap(count, stream), scheduler);
  return { rows, sum };
}

const QUERIES: Record<Query, (rows: Stream<Row>) => Promise<Outcome>> = {
  q0: (rows) => collect(bids(rows), (bid) => bid.price),
  q1: (rows) =>
    collect(
      map(
        ({ auction, bidder, price, dateTime, extra }) => ({
          auction,
          bidder,
          price: RATE * price,
          dateTime,
          extra,
        }),
        bids(rows),
      ),
      (bid) => bid.price,
    ),
  q2: (rows) =>
    collect(
      map(
        ({ auction, price }) => ({ auction, price }),
        filter<Bid>((bid) => bid.auction % AUCTION_MODULUS === 0, bids(rows)),
      ),
      (bid) => bid.auction + bid.price,
    ),
  q7: async (rows) => {
    const windows = new HighestByWindow();
    let fired = 0;
    let sum = 0;
    const take = (prices: readonly number[]): void => {
      for (const price of prices) {
        fired++;
        sum += price;
      }
    };
    const states = scan((state: HighestByWindow, row: Row) => state.add(row), windows, rows);
    const firing = filter<HighestByWindow>((state) => state.fired !== null, states);
    await runEffects(
      tap((state) => take(state.fired ?? []), firing),
      scheduler,
    );
    take(windows.end());
    return { rows: fired, sum };
  },
};

export const most: Entrant = {
  label: '@most/core',
  prepare(query, columns): Prepared {
    const rows = toRows(columns);
    return (meter) => QUERIES[query](source(rows, meter));
  },
};
