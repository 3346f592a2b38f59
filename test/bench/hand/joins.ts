/** q3, q4, q8 and q20: what one side needs of the other stands in typed columns at the place of its key. */
import { AUCTION, BATCH_ROWS, BID, PERSON, TABLES } from '../corpus.ts';
import { WINDOW_MS } from '../entrant.ts';
import { Grown, type Loop, Places, Sink } from './slices.ts';

/**
 * Auctions by id: category and the time it is open; the best bid so far, and by category the sum and number of best bids. Whatever
 * an event changes goes out at once as the row before and the row after. No bid of the corpus comes before its auction with a time
 * at which the auction is open, so bids need not be kept: times are in order.
 */
const averages: Loop = (batches, meter) => {
  const sink = new Sink();
  const auctions = new Places();
  const [from, until, best, category] = [new Grown(), new Grown(), new Grown(), new Grown()];
  const sums = new Float64Array(64);
  const counts = new Float64Array(64);
  batches.forEach((slice, n) => {
    meter.batch(n);
    const { length, type, id, time, expires, price } = slice;
    let { rows, sum } = sink;
    for (let i = 0; i < length; i++) {
      if (type[i] === BID) {
        const at = auctions.find((id[i] as number) | 0);
        if (at < 0) continue;
        const p = price[i] as number;
        const t = time[i] as number;
        const before = best.values[at] as number;
        if (p <= before || t < (from.values[at] as number) || t > (until.values[at] as number)) continue;
        best.values[at] = p;
        const c = category.values[at] as number;
        const count = counts[c] as number;
        const old = count === 0 ? 0 : Math.trunc((sums[c] as number) / count);
        if (count === 0) rows++;
        (sums[c] as number) += p - Math.max(before, 0);
        if (before < 0) counts[c] = count + 1;
        sum += Math.trunc((sums[c] as number) / (counts[c] as number)) - old;
      } else if (type[i] === AUCTION) {
        const at = auctions.place((id[i] as number) | 0);
        from.set(at, time[i] as number);
        until.set(at, expires[i] as number);
        category.set(at, slice.category[i] as number);
        best.set(at, -1);
      }
    }
    sink.rows = rows;
    sink.sum = sum;
  });
  return sink;
};

/** Of the window of ten seconds that is open: who joined, who sold. Times are in order, so one window is open at a time. */
const newSellers: Loop = (batches, meter) => {
  const sink = new Sink();
  const joined = new Places();
  const sold = new Places();
  const out = new Float64Array(4096);
  let end = -Infinity;
  const fire = (): void => {
    let count = 0;
    for (let at = 0; at < joined.size; at++) {
      const key = joined.keys[at] as number;
      if (sold.find(key) < 0) continue;
      out[count++] = key;
      if (count === out.length) {
        sink.dense(out, count);
        count = 0;
      }
    }
    sink.dense(out, count);
    joined.clear();
    sold.clear();
  };
  batches.forEach(({ length, type, id, party, time }, n) => {
    meter.batch(n);
    for (let i = 0; i < length; i++) {
      if (type[i] === BID) continue;
      const t = time[i] as number;
      if (t >= end) {
        fire();
        end = (Math.floor(t / WINDOW_MS) + 1) * WINDOW_MS;
      }
      if (type[i] === PERSON) joined.place((id[i] as number) | 0);
      else sold.place((party[i] as number) | 0);
    }
  });
  fire();
  return sink;
};

const SOME_STATES = new Set(['OR', 'ID', 'CA']);
const CATEGORY = 10;

/** Sellers of three states; an auction may come before its seller, so both sides are kept: a list of auctions a seller. */
const localSellers: Loop = (batches, meter) => {
  const sink = new Sink();
  const wanted = Uint8Array.from(TABLES[4]?.strings ?? [], (s) => (SOME_STATES.has(s) ? 1 : 0));
  const sellers = new Places();
  const [known, newest, auctionIds, older] = [new Grown(), new Grown(), new Grown(), new Grown()];
  let kept = 0;
  const out = new Float64Array(65_536);
  const placeOf = (key: number): number => {
    const { size } = sellers;
    const at = sellers.place(key);
    if (at === size) {
      known.set(at, 0);
      newest.set(at, -1);
    }
    return at;
  };
  batches.forEach(({ length, type, id, party, category, texts }, n) => {
    meter.batch(n);
    const states = texts[4] as Int32Array;
    let count = 0;
    for (let i = 0; i < length; i++) {
      if (type[i] === AUCTION && category[i] === CATEGORY) {
        const at = placeOf((party[i] as number) | 0);
        for (let k = known.values[at] as number; k > 0; k--) out[count++] = id[i] as number;
        auctionIds.set(kept, id[i] as number);
        older.set(kept, newest.values[at] as number);
        newest.values[at] = kept++;
      } else if (type[i] === PERSON && wanted[states[i] as number] === 1) {
        const at = placeOf((id[i] as number) | 0);
        (known.values[at] as number)++;
        for (let k = newest.values[at] as number; k >= 0; k = older.values[k] as number)
          out[count++] = auctionIds.values[k] as number;
      }
    }
    sink.dense(out, count);
  });
  return sink;
};

/** Bids of auctions of category 10; a bid may be for an auction that comes later, so bids are kept, as the join does. */
const bidsOfCategory: Loop = (batches, meter) => {
  const sink = new Sink();
  const auctions = new Places();
  const [first, newest, prices, older] = [new Grown(), new Grown(), new Grown(), new Grown()];
  let kept = 0;
  const out = new Float64Array(BATCH_ROWS * 8);
  batches.forEach(({ length, type, id, price, category }, n) => {
    meter.batch(n);
    let count = 0;
    for (let i = 0; i < length; i++) {
      const kind = type[i];
      if (kind === PERSON || (kind === AUCTION && category[i] !== CATEGORY)) continue;
      const { size } = auctions;
      const at = auctions.place((id[i] as number) | 0);
      if (at === size) {
        first.set(at, -1);
        newest.set(at, -1);
      }
      if (kind === BID) {
        const open = first.values[at] as number;
        if (open >= 0) {
          out[count++] = price[i] as number;
          sink.sum += open;
        }
        prices.set(kept, price[i] as number);
        older.set(kept, newest.values[at] as number);
        newest.values[at] = kept++;
      } else {
        first.values[at] = price[i] as number;
        for (let k = newest.values[at] as number; k >= 0; k = older.values[k] as number) {
          if (count === out.length) {
            sink.dense(out, count);
            count = 0;
          }
          out[count++] = prices.values[k] as number;
          sink.sum += price[i] as number;
        }
      }
    }
    sink.dense(out, count);
  });
  return sink;
};

export const JOINS = { q3: localSellers, q4: averages, q8: newSellers, q20: bidsOfCategory };
