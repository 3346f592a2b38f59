import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { ColumnBuilder } from '../../batch/builder.ts';
import { RowBatches } from '../../batch/row-batches.ts';
import { resolveConnection } from '../../connections/resolve.ts';
import { toFields } from '../../contract/settings.ts';
import type { Value } from '../../contract/values.ts';
import type { BadRecord, RowReceiver } from '../../formats/codec.ts';
import { deadLetterOf } from '../../formats/dead-letter.ts';
import { type DecodeValue, EMPTY_VALUE, valueDecoder } from '../../formats/value/decode.ts';
import { valueSchema } from '../../formats/value/spec.ts';
import type {
  DeadLetter,
  Source,
  SourceContext,
  SourceLag,
  SourceOutput,
  SourcePosition,
  SourceRuntime,
} from '../../runtime/contracts.ts';
import { random } from '../../runtime/random.ts';
import { type KinesisPlace, kinesisError } from './errors.ts';
import { kinesisSchema } from './plan.ts';
import { placesIn, type ShardPlace } from './position.ts';
import type { Chunk, ReadShard, ShardRecord, Shards } from './shards.ts';
import type { KinesisConfig } from './spec.ts';
import type { ShardInfo } from './stream.ts';

class KinesisSource implements Source, RowReceiver {
  readonly partitions: string[] = [];
  readonly #context: SourceContext<KinesisConfig>;
  readonly #valueFields: number;
  readonly #decode: DecodeValue;
  readonly #rows: RowBatches;
  readonly #stop = new AbortController();
  #client: KinesisClient | null = null;
  #shards: Shards | null = null;
  #place: KinesisPlace;
  /** By partition, after what was given. */
  readonly #given: ShardPlace[] = [];
  #ended: number[] = [];
  /** Shards that have caught up, where that is the end. */
  readonly #caughtUp = new Set<number>();
  readonly #chunks: Chunk[] = [];
  #at = 0;
  /** Of the record that is decoded. */
  #wasRow = false;
  #bad: BadRecord | null = null;
  #failure: unknown = null;
  #wake = Promise.withResolvers<void>();

  constructor(context: SourceContext<KinesisConfig>) {
    this.#context = context;
    const { config, nodeId } = context;
    const value = valueSchema(config.format, config.schema) ?? [];
    this.#valueFields = value.length;
    this.#decode = valueDecoder(config.format, value);
    this.#rows = new RowBatches(toFields(kinesisSchema({ ...config, arrival: undefined }) ?? []));
    this.#place = { nodeId, where: config.connection, stream: config.stream };
  }

  async open(restored: SourcePosition | null): Promise<void> {
    const { config, nodeId, signal, clock, seed, log } = this.#context;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    const { next } = random(seed);
    try {
      const connection = await resolveConnection('kinesis', config.connection, [
        'nodes',
        nodeId,
        'config',
        'connection',
      ]);
      const library = await import('./library.ts');
      this.#place = { ...this.#place, where: library.whereOf(connection) };
      this.#client = library.kinesisOf(connection);
      this.#shards = new library.Shards(this.#client, config.stream, clock, this.#stop.signal, {
        chunk: (chunk) => this.#take(chunk),
        found: (shards) => this.#found(shards, new Map(), { kind: 'oldest' }),
        fail: (error) => this.#fail(error),
        trouble: (error) =>
          log('warning', `${kinesisError(error, this.#place).message} It is tried again until it answers.`),
        mended: () => log('info', 'Kinesis answers again.'),
        random: next,
      });
      const shards = await library.listShards(this.#client, config.stream, this.#stop.signal);
      this.#begin(shards, restored);
    } catch (error) {
      throw kinesisError(error, this.#place);
    }
    this.#shards.start();
  }

  #begin(shards: readonly ShardInfo[], restored: SourcePosition | null): void {
    const { start } = this.#context.config;
    const places = placesIn(restored);
    if (restored !== null) {
      this.#found(shards, places, { kind: 'oldest' });
      for (const id of places.keys())
        if (!shards.some((shard) => shard.id === id))
          this.#context.log('info', `The shard ${id} of the checkpoint is gone: its records have expired.`);
      return;
    }
    // A time in place of "latest": a run that goes on before any record came must not begin at another "latest".
    const at = start.kind === 'timestamp' ? Date.parse(start.at) : this.#context.clock.now();
    const first: ShardPlace = start.kind === 'trim-horizon' ? { kind: 'oldest' } : { kind: 'time', at };
    const known = new Map<string, ShardPlace>();
    // What closed before the run began has nothing that is newer.
    if (start.kind === 'latest')
      for (const { id, isClosed } of shards) if (isClosed) known.set(id, { kind: 'done' });
    this.#found(shards, known, first);
  }

  #found(shards: readonly ShardInfo[], places: ReadonlyMap<string, ShardPlace>, otherwise: ShardPlace): void {
    for (const { id, parents } of shards) {
      const place = places.get(id) ?? otherwise;
      const index = this.partitions.push(id) - 1;
      this.#given.push(place);
      const isDone = place.kind === 'done';
      if (isDone) this.#ended.push(index);
      this.#shards?.all.push({
        id,
        parents,
        index,
        place,
        iterator: null,
        dueAt: 0,
        isBusy: false,
        isRead: isDone,
        isDone,
        waiting: 0,
        failures: 0,
        behindMs: Number.NaN,
      });
    }
    this.#stir();
  }

  #take(chunk: Chunk): void {
    this.#chunks.push(chunk);
    this.#stir();
  }

  #fail(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    this.#failure ??= kinesisError(error, this.#place);
    this.#stir();
  }

  #stir(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }

  readonly #onAbort = (): void => {
    this.#stop.abort();
    this.#stir();
  };

  get ended(): boolean {
    if (this.#stop.signal.aborted) return true;
    if (this.#context.config.end === 'never' || this.#shards === null || this.#chunks.length > 0)
      return false;
    return this.#shards.all.every(({ index, isDone }) => isDone || this.#caughtUp.has(index));
  }

  poll(maxRows: number): SourceOutput | null {
    if (this.#chunks.length === 0) return null;
    const { columns } = this.#rows;
    const letters: DeadLetter[] = [];
    const partitions = new Int32Array(maxRows);
    let rows = 0;
    while (rows + letters.length < maxRows) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) break;
      const record = chunk.records[this.#at];
      if (record === undefined) {
        this.#finishChunk(chunk);
        continue;
      }
      this.#at++;
      const bad = this.#add(columns, record, chunk.shard.id);
      if (bad === null) partitions[rows++] = chunk.shard.index;
      else
        letters.push(deadLetterOf(bad, `${chunk.shard.id}, sequence number ${record.sequence}`, record.data));
      const { sequence, part, isLastPart } = record;
      this.#given[chunk.shard.index] =
        part === null || isLastPart
          ? { kind: 'after', sequence }
          : { kind: 'after', sequence, given: part + 1 };
    }
    if (rows === 0 && letters.length === 0) return null;
    return {
      batch: rows === 0 ? null : this.#rows.take(rows, this.#context.clock.now()),
      partitions: this.partitions.length === 1 ? null : partitions.subarray(0, rows),
      deadLetters: letters,
    };
  }

  /** Adds a record's row to the columns; what is wrong with it, or null. */
  #add(columns: readonly ColumnBuilder[], record: ShardRecord, shard: string): BadRecord | null {
    this.#wasRow = false;
    this.#bad = null;
    this.#decode(record.data, 0, record.data.length, this);
    if (!this.#wasRow) return this.#bad ?? EMPTY_VALUE;
    const { metadata } = this.#context.config;
    for (let m = 0; m < metadata.length; m++) {
      const column = columns[this.#valueFields + m] as ColumnBuilder;
      switch (metadata[m]?.what) {
        case 'partition-key':
          column.pushString(record.partitionKey);
          break;
        case 'sequence-number':
          column.pushString(record.sequence);
          break;
        case 'shard':
          column.pushString(shard);
          break;
        default:
          column.pushNumber(record.arrivedAt);
      }
    }
    return null;
  }

  row(values: readonly Value[]): void {
    const { columns } = this.#rows;
    for (let c = 0; c < this.#valueFields; c++) (columns[c] as ColumnBuilder).push(values[c] ?? null);
    this.#wasRow = true;
  }

  bad(record: BadRecord): void {
    this.#bad = record;
  }

  #finishChunk(chunk: Chunk): void {
    const { shard, isLast } = chunk;
    this.#chunks.shift();
    this.#at = 0;
    if (isLast) {
      this.#given[shard.index] = { kind: 'done' };
      this.#ended.push(shard.index);
    } else if (shard.behindMs === 0) this.#caughtUp.add(shard.index);
    this.#shards?.done(chunk);
    this.#stir();
  }

  endedPartitions(): readonly number[] {
    return this.#ended.splice(0);
  }

  async whenReady(): Promise<void> {
    while (this.#chunks.length === 0 && !this.ended && this.#failure === null) await this.#wake.promise;
    if (this.#chunks.length === 0 && this.#failure !== null) throw this.#failure;
  }

  position(): SourcePosition {
    return Object.fromEntries(this.partitions.map((shard, p) => [shard, this.#given[p]]));
  }

  /** The service says a time, and no count. */
  lag(): SourceLag {
    const known = (this.#shards?.all ?? []).filter((s) => !s.isDone && !Number.isNaN(s.behindMs));
    const ms = known.length === 0 ? Number.NaN : Math.max(...known.map(({ behindMs }) => behindMs));
    return { records: Number.NaN, ms };
  }

  partitionLag(index: number): SourceLag {
    const shard = this.#shards?.all[index] as ReadShard | undefined;
    return { records: Number.NaN, ms: shard?.isDone === true ? 0 : (shard?.behindMs ?? Number.NaN) };
  }

  async close(): Promise<void> {
    this.#context.signal.removeEventListener('abort', this.#onAbort);
    this.#onAbort();
    await this.#shards?.stopped();
    this.#client?.destroy();
  }
}

export const kinesisSource: SourceRuntime<KinesisConfig> = {
  create: (context) => new KinesisSource(context),
};
