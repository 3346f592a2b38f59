/** Which topics and partitions a source reads, and where a new partition begins. */
import type { Cluster } from './client.ts';
import type { Isolation } from './isolation.ts';
import { isPattern, matchesTopic } from './plan.ts';
import { patiently } from './retry.ts';
import { byTopic, partitionName, type TopicPartition } from './topic-partition.ts';

/**
 * All partitions that the patterns mean now, in the order of topic and number.
 * @throws what kafkajs throws, UNKNOWN_TOPIC_OR_PARTITION for a name without `*` that no topic has
 */
export async function partitionsOf(cluster: Cluster, patterns: readonly string[]): Promise<TopicPartition[]> {
  const names = patterns.filter((p) => !isPattern(p));
  const globs = patterns.filter(isPattern);
  const broker = await cluster.brokerPool.findConnectedBroker();
  // With no names the broker tells of every topic.
  const { topicMetadata } = await broker.metadata(globs.length > 0 ? [] : names);
  const wanted = topicMetadata.filter(
    ({ topic, isInternal }) =>
      names.includes(topic) || (isInternal !== true && globs.some((glob) => matchesTopic(glob, topic))),
  );
  const lost = names.find((name) => !wanted.some(({ topic }) => topic === name));
  if (lost !== undefined)
    throw Object.assign(new Error('This server does not host this topic-partition'), {
      type: 'UNKNOWN_TOPIC_OR_PARTITION',
    });
  return wanted
    .flatMap(({ topic, partitionMetadata }) =>
      partitionMetadata.map(({ partitionId }) => ({ topic, partition: partitionId })),
    )
    .sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
}

/** By partition, the node id of its leader; partitions without one are left out. */
export async function leadersOf(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
): Promise<Map<string, number>> {
  const broker = await cluster.brokerPool.findConnectedBroker();
  const topics = [...new Set(partitions.map(({ topic }) => topic))];
  const leaders = new Map<string, number>();
  if (topics.length === 0) return leaders;
  const { topicMetadata } = await broker.metadata(topics);
  for (const { topic, partitionMetadata } of topicMetadata)
    for (const { partitionId, leader } of partitionMetadata)
      if (leader >= 0) leaders.set(partitionName({ topic, partition: partitionId }), leader);
  return leaders;
}

export const EARLIEST = -2;
export const LATEST = -1;

/**
 * @param timestamp ms since the epoch: the first record with at least that time; or `EARLIEST`, `LATEST`
 * @returns by partition; −1 where no record is that late
 */
export async function offsetsAt(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  timestamp: number,
  isolationLevel: Isolation,
): Promise<Map<string, number>> {
  return offsetsOf(cluster, partitions, await leadersOf(cluster, partitions), timestamp, isolationLevel);
}

export interface PartitionRange {
  readonly first: number;
  /** Of the record that comes next. */
  readonly last: number;
  /** Node id of the broker that leads it. */
  readonly leader: number;
}

/** By partition, what can be read of it; partitions without a leader are left out. */
export async function rangesOf(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  isolationLevel: Isolation,
): Promise<Map<string, PartitionRange>> {
  const leaders = await leadersOf(cluster, partitions);
  const led = partitions.filter((p) => leaders.has(partitionName(p)));
  const [first, last] = [
    await offsetsOf(cluster, led, leaders, EARLIEST, isolationLevel),
    await offsetsOf(cluster, led, leaders, LATEST, isolationLevel),
  ];
  return new Map(
    [...first].map(([name, offset]) => [
      name,
      { first: offset, last: last.get(name) ?? offset, leader: leaders.get(name) ?? -1 },
    ]),
  );
}

async function offsetsOf(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  leaders: ReadonlyMap<string, number>,
  timestamp: number,
  isolationLevel: Isolation,
): Promise<Map<string, number>> {
  const offsets = new Map<string, number>();
  for (const [nodeId, own] of Map.groupBy(partitions, (p) => leaders.get(partitionName(p)) ?? -1)) {
    const broker = await cluster.findBroker({ nodeId });
    const topics = byTopic(own, ({ partition }) => ({ partition, timestamp }));
    const { responses } = await broker.listOffsets({ isolationLevel, topics });
    for (const { topic, partitions: answered } of responses)
      for (const { partition, offset } of answered)
        offsets.set(partitionName({ topic, partition }), Number(offset));
  }
  return offsets;
}

/** What a consumer group has committed; partitions without an offset are left out. */
export async function committedOffsets(
  cluster: Cluster,
  groupId: string,
  partitions: readonly TopicPartition[],
): Promise<Map<string, number>> {
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  const topics = byTopic(partitions, ({ partition }) => ({ partition }));
  const { responses } = await patiently(() => coordinator.offsetFetch({ groupId, topics }));
  const offsets = new Map<string, number>();
  for (const { topic, partitions: answered } of responses)
    for (const { partition, offset } of answered)
      if (Number(offset) >= 0) offsets.set(partitionName({ topic, partition }), Number(offset));
  return offsets;
}

const NO_MEMBER = { groupGenerationId: -1, memberId: '' } as const;

/** As a reader that is no member of the group: for others to see where this run is. */
export async function commitOffsets(
  cluster: Cluster,
  groupId: string,
  offsets: readonly (TopicPartition & { readonly offset: number })[],
): Promise<void> {
  if (offsets.length === 0) return;
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  const topics = byTopic(offsets, ({ partition, offset }) => ({ partition, offset: String(offset) }));
  await coordinator.offsetCommit({ groupId, ...NO_MEMBER, topics });
}
