/** q11, q12, q17, q18: one row of typed columns a key. */
import { BATCH_ROWS, BID } from '../corpus.ts';
import { DELAY_MS, WINDOW_MS } from '../entrant.ts';
import { Grown, type Loop, Places, Sink } from './slices.ts';

const SECOND_MS = 1000;

/**
 * Sessions of a bidder with a gap of ten seconds. Times are in order: a bid more than a gap after the last one of its bidder closes
 * that session. Others close once a second of event time, when the watermark is past them.
 */
const sessions: Loop = (batches, meter) => {
  const sink = new Sink();
  const bidders = new Places();
  const [last, count] = [new Grown(), new Grown()];
  let next = -Infinity;
  const sweep = (watermark: number): void => {
    for (let at = 0; at < bidders.size; at++) {
      const c = count.values[at] as number;
      if (c === 0 || watermark < (last.values[at] as number) + WINDOW_MS - 1) continue;
      sink.rows++;
      sink.sum += c;
      count.values[at] = 0;
    }
  };
  batches.forEach(({ length, type, party, time }, n) => {
    meter.batch(n);
    for (let i = 0; i < length; i++) {
      if (type[i] !== BID) continue;
      const t = time[i] as number;
      const { size } = bidders;
      const at = bidders.place((party[i] as number) | 0);
      if (at === size) count.set(at, 0);
      else if (t > (last.values[at] as number) + WINDOW_MS && count.values[at] !== 0) {
        sink.rows++;
        sink.sum += count.values[at] as number;
        count.values[at] = 0;
      }
      (count.values[at] as number)++;
      last.set(at, t);
    }
    const newest = (time[length - 1] as number) - DELAY_MS;
    if (newest >= next) {
      sweep(newest);
      next = newest + SECOND_MS;
    }
  });
  sweep(Infinity);
  return sink;
};

/** By the clock: read once a batch, as a batch comes at one moment. */
const byClock: Loop = (batches, meter) => {
  const sink = new Sink();
  const bidders = new Places();
  const count = new Grown();
  let end = -Infinity;
  const fire = (): void => {
    sink.dense(count.values, bidders.size);
    bidders.clear();
  };
  batches.forEach(({ length, type, party }, n) => {
    meter.batch(n);
    const now = Date.now();
    if (now >= end) {
      fire();
      end = (Math.floor(now / WINDOW_MS) + 1) * WINDOW_MS;
    }
    for (let i = 0; i < length; i++) {
      if (type[i] !== BID) continue;
      const { size } = bidders;
      const at = bidders.place((party[i] as number) | 0);
      if (at === size) count.set(at, 1);
      else (count.values[at] as number)++;
    }
  });
  fire();
  // As BY_CLOCK says: how many rows there are is not of the data.
  return { rows: 0, sum: sink.sum };
};

const CHEAP = 10_000;
const DEAR = 1_000_000;
const DAY_MS = 86_400_000;

/** Bids by auction and day; every bid's group goes out again, the last state of a batch once, as the engine sends it. */
const auctionDays: Loop = (batches, meter) => {
  const sink = new Sink();
  let day = -Infinity;
  const auctions = new Places();
  const names = ['total', 'rank1', 'rank2', 'rank3', 'min', 'max', 'sum', 'batch'] as const;
  const state = Object.fromEntries(names.map((name) => [name, new Grown()])) as Record<
    (typeof names)[number],
    Grown
  >;
  const touched = new Int32Array(BATCH_ROWS);
  batches.forEach(({ length, type, id, price, time }, n) => {
    meter.batch(n);
    let changed = 0;
    const { total, rank1, rank2, rank3, min, max, sum, batch } = state;
    for (let i = 0; i < length; i++) {
      if (type[i] !== BID) continue;
      const t = time[i] as number;
      if (t >= day + DAY_MS) {
        day = Math.floor(t / DAY_MS) * DAY_MS;
        auctions.clear();
      }
      const p = price[i] as number;
      const { size } = auctions;
      const at = auctions.place((id[i] as number) | 0);
      if (at === size) {
        for (const column of [total, rank1, rank2, rank3, sum]) column.set(at, 0);
        min.set(at, Infinity);
        max.set(at, -Infinity);
        batch.set(at, -1);
      }
      if (batch.values[at] !== n) {
        batch.values[at] = n;
        touched[changed++] = at;
        const c = total.values[at] as number;
        if (c > 0) {
          const s = sum.values[at] as number;
          sink.rows--;
          sink.sum -= s + (max.values[at] as number) + Math.trunc(s / c);
        }
      }
      (total.values[at] as number)++;
      (sum.values[at] as number) += p;
      if (p < CHEAP) (rank1.values[at] as number)++;
      else if (p < DEAR) (rank2.values[at] as number)++;
      else (rank3.values[at] as number)++;
      if (p < (min.values[at] as number)) min.values[at] = p;
      if (p > (max.values[at] as number)) max.values[at] = p;
    }
    for (let k = 0; k < changed; k++) {
      const at = touched[k] as number;
      const s = sum.values[at] as number;
      sink.sum += s + (max.values[at] as number) + Math.trunc(s / (total.values[at] as number));
    }
    sink.rows += changed;
  });
  return sink;
};

export const KEYED = { q11: sessions, q12: byClock, q17: auctionDays };
