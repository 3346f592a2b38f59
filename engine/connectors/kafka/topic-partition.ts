/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export const partitionName = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`;

/** As requests have them: a list of topics, each with what is asked of its partitions. */
export const byTopic = <P extends TopicPartition, Q>(
  partitions: readonly P[],
  ask: (partition: P) => Q,
): { topic: string; partitions: Q[] }[] =>
  [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, own]) => ({
    topic,
    partitions: own.map(ask),
  }));
