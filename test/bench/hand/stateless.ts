/** q0, q1, q2, q13: a selection, and columns that are computed. */
import { BATCH_ROWS, BID } from '../corpus.ts';
import { AUCTION_MODULUS, RATE } from '../entrant.ts';
import { type Loop, Sink } from './slices.ts';

const pass: Loop = (batches, meter) => {
  const sink = new Sink();
  const selection = new Int32Array(BATCH_ROWS);
  batches.forEach(({ length, type, price }, n) => {
    meter.batch(n);
    let count = 0;
    for (let i = 0; i < length; i++) if (type[i] === BID) selection[count++] = i;
    sink.take(price, selection, count);
  });
  return sink;
};

const euros: Loop = (batches, meter) => {
  const sink = new Sink();
  const selection = new Int32Array(BATCH_ROWS);
  const converted = new Float64Array(BATCH_ROWS);
  batches.forEach(({ length, type, price }, n) => {
    meter.batch(n);
    let count = 0;
    for (let i = 0; i < length; i++) {
      if (type[i] !== BID) continue;
      converted[i] = RATE * (price[i] as number);
      selection[count++] = i;
    }
    sink.take(converted, selection, count);
  });
  return sink;
};

const some: Loop = (batches, meter) => {
  const sink = new Sink();
  const selection = new Int32Array(BATCH_ROWS);
  batches.forEach(({ length, type, id, price }, n) => {
    meter.batch(n);
    let count = 0;
    for (let i = 0; i < length; i++) {
      // We know that these ids have 31 bits: whole-number division is ten times as fast as that of doubles.
      if (type[i] === BID && ((id[i] as number) | 0) % AUCTION_MODULUS === 0) selection[count++] = i;
    }
    sink.take(id, selection, count);
    sink.add(price, selection, count);
  });
  return sink;
};

/** The side table is five rows with even keys: an array by key, and codes of a dictionary column as its result. */
const enriched: Loop = (batches, meter) => {
  const sink = new Sink();
  const selection = new Int32Array(BATCH_ROWS);
  const side = new Int32Array(BATCH_ROWS);
  const codes = Int32Array.from({ length: 10 }, (_, key) => (key % 2 === 0 ? key / 2 : -1));
  batches.forEach(({ length, type, id, price }, n) => {
    meter.batch(n);
    let count = 0;
    for (let i = 0; i < length; i++) {
      if (type[i] !== BID) continue;
      const code = codes[((id[i] as number) | 0) % 10] as number;
      if (code < 0) continue;
      side[i] = code;
      selection[count++] = i;
    }
    sink.take(price, selection, count);
  });
  return sink;
};

export const STATELESS = { q0: pass, q1: euros, q2: some, q13: enriched };
