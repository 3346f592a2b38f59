/** RxJS 7: the operators that its documentation leads to, over row objects that were built before, or from JSON. */
import { join } from 'node:path';
import { filter, map, Observable, scan } from 'rxjs';
import { BATCH_ROWS, BID } from './corpus.ts';
import type { Entrant, Outcome } from './entrant.ts';
import type { Meter } from './meter.ts';
import { eachBid, encode } from './ndjson.ts';
import { ROW_QUERIES } from './row-queries.ts';
import { ROW_WINDOWS } from './row-windows.ts';
import { type Bid, type Row, toRows } from './rows.ts';

const source = (rows: readonly Row[], meter: Meter): Observable<Row> =>
  new Observable((subscriber) => {
    for (let n = 0; n < rows.length; n++) {
      if (n % BATCH_ROWS === 0) meter.batch(n / BATCH_ROWS);
      subscriber.next(rows[n] as Row);
    }
    subscriber.complete();
  });

const bytes = (path: string): Observable<Row> =>
  new Observable((subscriber) => {
    eachBid(path, (row) => subscriber.next(row));
    subscriber.complete();
  });

/** @param out what each row of a result goes through besides: encoding, or nothing */
function run(query: string, rows: Observable<Row>, out: (row: object) => unknown): Outcome {
  const outcome = { rows: 0, sum: 0 };
  const plain = ROW_QUERIES[query];
  if (plain !== undefined) {
    let bids = rows.pipe(
      filter((row) => row.type === BID),
      map((row) => row.bid as Bid),
    );
    if (plain.keeps !== null) bids = bids.pipe(filter(plain.keeps));
    bids.pipe(map(plain.result)).subscribe((row) => {
      outcome.rows++;
      outcome.sum += plain.value(row as never);
      out(row);
    });
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
  rows
    .pipe(
      scan((state, row) => state.add(row), windows),
      filter((state) => state.fired !== null),
      map((state) => state.fired ?? []),
    )
    .subscribe({ next: take, complete: () => take(windows.end()) });
  return outcome;
}

export const rxjs: Entrant = {
  label: 'RxJS 7',
  has: (query, from) =>
    query in ROW_QUERIES || (query in ROW_WINDOWS && (from === 'memory' || query !== 'q8')),
  prepare(query, columns) {
    const rows = toRows(columns);
    return (meter) => run(query, source(rows, meter), () => {});
  },
  prepareBytes:
    (query, { folder }) =>
    (meter) => {
      meter.batch(0);
      return run(query, bytes(join(folder, 'bids.ndjson')), encode);
    },
};
