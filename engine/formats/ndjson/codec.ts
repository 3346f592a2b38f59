import type { Codec, CodecOptions, RowReceiver } from '../codec.ts';
import { JsonLineParser } from '../json/line-parser.ts';
import { JsonRecords } from '../json/records.ts';
import { type LineReceiver, LineSplitter } from '../lines.ts';
import { bomLength } from '../utf8.ts';

/** A line is a record; empty lines are none. */
export function ndjsonCodec(options: CodecOptions): Codec {
  const lines = new LineSplitter(options.from, options.recordBytes);
  const records = new JsonRecords(options.fields);
  const parser = new JsonLineParser(options.fields);
  let to: RowReceiver | null = null;
  const receiver: LineReceiver = {
    line(bytes, offset, number) {
      const text = number === 1 ? bytes.subarray(bomLength(bytes)) : bytes;
      if (!isBlank(text)) records.decode(text, offset, number, to as RowReceiver);
    },
    within(part, from, until, offset, number) {
      const row = parser.parse(part, from, until);
      if (row === null) return false;
      to?.row(row, offset, number);
      return true;
    },
    bad(record, raw, offset, number) {
      to?.bad(record, raw, offset, number);
    },
  };
  return {
    memo: null,
    unit: 'line',
    push(chunk, rows) {
      to = rows;
      lines.push(chunk, receiver);
    },
    end(rows) {
      to = rows;
      lines.end(receiver);
    },
  };
}

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte !== 32 && byte !== 9) return false;
  return true;
}
