import { problem, showValue, WeirError } from '../../contract/problems.ts';
import type { Codec, CodecOptions, RowReceiver } from '../codec.ts';
import { ArrayScanner, type ElementReceiver } from './array-scanner.ts';
import { JsonRecords } from './records.ts';
import type { JsonSettings } from './spec.ts';

/** `result.items` → its keys. */
export const recordsPath = (records: string | undefined): readonly string[] =>
  records === undefined ? [] : records.split('.');

/**
 * The elements of one array are the records. `end` throws C-FORMAT where the document has no such array: then nothing of
 * it was read.
 */
export function jsonCodec(settings: JsonSettings, options: CodecOptions): Codec {
  const scanner = new ArrayScanner(recordsPath(settings.records), options.from, options.recordBytes);
  const records = new JsonRecords(options.fields);
  let to: RowReceiver | null = null;
  const receiver: ElementReceiver = {
    element(bytes, offset, number) {
      records.decode(bytes, offset, number, to as RowReceiver);
    },
    bad(record, raw, offset, number) {
      to?.bad(record, raw, offset, number);
    },
  };
  return {
    memo: null,
    unit: 'record',
    push(chunk, rows) {
      to = rows;
      scanner.push(chunk, receiver);
      if (scanner.state === 'absent') throw noArray(settings.records);
    },
    end(rows) {
      to = rows;
      if (scanner.state === 'seeking') throw noArray(settings.records);
      scanner.end(receiver);
    },
  };
}

function noArray(records: string | undefined): WeirError {
  return new WeirError(
    problem('C-FORMAT', {
      path: ['config', 'format'],
      message:
        records === undefined
          ? 'The file is not a JSON array.'
          : `The file has no JSON array at ${showValue(records)}.`,
      ...(records === undefined ? {} : { value: showValue(records) }),
      expected: 'an array of records',
      next: 'Say in "Records at" where the array stands (features for GeoJSON), or pick NDJSON for one object a line.',
    }),
  );
}
