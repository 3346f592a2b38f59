/** Records as rows: the value by its format, then what stands beside it. */

import type { ColumnBuilder } from '../../batch/builder.ts';
import type { Value } from '../../contract/values.ts';
import type { BadRecord, RowReceiver } from '../../formats/codec.ts';
import { START } from '../../formats/codec.ts';
import { csvCodec } from '../../formats/csv/codec.ts';
import { decodeFields } from '../../formats/decode-fields.ts';
import { JsonLineParser } from '../../formats/json/line-parser.ts';
import { JsonRecords } from '../../formats/json/records.ts';
import { NOT_UTF8, strictText } from '../../formats/utf8.ts';
import { valueSchema } from './plan.ts';
import { headersOf, type RecordSet } from './record-batch.ts';
import type { KafkaConfig } from './spec.ts';
import type { TopicPartition } from './topic-partition.ts';

/** Decodes the value that stands at `from` to `until`: exactly one `row` or `bad`, or neither where it is nothing at all. */
type DecodeValue = (bytes: Buffer, from: number, until: number, to: RowReceiver) => void;

export class RecordDecoder implements RowReceiver {
  readonly #decode: DecodeValue;
  readonly #config: KafkaConfig;
  readonly #columns: readonly ColumnBuilder[];
  readonly #valueColumns: number;
  /** Of the record that is decoded. */
  #wasRow = false;
  #bad: BadRecord | null = null;

  /** @param columns one per field of `kafkaSchema` without the arrival time */
  constructor(config: KafkaConfig, columns: readonly ColumnBuilder[]) {
    this.#config = config;
    this.#columns = columns;
    this.#valueColumns = valueSchema(config)?.length ?? 0;
    this.#decode = valueDecoder(config);
  }

  /** Adds the row of a record to the columns. What is wrong with it, or null; `skip` where it is to be left out. */
  add(set: RecordSet, record: number, where: TopicPartition): BadRecord | null | 'skip' {
    const from = set.valueFrom[record] as number;
    if (from < 0) return this.#config.tombstones === 'skip' ? 'skip' : TOMBSTONE;
    this.#wasRow = false;
    this.#bad = null;
    this.#decode(set.bytes, from, set.valueUntil[record] as number, this);
    if (!this.#wasRow) return this.#bad ?? EMPTY;
    this.#beside(set, record, where);
    return null;
  }

  row(values: readonly Value[]): void {
    for (let c = 0; c < this.#valueColumns; c++) (this.#columns[c] as ColumnBuilder).push(values[c] ?? null);
    this.#wasRow = true;
  }

  bad(record: BadRecord): void {
    this.#bad = record;
  }

  #beside(set: RecordSet, record: number, { topic, partition }: TopicPartition): void {
    const { metadata } = this.#config;
    for (let m = 0; m < metadata.length; m++) {
      const column = this.#columns[this.#valueColumns + m] as ColumnBuilder;
      switch (metadata[m]?.what) {
        case 'offset':
          column.pushNumber(set.offsets[record] as number);
          break;
        case 'timestamp':
          column.pushNumber(set.timestamps[record] as number);
          break;
        case 'partition':
          column.pushNumber(partition);
          break;
        case 'topic':
          column.pushString(topic);
          break;
        case 'key': {
          const from = set.keyFrom[record] as number;
          if (from < 0) column.pushNull();
          else column.pushString(set.bytes.toString('utf8', from, set.keyUntil[record]));
          break;
        }
        case 'headers':
          column.pushString(headersText(set, record));
          break;
        default:
          column.push(headerText(set, record, metadata[m]?.header ?? ''));
      }
    }
  }
}

/** A name that comes twice has a list of its values. */
function headersText(set: RecordSet, record: number): string {
  const all: Record<string, string | null | (string | null)[]> = Object.create(null);
  for (const [name, value] of headersOf(set, record)) {
    const text = value?.toString('utf8') ?? null;
    const before = all[name];
    all[name] = before === undefined ? text : Array.isArray(before) ? [...before, text] : [before, text];
  }
  return JSON.stringify(all);
}

/** The last of that name, as Kafka's own `lastHeader`. */
function headerText(set: RecordSet, record: number, name: string): string | null {
  const found = headersOf(set, record).findLast(([own]) => own === name);
  return found?.[1]?.toString('utf8') ?? null;
}

const TOMBSTONE: BadRecord = {
  code: 'R-DECODE',
  message: 'The record has no value: a tombstone.',
  expected: 'a value',
  next: 'Leave tombstones out in the settings of the source, where they mean nothing to this pipeline.',
};

const EMPTY: BadRecord = {
  code: 'R-DECODE',
  message: 'The value of the record is empty.',
  expected: 'a value in the format of the source',
  next: 'Look at who writes it.',
};

function valueDecoder(config: KafkaConfig): DecodeValue {
  const { format } = config;
  const fields = decodeFields(valueSchema(config) ?? []);
  switch (format.kind) {
    case 'json': {
      const parser = new JsonLineParser(fields);
      const records = new JsonRecords(fields);
      return (bytes, from, until, to) => {
        const row = parser.parse(bytes, from, until);
        if (row !== null) to.row(row, 0, 0);
        else if (until > from) records.decode(bytes.subarray(from, until), 0, 0, to);
      };
    }
    case 'csv':
      return (bytes, from, until, to) => {
        // A codec a record: quotes that are left open must not reach into the next.
        const codec = csvCodec(
          { kind: 'csv', header: false, delimiter: format.delimiter },
          { fields, recordBytes: Infinity, from: START, warn: () => {} },
        );
        codec.push(bytes.subarray(from, until), to);
        codec.end(to);
      };
    case 'text':
      return (bytes, from, until, to) => {
        const text = strictText(bytes.subarray(from, until));
        if (text === null) to.bad(NOT_UTF8, bytes, 0, 0);
        else to.row([text], 0, 0);
      };
    case 'bytes':
      return (bytes, from, until, to) => to.row([Uint8Array.prototype.slice.call(bytes, from, until)], 0, 0);
  }
}
