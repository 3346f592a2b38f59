/** What a checkpoint keeps of a Kafka sink that writes exactly once. */
import { z } from 'zod';
import type { JsonData } from '../../runtime/contracts.ts';
import { keptOfSink } from '../../runtime/kept-of-sink.ts';

const zTransaction = z.strictObject({
  /** Which of the sink's transactional ids it has. */
  producer: z.int().min(0),
  seq: z.int().min(1),
  rows: z.int().min(0),
  file: z.string().regex(/^[0-9a-f]{8}-\d+\.records$/),
  bytes: z.int().min(0),
  crc: z.int().min(0),
});
export type PreparedTransaction = z.output<typeof zTransaction>;

const zPrepared = z.strictObject({
  /** What its transactional ids begin with. */
  base: z.string().min(1),
  /** Of the first start: tells its markers from those of others that had the same ids. */
  token: z.string().regex(/^[0-9a-f]{8}$/),
  topic: z.string(),
  /** How many transactional ids were in use. */
  producers: z.int().min(0),
  /** Of the next transaction. */
  seq: z.int().min(1),
  /** Rows that were visible. */
  committed: z.int().min(0),
  /** Those that become visible with this checkpoint, in their order. */
  transactions: z.array(zTransaction),
});
export type Prepared = z.output<typeof zPrepared>;

/** @throws WeirError R-NODE where it is something else */
export const readPrepared = (data: JsonData, nodeId: string): Prepared =>
  keptOfSink(data, zPrepared, {
    nodeId,
    sink: 'Kafka sink',
    expected: 'the transactions that were prepared',
  });
