import { randomUUID } from 'node:crypto';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { z } from 'zod';
import { type Batch, position } from '../../batch/batch.ts';
import { connectionOf } from '../../connections/resolve.ts';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import { jsonRows } from '../../formats/row-text.ts';
import { bytesOf, plainText, type ValueText, valueText } from '../../formats/sink-value/encode.ts';
import type { JsonData, Sink, SinkContext, SinkRuntime } from '../../runtime/contracts.ts';
import { random } from '../../runtime/random.ts';
import { type KinesisPlace, kinesisError } from '../kinesis/errors.ts';
import { type CallParts, callEnd, type OutRecord, put, RECORD_BYTES, sizeOf } from './calls.ts';
import type { KinesisSinkConfig } from './spec.ts';

/** What a checkpoint keeps: which ids come next. */
const zPrepared = z.strictObject({ token: z.string(), rows: z.int().min(0) });

/** How long a run that stops waits for the service, ms. */
const STOP_MS = 800;

class KinesisSink implements Sink {
  committed = 0;
  readonly #context: SinkContext<KinesisSinkConfig>;
  readonly #value: (batch: Batch, row: number, id: string) => Buffer;
  readonly #key: ValueText | null;
  readonly #hash: ValueText | null;
  readonly #stop = new AbortController();
  readonly #random: () => number;
  #place: KinesisPlace;
  #client: KinesisClient | null = null;
  #token = randomUUID().slice(0, 8);
  #rows = 0;
  #isTroubled = false;
  /** What is on its way; the next batch is encoded meanwhile. */
  #sending: Promise<void> = Promise.resolve();

  constructor(context: SinkContext<KinesisSinkConfig>) {
    this.#context = context;
    const { config, input, nodeId, seed, signal } = context;
    const { fields } = input;
    const indexOf = (name: string): number => fields.findIndex((f) => f.name === name);
    this.#key = config.partitionKey === undefined ? null : plainText(fields, indexOf(config.partitionKey));
    this.#hash = config.explicitHash === undefined ? null : plainText(fields, indexOf(config.explicitHash));
    this.#place = { nodeId, where: config.connection, stream: config.stream };
    this.#random = random(seed).next;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    const { eventId } = config;
    if (eventId === undefined) {
      const text = valueText(config.format, fields);
      this.#value = (batch, row) => bytesOf(text(batch, row)) ?? Buffer.alloc(0);
    } else {
      const object = jsonRows(fields);
      const name = JSON.stringify(eventId);
      this.#value = (batch, row, id) => Buffer.from(object(batch, row, `${name}:"${id}",`), 'utf8');
    }
  }

  open(): Promise<void> {
    return this.#guard(async () => {
      const { config } = this.#context;
      const connection = await connectionOf('kinesis', this.#context);
      const library = await import('../kinesis/library.ts');
      this.#place = { ...this.#place, where: library.whereOf(connection) };
      this.#client = library.kinesisOf(connection);
      // Says now whether the stream is there and may be used.
      await library.listShards(this.#client, config.stream, this.#stop.signal);
    });
  }

  async write(batch: Batch): Promise<void> {
    const records = this.#records(batch);
    await this.#sending;
    this.#sending = this.#guard(() => this.#send(records, batch.count));
    // Its failure is told by the next call.
    this.#sending.catch(() => {});
  }

  #records(batch: Batch): OutRecord[] {
    return Array.from({ length: batch.count }, (_, k) => {
      const row = position(batch, k);
      const number = this.#rows++;
      const record: OutRecord = {
        data: this.#value(batch, row, `${this.#token}-${number}`),
        // A row without a key goes anywhere; the service wants one.
        key: textOf(this.#key?.(batch, row)) ?? String(Math.floor(this.#random() * 2 ** 31)),
        hash: textOf(this.#hash?.(batch, row)),
      };
      if (sizeOf(record) > RECORD_BYTES) throw this.#tooLarge(record);
      return record;
    });
  }

  async #send(records: readonly OutRecord[], rows: number): Promise<void> {
    const oneOfEach = this.#context.config.order === 'per-key';
    const parts: CallParts = {
      client: this.#client as KinesisClient,
      stream: this.#context.config.stream,
      clock: this.#context.clock,
      signal: this.#stop.signal,
      random: this.#random,
      trouble: (text) => {
        if (!this.#isTroubled) this.#context.log('warning', text);
        this.#isTroubled = true;
      },
    };
    for (let from = 0; from < records.length; ) {
      const until = callEnd(records, from, oneOfEach);
      await put(records.slice(from, until), parts);
      from = until;
    }
    this.#isTroubled = false;
    this.committed += rows;
  }

  #tooLarge(record: OutRecord): WeirError {
    return new WeirError(
      problem('C-LIMIT', {
        path: ['nodes', this.#context.nodeId],
        message: 'A record is larger than a stream takes.',
        value: showValue(`${sizeOf(record)} bytes with its key`),
        expected: `at most ${RECORD_BYTES} bytes`,
        next: 'Write less into a record.',
      }),
    );
  }

  async prepare(): Promise<JsonData> {
    await this.#sending;
    return { token: this.#token, rows: this.#rows };
  }

  async commit(): Promise<void> {}

  async recover(prepared: JsonData | null): Promise<void> {
    const read = zPrepared.safeParse(prepared);
    if (!read.success) return;
    this.#token = read.data.token;
    this.#rows = read.data.rows;
    this.committed = read.data.rows;
  }

  async finish(): Promise<void> {
    await this.#sending;
  }

  /** What is on its way may still arrive; a service that is gone is not waited for. */
  readonly #onAbort = (): void => {
    const timer = setTimeout(() => this.#stop.abort(), STOP_MS);
    timer.unref();
  };

  async close(): Promise<void> {
    this.#context.signal.removeEventListener('abort', this.#onAbort);
    this.#stop.abort();
    await this.#sending.catch(() => {});
    this.#client?.destroy();
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw kinesisError(error, this.#place);
    }
  }
}

const textOf = (text: string | Buffer | null | undefined): string | null =>
  text === null || text === undefined || text.length === 0 ? null : text.toString();

export const kinesisSink: SinkRuntime<KinesisSinkConfig> = { create: (context) => new KinesisSink(context) };
