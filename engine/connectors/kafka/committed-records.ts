/** The records of a fetched partition that a reader may see. */
import type { FetchedPartition } from './fetch.ts';
import { controlType, type PackedBatch, packedBatches, type RecordSet, unpackBatch } from './record-batch.ts';

const ABORT = 0;

export interface Visible {
  readonly sets: readonly RecordSet[];
  /** The next to fetch: markers and aborted records have offsets, too. */
  readonly nextOffset: number;
}

/**
 * Leaves out markers, and records of aborted transactions: those of a producer from where one of its aborted transactions begins to
 * its next marker, as Java's client does. (kafkajs takes the list for sorted, and a key of four zero bytes for a marker.)
 * @param from the offset that was asked for
 */
export function visibleRecords({ records, aborted }: FetchedPartition, from: number): Visible {
  const waiting = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  const inAborted = new Set<bigint>();
  const sets: RecordSet[] = [];
  let nextOffset = from;
  for (const batch of packedBatches(records)) {
    while (waiting.length > 0 && (waiting[0]?.firstOffset ?? Infinity) <= batch.lastOffset)
      inAborted.add(waiting.shift()?.producerId ?? -1n);
    nextOffset = Math.max(nextOffset, batch.lastOffset + 1);
    if (batch.isControl) {
      if (inAborted.has(batch.producerId) && controlType(batch) === ABORT) inAborted.delete(batch.producerId);
    } else if (batch.lastOffset >= from && !isAborted(batch, inAborted)) {
      const set = unpackBatch(batch, from);
      if (set.count > 0) sets.push(set);
    }
  }
  return { sets, nextOffset };
}

const isAborted = ({ isTransactional, producerId }: PackedBatch, inAborted: ReadonlySet<bigint>): boolean =>
  isTransactional && inAborted.has(producerId);
