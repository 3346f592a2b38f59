import { problem } from '../../contract/problems.ts';
import type { BadRecord } from '../../formats/codec.ts';
import { type DeadLetter, RAW_TEXT_MAX } from '../../runtime/contracts.ts';
import type { RecordSet } from './record-batch.ts';
import { partitionName, type TopicPartition } from './topic-partition.ts';

/** A record that could not be read, with where it stands. */
export function letterOf(bad: BadRecord, set: RecordSet, record: number, where: TopicPartition): DeadLetter {
  const { code, message, field, value, expected, next } = bad;
  const from = set.valueFrom[record] as number;
  const until = Math.min(set.valueUntil[record] as number, from + RAW_TEXT_MAX * 4);
  return {
    problem: problem(code, {
      path: field === undefined ? [] : [field],
      message: `${partitionName(where)}, offset ${set.offsets[record]}: ${message}`,
      ...(value === undefined ? {} : { value }),
      ...(expected === undefined ? {} : { expected }),
      ...(next === undefined ? {} : { next }),
    }),
    raw: from < 0 ? '' : set.bytes.toString('utf8', from, until).slice(0, RAW_TEXT_MAX),
  };
}
