/** Where a Kafka source is, as checkpoints keep it: by partition (`orders-0`), the offset of the next record. */
import { z } from 'zod';
import { problem, WeirError } from '../../contract/problems.ts';
import type { SourcePosition } from '../../runtime/contracts.ts';
import { partitionName, type TopicPartition } from './topic-partition.ts';

const zPlace = z.strictObject({
  next: z.int().min(0),
  /** Where the run ends, where it ends at all: what was there when it began. */
  until: z.int().min(0).optional(),
});
export type PartitionPlace = z.output<typeof zPlace>;

export function placesIn(position: SourcePosition | null): Map<string, PartitionPlace> {
  return new Map(Object.entries(position ?? {}).map(([name, place]) => [name, zPlace.parse(place)]));
}

/** The topic has dropped records that were not read yet, or was made anew and is shorter than it was. */
export function gone(
  { topic, partition, next }: TopicPartition & { readonly next: number },
  first: number,
  last: number,
  nodeId: string,
): WeirError {
  const name = partitionName({ topic, partition });
  const missing = next < first ? first - next : 0;
  return new WeirError(
    problem('C-MISSING', {
      path: ['nodes', nodeId, 'config', 'outOfRange'],
      message:
        missing > 0
          ? `${name} begins at offset ${first}; ${missing} records from ${next} on were dropped before they were read.`
          : `${name} ends at offset ${last}, before ${next}: the topic was made anew, or this is another cluster.`,
      value: String(next),
      expected: `an offset from ${first} to ${last}`,
      next: 'Keep records longer (retention.ms), or set the source to go on at the earliest or latest one.',
    }),
  );
}
