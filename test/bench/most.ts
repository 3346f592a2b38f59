/** @most/core: the fastest of the row-object libraries, over row objects that were built before, or from JSON. */
import { join } from 'node:path';
import { filter, map, newStream, runEffects, scan, tap } from '@most/core';
import { asap, newDefaultScheduler } from '@most/scheduler';
import type { Stream } from '@most/types';
import { BATCH_ROWS, BID } from './corpus.ts';
import type { Entrant, Outcome } from './entrant.ts';
import { eachBid, encode } from './ndjson.ts';
import { ROW_QUERIES } from './row-queries.ts';
import { ROW_WINDOWS, type RowWindows } from './row-windows.ts';
import { type Bid, type Row, toRows } from './rows.ts';

const scheduler = newDefaultScheduler();

const source = (each: (take: (row: Row) => void) => void): Stream<Row> =>
  newStream((sink, on) =>
    asap(
      {
        run(time) {
          each((row) => sink.event(time, row));
          sink.end(time);
        },
        error: (time, error) => sink.error(time, error),
        dispose() {},
      },
      on,
    ),
  );

/** @param out what each row of a result goes through besides: encoding, or nothing */
async function run(query: string, rows: Stream<Row>, out: (row: object) => unknown): Promise<Outcome> {
  const outcome = { rows: 0, sum: 0 };
  const plain = ROW_QUERIES[query];
  if (plain !== undefined) {
    let bids = map(
      (row) => row.bid as Bid,
      filter<Row>((row) => row.type === BID, rows),
    );
    if (plain.keeps !== null) bids = filter(plain.keeps, bids);
    const count = (row: object): void => {
      outcome.rows++;
      outcome.sum += plain.value(row as never);
      out(row);
    };
    await runEffects(tap(count, map(plain.result, bids)), scheduler);
    return outcome;
  }
  const windows = ROW_WINDOWS[query]?.();
  if (windows === undefined) throw new Error(`no ${query}`);
  const take = (values: readonly number[]): void => {
    for (const value of values) {
      outcome.rows++;
      outcome.sum += value;
      out({ value });
    }
  };
  type State = RowWindows<unknown>;
  const states = scan((state: State, row: Row) => state.add(row), windows, rows);
  const firing = filter<State>((state) => state.fired !== null, states);
  await runEffects(
    tap((state) => take(state.fired ?? []), firing),
    scheduler,
  );
  take(windows.end());
  return outcome;
}

export const most: Entrant = {
  label: '@most/core',
  has: (query, from) =>
    query in ROW_QUERIES || (query in ROW_WINDOWS && (from === 'memory' || query !== 'q8')),
  prepare(query, columns) {
    const rows = toRows(columns);
    return (meter) => {
      const each = (take: (row: Row) => void): void => {
        for (let n = 0; n < rows.length; n++) {
          if (n % BATCH_ROWS === 0) meter.batch(n / BATCH_ROWS);
          take(rows[n] as Row);
        }
      };
      return run(query, source(each), () => {});
    };
  },
  prepareBytes: (query, { folder }) => {
    const path = join(folder, 'bids.ndjson');
    return (meter) => {
      meter.batch(0);
      return run(
        query,
        source((take) => eachBid(path, take)),
        encode,
      );
    };
  },
};
