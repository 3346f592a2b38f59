/** What a checkpoint keeps of a sink: what it prepared, and the rows in front of it that an unaligned barrier overtook. */
import type { Batch } from '../../batch/batch.ts';
import type { JsonData } from '../contracts.ts';
import { BatchPacker, BatchUnpacker, type PackedBatch } from '../parallel/codec.ts';

export interface SinkData {
  /** Null for sinks that take no part. */
  readonly prepared: JsonData;
  readonly overtaken: readonly PackedBatch[];
}

export function sinkData(prepared: JsonData, overtaken: readonly Batch[]): SinkData {
  const packer = new BatchPacker();
  return { prepared, overtaken: overtaken.map((batch) => packer.pack(batch)) };
}

export function overtakenIn({ overtaken }: SinkData): Batch[] {
  const unpacker = new BatchUnpacker();
  return overtaken.map((batch) => unpacker.unpack(batch));
}
