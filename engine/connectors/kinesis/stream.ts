/** Calls about a stream and its shards. */
import {
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  type Shard,
} from '@aws-sdk/client-kinesis';
import type { ShardPlace } from './position.ts';

export interface ShardInfo {
  readonly id: string;
  /** Those that it was made of, by a split or a merge. */
  readonly parents: readonly string[];
  /** Whether it takes no records any more. */
  readonly isClosed: boolean;
}

/** All shards that still have records, open or closed. */
export async function listShards(
  client: KinesisClient,
  stream: string,
  signal: AbortSignal,
): Promise<ShardInfo[]> {
  const shards: Shard[] = [];
  let next: string | undefined;
  do {
    const page = await client.send(
      new ListShardsCommand(next === undefined ? { StreamName: stream } : { NextToken: next }),
      { abortSignal: signal },
    );
    shards.push(...(page.Shards ?? []));
    next = page.NextToken;
  } while (next !== undefined);
  return shards
    .map((shard) => ({
      id: shard.ShardId ?? '',
      parents: [shard.ParentShardId, shard.AdjacentParentShardId].filter((id) => id !== undefined),
      isClosed: shard.SequenceNumberRange?.EndingSequenceNumber !== undefined,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

export async function iteratorAt(
  client: KinesisClient,
  stream: string,
  shard: string,
  place: ShardPlace,
  signal: AbortSignal,
): Promise<string | null> {
  const common = { StreamName: stream, ShardId: shard } as const;
  const command =
    place.kind === 'after'
      ? new GetShardIteratorCommand({
          ...common,
          // Of a packed record, the rest is still to come: it is read again.
          ShardIteratorType: place.given === undefined ? 'AFTER_SEQUENCE_NUMBER' : 'AT_SEQUENCE_NUMBER',
          StartingSequenceNumber: place.sequence,
        })
      : place.kind === 'time'
        ? new GetShardIteratorCommand({
            ...common,
            ShardIteratorType: 'AT_TIMESTAMP',
            Timestamp: new Date(place.at),
          })
        : new GetShardIteratorCommand({ ...common, ShardIteratorType: 'TRIM_HORIZON' });
  const { ShardIterator } = await client.send(command, { abortSignal: signal });
  return ShardIterator ?? null;
}

/** At most 10,000 records or 10 MB, as the service has it; fewer, to keep the memory small. */
const RECORDS_MAX = 2000;

export const recordsAt = (
  client: KinesisClient,
  iterator: string,
  signal: AbortSignal,
): Promise<GetRecordsCommandOutput> =>
  client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: RECORDS_MAX }), {
    abortSignal: signal,
  });
