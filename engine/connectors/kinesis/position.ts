/** Where a Kinesis source is, as checkpoints keep it, by shard. */
import { z } from 'zod';
import type { SourcePosition } from '../../runtime/contracts.ts';

const zPlace = z.discriminatedUnion('kind', [
  /** Nothing of it was given: from its oldest record. */
  z.strictObject({ kind: z.literal('oldest') }),
  /** Nothing of it was given: from this time (ms). */
  z.strictObject({ kind: z.literal('time'), at: z.number() }),
  /** The last that was given; of a packed record, its first `given` parts. */
  z.strictObject({ kind: z.literal('after'), sequence: z.string(), given: z.int().min(1).optional() }),
  /** All of it was given, and no record will come. */
  z.strictObject({ kind: z.literal('done') }),
]);
export type ShardPlace = z.output<typeof zPlace>;

export const placesIn = (position: SourcePosition | null): Map<string, ShardPlace> =>
  new Map(Object.entries(position ?? {}).map(([shard, place]) => [shard, zPlace.parse(place)]));
