/** What of a record stands beside its value, as columns. */
import type { PolledRows } from '../../formats/value/polled-rows.ts';
import { headersOf, type RecordSet } from './record-batch.ts';
import type { KafkaConfig } from './spec.ts';
import type { TopicPartition } from './topic-partition.ts';

export function addBeside(
  rows: PolledRows,
  metadata: KafkaConfig['metadata'],
  set: RecordSet,
  record: number,
  { topic, partition }: TopicPartition,
): void {
  for (let m = 0; m < metadata.length; m++) {
    const column = rows.beside(m);
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
