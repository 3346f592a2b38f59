/** Records as rows: the value by its format, then what stands beside it. */
import type { ColumnBuilder } from '../../batch/builder.ts';
import type { Value } from '../../contract/values.ts';
import type { BadRecord, RowReceiver } from '../../formats/codec.ts';
import { type DecodeValue, EMPTY_VALUE, valueDecoder } from '../../formats/value/decode.ts';
import { valueSchema } from '../../formats/value/spec.ts';
import { headersOf, type RecordSet } from './record-batch.ts';
import type { KafkaConfig } from './spec.ts';
import type { TopicPartition } from './topic-partition.ts';

export class RecordDecoder implements RowReceiver {
  readonly #decode: DecodeValue;
  readonly #config: KafkaConfig;
  #columns: readonly ColumnBuilder[] = [];
  readonly #valueColumns: number;
  /** Of the record that is decoded. */
  #wasRow = false;
  #bad: BadRecord | null = null;

  constructor(config: KafkaConfig) {
    this.#config = config;
    this.#valueColumns = valueSchema(config.format, config.schema)?.length ?? 0;
    this.#decode = valueDecoder(config.format, valueSchema(config.format, config.schema) ?? []);
  }

  /**
   * Adds the row of a record to the columns. What is wrong with it, or null; `skip` where it is to be left out.
   * @param columns one per field of `kafkaSchema` without the arrival time
   */
  add(
    columns: readonly ColumnBuilder[],
    set: RecordSet,
    record: number,
    where: TopicPartition,
  ): BadRecord | null | 'skip' {
    this.#columns = columns;
    const from = set.valueFrom[record] as number;
    if (from < 0) return this.#config.tombstones === 'skip' ? 'skip' : TOMBSTONE;
    this.#wasRow = false;
    this.#bad = null;
    this.#decode(set.bytes, from, set.valueUntil[record] as number, this);
    if (!this.#wasRow) return this.#bad ?? EMPTY_VALUE;
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
