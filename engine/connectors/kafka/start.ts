/** Where partitions begin that no checkpoint knows. */
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import type { Cluster } from './client.ts';
import type { Isolation } from './isolation.ts';
import type { KafkaConfig } from './spec.ts';
import { partitionName, type TopicPartition } from './topic-partition.ts';
import { committedOffsets, EARLIEST, LATEST, offsetsAt } from './topics.ts';

export interface StartOptions {
  readonly group: string | undefined;
  readonly isolation: Isolation;
  readonly nodeId: string;
}

/** @returns by name of the partition, the first offset to read */
export async function startOffsets(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  start: KafkaConfig['start'],
  { group = '', isolation, nodeId }: StartOptions,
): Promise<Map<string, number>> {
  if (partitions.length === 0) return new Map();
  const at = (time: number) => offsetsAt(cluster, partitions, time, isolation);
  switch (start.kind) {
    case 'earliest':
      return at(EARLIEST);
    case 'latest':
      return at(LATEST);
    case 'timestamp': {
      const [found, latest] = [await at(Date.parse(start.at)), await at(LATEST)];
      // Nothing is that late yet: what comes is.
      return new Map([...latest].map(([name, end]) => [name, either(found.get(name), end)]));
    }
    case 'offsets': {
      const [said, first] = [readOffsets(start.offsets), await at(EARLIEST)];
      for (const name of said.keys())
        if (!first.has(name)) throw unknownPartition(name, [...first.keys()], nodeId);
      return new Map([...first].map(([name, offset]) => [name, said.get(name) ?? offset]));
    }
    case 'committed': {
      const found = await committedOffsets(cluster, group, partitions);
      const lacking = partitions.map(partitionName).filter((name) => !found.has(name));
      if (lacking.length === 0) return found;
      if (start.otherwise === 'fail') throw nothingCommitted(group, lacking, nodeId);
      const rest = await at(start.otherwise === 'latest' ? LATEST : EARLIEST);
      return new Map([...rest, ...found]);
    }
  }
}

const either = (found: number | undefined, end: number): number =>
  found === undefined || found < 0 ? end : found;

/** `orders-0:1200, orders-1:900`, as the spec's pattern has it. */
function readOffsets(text: string): Map<string, number> {
  const parts = text.split(',').map((part) => part.trim());
  return new Map(
    parts
      .filter((part) => part !== '')
      .map((part) => {
        const colon = part.lastIndexOf(':');
        return [part.slice(0, colon), Number(part.slice(colon + 1))];
      }),
  );
}

const unknownPartition = (name: string, known: readonly string[], nodeId: string): WeirError =>
  new WeirError(
    problem('S-VALUE', {
      path: ['nodes', nodeId, 'config', 'start', 'offsets'],
      message: `There is no partition ${showValue(name)} here.`,
      value: showValue(name),
      expected: `topic-number, one of ${known.slice(0, 8).join(', ')}`,
      next: 'Correct the offsets.',
    }),
  );

const nothingCommitted = (group: string, lacking: readonly string[], nodeId: string): WeirError =>
  new WeirError(
    problem('C-MISSING', {
      path: ['nodes', nodeId, 'config', 'start'],
      message: `The group ${showValue(group)} has committed no offset of ${lacking.slice(0, 8).join(', ')}.`,
      value: showValue(group),
      expected: 'a group with offsets for every partition',
      next: 'Check its name, or say where to begin in that case.',
    }),
  );
