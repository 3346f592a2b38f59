import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { connectionOf } from '../../connections/resolve.ts';
import { PolledRows } from '../../formats/value/polled-rows.ts';
import type {
  Source,
  SourceContext,
  SourceLag,
  SourceOutput,
  SourcePosition,
  SourceRuntime,
} from '../../runtime/contracts.ts';
import { random } from '../../runtime/random.ts';
import { Fetched } from '../fetched.ts';
import { type KinesisPlace, kinesisError } from './errors.ts';
import { kinesisSchema } from './plan.ts';
import { placesIn, type ShardPlace } from './position.ts';
import type { Chunk, ReadShard, ShardRecord, Shards } from './shards.ts';
import type { KinesisConfig } from './spec.ts';
import type { ShardInfo } from './stream.ts';

class KinesisSource implements Source {
  readonly partitions: string[] = [];
  readonly #context: SourceContext<KinesisConfig>;
  readonly #rows: PolledRows;
  readonly #stop = new AbortController();
  #client: KinesisClient | null = null;
  #shards: Shards | null = null;
  #place: KinesisPlace;
  /** By partition, after what was given. */
  readonly #given: ShardPlace[] = [];
  #ended: number[] = [];
  /** Shards that have caught up, where that is the end. */
  readonly #caughtUp = new Set<number>();
  readonly #fetched = new Fetched<Chunk>();
  #at = 0;

  constructor(context: SourceContext<KinesisConfig>) {
    this.#context = context;
    const { config, nodeId } = context;
    const fields = kinesisSchema({ ...config, arrival: undefined }) ?? [];
    this.#rows = new PolledRows(config.format, config.schema, fields);
    this.#place = { nodeId, where: config.connection, stream: config.stream };
  }

  async open(restored: SourcePosition | null): Promise<void> {
    const { config, signal, clock, seed, log } = this.#context;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    const { next } = random(seed);
    try {
      const connection = await connectionOf('kinesis', this.#context);
      const library = await import('./library.ts');
      this.#place = { ...this.#place, where: library.whereOf(connection) };
      this.#client = library.kinesisOf(connection);
      this.#shards = new library.Shards(this.#client, config.stream, clock, this.#stop.signal, {
        chunk: (chunk) => this.#fetched.add(chunk),
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
    this.#fetched.stir();
  }

  #fail(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    this.#fetched.fail(kinesisError(error, this.#place));
  }

  readonly #onAbort = (): void => {
    this.#stop.abort();
    this.#fetched.stir();
  };

  get ended(): boolean {
    if (this.#stop.signal.aborted) return true;
    if (this.#context.config.end === 'never' || this.#shards === null || this.#fetched.first !== undefined)
      return false;
    return this.#shards.all.every(({ index, isDone }) => isDone || this.#caughtUp.has(index));
  }

  poll(maxRows: number): SourceOutput | null {
    if (this.#fetched.first === undefined) return null;
    const rows = this.#rows;
    rows.begin(maxRows);
    while (rows.room > 0) {
      const chunk = this.#fetched.first;
      if (chunk === undefined) break;
      const record = chunk.records[this.#at];
      if (record === undefined) {
        this.#finishChunk(chunk);
        continue;
      }
      this.#at++;
      this.#add(record, chunk.shard);
      const { sequence, part, isLastPart } = record;
      this.#given[chunk.shard.index] =
        part === null || isLastPart
          ? { kind: 'after', sequence }
          : { kind: 'after', sequence, given: part + 1 };
    }
    return rows.take(this.partitions.length, this.#context.clock.now());
  }

  #add(record: ShardRecord, shard: ReadShard): void {
    const rows = this.#rows;
    const bad = rows.add(record.data, 0, record.data.length, shard.index);
    if (bad !== null) {
      rows.refuse(bad, `${shard.id}, sequence number ${record.sequence}`, record.data);
      return;
    }
    this.#context.config.metadata.forEach(({ what }, m) => {
      switch (what) {
        case 'partition-key':
          rows.beside(m).pushString(record.partitionKey);
          break;
        case 'sequence-number':
          rows.beside(m).pushString(record.sequence);
          break;
        case 'shard':
          rows.beside(m).pushString(shard.id);
          break;
        case 'arrival':
          rows.beside(m).pushNumber(record.arrivedAt);
      }
    });
  }

  #finishChunk(chunk: Chunk): void {
    const { shard, isLast } = chunk;
    this.#fetched.shift();
    this.#at = 0;
    if (isLast) {
      this.#given[shard.index] = { kind: 'done' };
      this.#ended.push(shard.index);
    } else if (shard.behindMs === 0) this.#caughtUp.add(shard.index);
    this.#shards?.done(chunk);
    this.#fetched.stir();
  }

  endedPartitions(): readonly number[] {
    return this.#ended.splice(0);
  }

  whenReady(): Promise<void> {
    return this.#fetched.whenReady(() => this.ended);
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
