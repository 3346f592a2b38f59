/** The corpus as files of NDJSON, one by kind, and how a library of row objects reads and writes them: JSON.parse, JSON.stringify. */
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BID, makeColumns, VIEWS } from './corpus.ts';
import type { NdjsonFiles } from './entrant.ts';
import { type Row, toRows } from './rows.ts';

const PART_ROWS = 50_000;
const CHUNK_BYTES = 1 << 18;
const LINE_END = 10;
const TIMES = new Set(['dateTime', 'expires']);

export function writeNdjson(folder: string, events: number): NdjsonFiles {
  const rows = toRows(makeColumns(events));
  const of = { persons: 'person', auctions: 'auction', bids: 'bid' } as const;
  const records: Record<string, number> = {};
  for (const [file, { type }] of Object.entries(VIEWS)) {
    const kind = of[file as keyof typeof of];
    const own = rows.filter((row) => row.type === type).map((row) => row[kind]);
    const path = join(folder, `${file}.ndjson`);
    writeFileSync(path, '');
    for (let from = 0; from < own.length; from += PART_ROWS) {
      const text = own.slice(from, from + PART_ROWS).map((row) => `${JSON.stringify(row, isoTimes)}\n`);
      writeFileSync(path, text.join(''), { flag: 'a' });
    }
    records[file] = own.length;
  }
  return { folder, records };
}

const isoTimes = (key: string, value: unknown): unknown =>
  TIMES.has(key) ? new Date(value as number).toISOString() : value;

/** Every bid of a file, read in parts and parsed line by line. */
export function eachBid(path: string, take: (row: Row) => void): void {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let kept = 0;
    for (;;) {
      const read = readSync(file, chunk, kept, CHUNK_BYTES - kept, null);
      if (read === 0) return;
      const filled = kept + read;
      let from = 0;
      for (;;) {
        const end = chunk.indexOf(LINE_END, from);
        if (end < 0 || end >= filled) break;
        const bid = JSON.parse(chunk.toString('utf8', from, end));
        bid.dateTime = Date.parse(bid.dateTime);
        take({ type: BID, dateTime: bid.dateTime, person: null, auction: null, bid });
        from = end + 1;
      }
      chunk.copy(chunk, 0, from, filled);
      kept = filled - from;
    }
  } finally {
    closeSync(file);
  }
}

/** The bytes of a result. */
export const encode = (row: object): number => Buffer.from(`${JSON.stringify(row, isoTimes)}\n`).length;
