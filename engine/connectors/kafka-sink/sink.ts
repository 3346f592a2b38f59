import type { Kafka } from 'kafkajs';
import type { Batch } from '../../batch/batch.ts';
import { connectionOf, connectionPath } from '../../connections/resolve.ts';
import type { KafkaConnection } from '../../contract/connections.ts';
import { schemaToRegister } from '../../formats/sink-value/encode.ts';
import type { JsonData, Sink, SinkContext, SinkRuntime } from '../../runtime/contracts.ts';
import { type KafkaPlace, kafkaError } from '../kafka/errors.ts';
import type { ExactlyOnce } from './exactly-once.ts';
import { type OutRecord, RecordEncoder } from './messages.ts';
import type { PlainProducer } from './producers.ts';
import type { KafkaSinkConfig } from './spec.ts';

/** Records that a poll of the brokers takes at once. */
const SEND_ROWS = 2000;
/** How long `close` waits for the brokers, ms. */
const CLOSE_MS = 1000;

class KafkaSink implements Sink {
  readonly #context: SinkContext<KafkaSinkConfig>;
  /** Null until it is open: values may need the id of their schema. */
  #encoder: RecordEncoder | null = null;
  #place: KafkaPlace;
  #kafka: Kafka | null = null;
  #exactly: ExactlyOnce | null = null;
  #plain: PlainProducer | null = null;
  #shown = 0;
  /** Of a topic whose records have no key: which partition is next. */
  #partitions = 0;
  #turn = 0;
  /** What is on its way to the brokers; the next batch is encoded meanwhile. */
  #sending: Promise<void> = Promise.resolve();

  constructor(context: SinkContext<KafkaSinkConfig>) {
    this.#context = context;
    this.#place = { nodeId: context.nodeId, brokers: [], topics: context.config.topic };
  }

  get committed(): number {
    return this.#exactly?.committed ?? this.#shown;
  }

  open(): Promise<void> {
    return this.#guard(async () => {
      const { config, checkpointed = false, stateDir } = this.#context;
      const connection = await connectionOf('kafka', this.#context);
      this.#place = { ...this.#place, brokers: connection.brokers };
      const { input } = this.#context;
      this.#encoder = new RecordEncoder(config, input, await this.#schemaId(connection));
      const library = await import('./producers.ts');
      this.#kafka = await library.producersOf(connection);
      this.#partitions = await library.partitionCount(this.#kafka, config.topic);
      if (checkpointed && stateDir !== undefined && config.delivery === 'exactly-once') {
        const { ExactlyOnce: Exactly } = await import('./exactly-once.ts');
        this.#exactly = new Exactly(this.#context, library, this.#kafka);
        await this.#exactly.open();
        return;
      }
      const { topic, compression } = config;
      this.#plain = new library.PlainProducer(this.#kafka, { topic, compression });
      await this.#plain.connect();
    });
  }

  async #schemaId(connection: KafkaConnection): Promise<number> {
    const { config, input, nodeId, signal } = this.#context;
    const own = schemaToRegister(config.format, input.fields, config.topic.replace(/\W/g, '_'));
    if (own === null) return 0;
    const { SchemaRegistry } = await import('../kafka/registry.ts');
    const registry = SchemaRegistry.of(connection, connectionPath(nodeId), signal);
    return registry.reached(() => registry.register(`${config.topic}-value`, own));
  }

  async write(batch: Batch): Promise<void> {
    const records = this.#placed((this.#encoder as RecordEncoder).records(batch));
    await this.#sending;
    this.#sending = this.#guard(() => this.#send(records, batch.count));
    // Its failure is told by the next call.
    this.#sending.catch(() => {});
  }

  async #send(records: readonly OutRecord[], rows: number): Promise<void> {
    if (this.#exactly !== null) {
      await this.#exactly.write(records, rows);
      return;
    }
    for (let from = 0; from < records.length; from += SEND_ROWS)
      await this.#plain?.send(records.slice(from, from + SEND_ROWS));
    this.#shown += rows;
  }

  /** kafkajs would place a record without a key anew at every try. */
  #placed(records: OutRecord[]): readonly OutRecord[] {
    if (this.#partitions === 0 || records.every(({ key, partition }) => key !== null || partition !== null))
      return records;
    const partition = this.#turn++ % this.#partitions;
    return records.map((record) =>
      record.key !== null || record.partition !== null ? record : { ...record, partition },
    );
  }

  async prepare(): Promise<JsonData> {
    await this.#sending;
    return this.#guard(async () => (await this.#exactly?.prepare()) ?? null);
  }

  commit(prepared: JsonData): Promise<void> {
    return this.#guard(async () => {
      if (prepared !== null) await this.#exactly?.commit(prepared);
    });
  }

  recover(prepared: JsonData | null): Promise<void> {
    return this.#guard(async () => this.#exactly?.recover(prepared));
  }

  async finish(): Promise<void> {
    await this.#sending;
    await this.#guard(async () => this.#exactly?.finish());
  }

  async close(): Promise<void> {
    // Brokers that are gone must not keep a run from ending.
    const patience = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref());
    const closed = Promise.all([this.#exactly?.close(), this.#plain?.disconnect()]).then(
      () => {},
      () => {},
    );
    await Promise.race([closed, patience]);
  }

  /** Errors of kafkajs as problems. */
  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw kafkaError(error, this.#place);
    }
  }
}

export const kafkaSink: SinkRuntime<KafkaSinkConfig> = { create: (context) => new KafkaSink(context) };
