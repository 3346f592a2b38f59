/** The ends of a measured pipeline: batches that are already in memory, and a sink that counts what stands. */
import { z } from 'zod';
import type { Batch } from '../../engine/batch/batch.ts';
import { adds } from '../../engine/batch/changes.ts';
import { type Encoder, encoderOf } from '../../engine/connectors/file-sink/encode.ts';
import { zTime } from '../../engine/contract/settings.ts';
import { ANY_IN, defineNode, MAIN_OUT } from '../../engine/contract/spec.ts';
import { appendOnly, type EdgeSchema } from '../../engine/contract/types.ts';
import type { Sink, Source } from '../../engine/runtime/contracts.ts';
import { BATCH_ROWS, FIELDS } from './corpus.ts';
import type { Meter } from './meter.ts';

const about = { summary: '', description: '', icon: '', stateful: false, targets: [], examples: [] };

export const memorySpec = defineNode({
  ...about,
  type: 'memory',
  kind: 'source',
  label: 'Memory',
  config: z.strictObject({ time: zTime }),
  inputs: [],
  outputs: [MAIN_OUT],
  summarize: () => '',
  schemas: ({ config }) => ({ out: appendOnly(FIELDS, config.time !== undefined) }),
});

export const tallySpec = defineNode({
  ...about,
  type: 'tally',
  kind: 'sink',
  label: 'Tally',
  config: z.strictObject({ fields: z.array(z.string()), encode: z.boolean().optional() }),
  inputs: [ANY_IN],
  outputs: [],
  summarize: () => '',
  schemas: () => ({}),
});

export class MemorySource implements Source {
  readonly partitions = ['0'];
  readonly #batches: readonly Batch[];
  readonly #meter: Meter;
  #next = 0;

  constructor(batches: readonly Batch[], meter: Meter) {
    this.#batches = batches;
    this.#meter = meter;
  }
  async open(): Promise<void> {}
  poll() {
    const batch = this.#batches[this.#next];
    if (batch === undefined) return null;
    this.#meter.batch(this.#next++);
    return { batch, partitions: null, deadLetters: [] };
  }
  get ended(): boolean {
    return this.#next >= this.#batches.length;
  }
  async whenReady(): Promise<void> {}
  position() {
    return {};
  }
  lag() {
    return { records: (this.#batches.length - this.#next) * BATCH_ROWS, ms: 0 };
  }
  async close(): Promise<void> {}
}

export class TallySink implements Sink {
  committed = 0;
  /** What stands: inserts less deletes. */
  rows = 0;
  sum = 0;
  /** Of NDJSON, where it is asked for. */
  bytes = 0;
  readonly #columns: readonly number[];
  readonly #encoder: Encoder | null;

  constructor(input: EdgeSchema, fields: readonly string[], encode: boolean) {
    this.#columns = fields.map((name) => input.fields.findIndex((f) => f.name === name));
    this.#encoder = encode ? encoderOf(input, 'ndjson', 'op') : null;
  }
  async open(): Promise<void> {}
  write(batch: Batch): void {
    const { count, selection, changes } = batch;
    this.committed += count;
    if (this.#encoder !== null) this.bytes += Buffer.from(this.#encoder.rows(batch, 0, count)).length;
    if (changes !== null) this.#signed(batch, changes);
    else {
      this.rows += count;
      for (const index of this.#columns) {
        const { values } = batch.columns[index] as { values: Float64Array };
        let { sum } = this;
        if (selection === null) for (let k = 0; k < count; k++) sum += values[k] as number;
        else for (let k = 0; k < count; k++) sum += values[selection[k] as number] as number;
        this.sum = sum;
      }
    }
  }
  #signed({ count, selection, columns }: Batch, changes: Uint8Array): void {
    for (const index of this.#columns) {
      const { values } = columns[index] as { values: Float64Array };
      let { sum } = this;
      for (let k = 0; k < count; k++) {
        const row = selection === null ? k : (selection[k] as number);
        sum += adds(changes[row] as number) ? (values[row] as number) : -(values[row] as number);
      }
      this.sum = sum;
    }
    for (let k = 0; k < count; k++)
      this.rows += adds(changes[selection === null ? k : (selection[k] as number)] as number) ? 1 : -1;
  }
  finish(): void {}
  close(): void {}
}
