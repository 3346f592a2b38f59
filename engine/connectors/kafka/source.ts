import { connectionOf, connectionPath } from '../../connections/resolve.ts';
import type { KafkaConnection } from '../../contract/connections.ts';
import { showValue } from '../../contract/problems.ts';
import { durationMs } from '../../contract/settings.ts';
import type { AvroType } from '../../formats/avro/schema.ts';
import type { BadRecord } from '../../formats/codec.ts';
import { PolledRows } from '../../formats/value/polled-rows.ts';
import type {
  Source,
  SourceContext,
  SourceLag,
  SourceOutput,
  SourcePosition,
  SourceRuntime,
} from '../../runtime/contracts.ts';
import { Fetched } from '../fetched.ts';
import { addBeside } from './beside.ts';
import type { Cluster } from './client.ts';
import { type KafkaPlace, kafkaError } from './errors.ts';
import type { Chunk, Fetcher, ReadPartition } from './fetcher.ts';
import { type Isolation, READ_COMMITTED, READ_UNCOMMITTED } from './isolation.ts';
import { kafkaSchema, topicPatterns } from './plan.ts';
import { gone, type PartitionPlace, placesIn } from './position.ts';
import type { RecordSet } from './record-batch.ts';
import type { KafkaConfig } from './spec.ts';
import { startOffsets } from './start.ts';
import { partitionName, type TopicPartition } from './topic-partition.ts';
import { commitOffsets, LATEST, offsetsAt, partitionsOf, rangesOf } from './topics.ts';

/** How often it asks how much there is of partitions that it is not fetching, ms. */
const LAG_MS = 1000;

class KafkaSource implements Source {
  readonly partitions: string[] = [];
  readonly #context: SourceContext<KafkaConfig>;
  readonly #rows: PolledRows;
  readonly #stop = new AbortController();
  #cluster: Cluster | null = null;
  #fetcher: Fetcher | null = null;
  #place: KafkaPlace;
  readonly #read: ReadPartition[] = [];
  /** By partition, the offset of the next record to give, and where it ends (Infinity: never). */
  readonly #next: number[] = [];
  readonly #until: number[] = [];
  #open = 0;
  #ended: number[] = [];
  readonly #fetched = new Fetched<Chunk>();
  /** That values were written by, by id. */
  readonly #schemas = new Map<number, AvroType | BadRecord>();
  /** In the first chunk: the set of records and the record in it. */
  #set = 0;
  #record = 0;
  #troubledAt: number | null = null;
  readonly #timers = new Set<() => void>();

  constructor(context: SourceContext<KafkaConfig>) {
    this.#context = context;
    const { config } = context;
    const fields = kafkaSchema({ ...config, arrival: undefined }) ?? [];
    this.#rows = new PolledRows(config.format, config.schema, fields, this.#schemas);
    this.#place = { nodeId: context.nodeId, brokers: [], topics: config.topic };
  }

  get #isolation(): Isolation {
    return this.#context.config.isolation === 'read_committed' ? READ_COMMITTED : READ_UNCOMMITTED;
  }

  async open(restored: SourcePosition | null): Promise<void> {
    const { config, signal, nodeId, clock } = this.#context;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    try {
      const connection = await connectionOf('kafka', this.#context);
      this.#place = { ...this.#place, brokers: connection.brokers };
      const kafka = await import('./library.ts');
      this.#cluster = await kafka.clusterOf(connection, `weir-${nodeId}`, this.#isolation);
      this.#fetcher = new kafka.Fetcher(this.#cluster, this.#isolation, clock, this.#stop.signal, {
        chunk: await this.#taker(connection),
        outOfRange: (partition) => this.#outOfRange(partition),
        fail: (error) => this.#fetched.fail(kafkaError(error, this.#place)),
        trouble: (error) => this.#trouble(error),
        mended: () => this.#mended(),
      });
      const found = await partitionsOf(this.#cluster, topicPatterns(config.topic) ?? []);
      await this.#begin(found, placesIn(restored), restored !== null);
    } catch (error) {
      throw kafkaError(error, this.#place);
    }
    if (config.end === 'never') this.#every(durationMs(config.discover), () => this.#discover());
    this.#every(LAG_MS, () => this.#lookAtEnds());
  }

  /** What takes chunks: values may name schemas, which have to be here before they are decoded. */
  async #taker(connection: KafkaConnection): Promise<(chunk: Chunk) => void> {
    const { config, nodeId, clock, log } = this.#context;
    const add = (chunk: Chunk): void => this.#fetched.add(chunk);
    if (config.format.kind !== 'avro') return add;
    const { SchemaRegistry } = await import('./registry.ts');
    const { RegisteredChunks } = await import('./registered-chunks.ts');
    const { signal } = this.#stop;
    const registry = SchemaRegistry.of(connection, connectionPath(nodeId), signal, this.#schemas);
    const chunks = new RegisteredChunks(registry, clock, signal, {
      chunk: add,
      fail: (error) => this.#fetched.fail(error),
      log,
    });
    return (chunk) => chunks.take(chunk);
  }

  /** @param later whether partitions without a place were not there when the run began */
  async #begin(
    found: readonly TopicPartition[],
    places: ReadonlyMap<string, PartitionPlace>,
    later: boolean,
  ): Promise<void> {
    const { config, clock, log } = this.#context;
    const cluster = this.#cluster as Cluster;
    const fresh = found.filter((p) => !places.has(partitionName(p)));
    const starts = await startOffsets(cluster, fresh, later ? { kind: 'earliest' } : config.start, {
      group: config.group,
      isolation: this.#isolation,
      nodeId: this.#context.nodeId,
    });
    const ends = config.end === 'latest' ? await offsetsAt(cluster, found, LATEST, this.#isolation) : null;
    const added = found.map((own): ReadPartition => {
      const name = partitionName(own);
      const place = places.get(name);
      const next = place?.next ?? starts.get(name) ?? 0;
      const until = place?.until ?? ends?.get(name) ?? Infinity;
      const index = this.partitions.push(name) - 1;
      this.#next.push(next);
      this.#until.push(until);
      const closed = next >= until;
      if (closed) this.#ended.push(index);
      else this.#open++;
      return { ...own, index, next, end: Number.NaN, endAt: clock.now(), waiting: 0, closed };
    });
    this.#read.push(...added);
    for (const name of places.keys())
      if (!this.partitions.includes(name))
        log('warning', `The partition ${name} of the checkpoint is not read any more.`);
    await this.#fetcher?.add(added);
  }

  /** Calls `work` every `ms`, one call after the other; what fails there is tried again the next time. */
  #every(ms: number, work: () => Promise<void>): void {
    const { clock } = this.#context;
    const again = (): void => {
      const cancel = clock.at(clock.now() + ms, () => {
        this.#timers.delete(cancel);
        void work()
          .catch((error: unknown) => this.#trouble(error))
          .finally(() => {
            if (!this.#stop.signal.aborted) again();
          });
      });
      this.#timers.add(cancel);
    };
    again();
  }

  async #discover(): Promise<void> {
    const cluster = this.#cluster as Cluster;
    const all = await partitionsOf(cluster, topicPatterns(this.#context.config.topic) ?? []);
    const fresh = all.filter((p) => !this.partitions.includes(partitionName(p)));
    if (fresh.length === 0 || this.#stop.signal.aborted) return;
    this.#context.log('info', `New partitions: ${fresh.map(partitionName).join(', ')}.`);
    await this.#begin(fresh, new Map(), true);
  }

  /** Of partitions that are not being fetched, because enough of them waits here: how far they go. */
  async #lookAtEnds(): Promise<void> {
    const now = this.#context.clock.now();
    const stale = this.#read.filter((p) => !p.closed && !(now - p.endAt < LAG_MS));
    if (stale.length === 0 || this.#troubledAt !== null) return;
    const ends = await offsetsAt(this.#cluster as Cluster, stale, LATEST, this.#isolation);
    for (const p of stale) {
      p.end = ends.get(partitionName(p)) ?? p.end;
      p.endAt = now;
    }
  }

  #trouble(error: unknown): void {
    if (this.#stop.signal.aborted || this.#troubledAt !== null) return;
    this.#troubledAt = this.#context.clock.now();
    const { message } = kafkaError(error, this.#place);
    this.#context.log('warning', `${message} It is tried again until it answers.`);
  }

  #mended(): void {
    if (this.#troubledAt === null) return;
    const seconds = (this.#context.clock.now() - this.#troubledAt) / 1000;
    this.#troubledAt = null;
    this.#context.log('info', `Kafka answers again, after ${seconds.toFixed(1)} s.`);
  }

  async #outOfRange(partition: ReadPartition): Promise<number> {
    const cluster = this.#cluster as Cluster;
    const ranges = await rangesOf(cluster, [partition], this.#isolation);
    const { first, last } = ranges.get(partitionName(partition)) ?? { first: 0, last: 0 };
    const { outOfRange } = this.#context.config;
    const report = gone(partition, first, last, this.#context.nodeId);
    if (outOfRange === 'fail') throw report;
    const next = outOfRange === 'earliest' ? first : last;
    this.#context.log('warning', `${report.message} It goes on at ${next}.`);
    // Nothing of it is read, so there is nothing to be given before.
    this.#next[partition.index] = next;
    return next;
  }

  readonly #onAbort = (): void => {
    this.#stop.abort();
    this.#fetched.stir();
  };

  get ended(): boolean {
    const atEnd = this.#context.config.end === 'latest' && this.#open === 0 && this.#fetcher !== null;
    return this.#stop.signal.aborted || atEnd;
  }

  poll(maxRows: number): SourceOutput | null {
    if (this.#fetched.first === undefined) return null;
    const rows = this.#rows;
    rows.begin(maxRows);
    while (rows.room > 0) {
      const chunk = this.#fetched.first;
      if (chunk === undefined) break;
      const { partition } = chunk;
      const set = chunk.sets[this.#set];
      const until = this.#until[partition.index] as number;
      if (set === undefined) {
        this.#finishChunk(chunk);
        continue;
      }
      const most = Math.min(set.count, this.#record + rows.room);
      let record = this.#record;
      for (; record < most; record++) {
        if ((set.offsets[record] as number) >= until) {
          record = set.count;
          break;
        }
        this.#add(set, record, partition);
      }
      if (record > 0) this.#next[partition.index] = (set.offsets[record - 1] as number) + 1;
      if (record < set.count) this.#record = record;
      else {
        this.#set++;
        this.#record = 0;
      }
    }
    return rows.take(this.partitions.length, this.#context.clock.now());
  }

  #add(set: RecordSet, record: number, partition: ReadPartition): void {
    const { metadata, tombstones } = this.#context.config;
    const [from, until] = [set.valueFrom[record] as number, set.valueUntil[record] as number];
    const isTombstone = from < 0;
    if (isTombstone && tombstones === 'skip') return;
    const bad = isTombstone ? TOMBSTONE : this.#rows.add(set.bytes, from, until, partition.index);
    if (bad === null) {
      addBeside(this.#rows, metadata, set, record, partition);
      return;
    }
    const raw = isTombstone ? Buffer.alloc(0) : set.bytes.subarray(from, until);
    this.#rows.refuse(bad, `${partitionName(partition)}, offset ${set.offsets[record]}`, raw);
  }

  #finishChunk(chunk: Chunk): void {
    const { partition, nextOffset } = chunk;
    const { index } = partition;
    this.#fetched.shift();
    this.#set = 0;
    this.#record = 0;
    this.#next[index] = Math.min(nextOffset, this.#until[index] as number);
    this.#fetcher?.done(chunk);
    if (partition.closed || nextOffset < (this.#until[index] as number)) return;
    partition.closed = true;
    this.#open--;
    this.#ended.push(index);
    this.#fetched.stir();
  }

  endedPartitions(): readonly number[] {
    return this.#ended.splice(0);
  }

  whenReady(): Promise<void> {
    return this.#fetched.whenReady(() => this.ended);
  }

  position(): SourcePosition {
    return Object.fromEntries(
      this.partitions.map((name, p): [string, PartitionPlace] => {
        const [next, until] = [this.#next[p] as number, this.#until[p] as number];
        return [name, until === Infinity ? { next } : { next, until }];
      }),
    );
  }

  async committed(position: SourcePosition): Promise<void> {
    const { group } = this.#context.config;
    if (group === undefined || this.#cluster === null) return;
    const places = placesIn(position);
    const offsets = this.#read.flatMap(({ topic, partition }) => {
      const place = places.get(partitionName({ topic, partition }));
      return place === undefined ? [] : [{ topic, partition, offset: place.next }];
    });
    try {
      await commitOffsets(this.#cluster, group, offsets);
    } catch (error) {
      // Only others look at them: the run's own place is in the checkpoint.
      const { message } = kafkaError(error, this.#place);
      this.#context.log('warning', `The offsets of group ${showValue(group)} are not up to date: ${message}`);
    }
  }

  lag(): SourceLag {
    let [records, ms] = [0, 0];
    for (let p = 0; p < this.#read.length; p++) {
      const own = this.partitionLag(p);
      records += own.records;
      if (!(own.ms <= ms)) ms = own.ms;
    }
    return { records, ms };
  }

  partitionLag(index: number): SourceLag {
    const { end } = this.#read[index] as ReadPartition;
    const until = Math.min(end, this.#until[index] as number);
    const records = Math.max(0, until - (this.#next[index] as number));
    if (records === 0) return { records, ms: 0 };
    const at = this.#nextTime(index);
    return { records, ms: at === null ? Number.NaN : Math.max(0, this.#context.clock.now() - at) };
  }

  /** The timestamp of the next record of a partition, where it is here. */
  #nextTime(index: number): number | null {
    const { all } = this.#fetched;
    const at = all.findIndex(({ partition }) => partition.index === index);
    const chunk = all[at];
    const set = chunk?.sets[at === 0 ? this.#set : 0];
    return set?.timestamps[at === 0 ? this.#record : 0] ?? null;
  }

  async close(): Promise<void> {
    this.#context.signal.removeEventListener('abort', this.#onAbort);
    this.#onAbort();
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    if (this.#cluster !== null) await (await import('./library.ts')).leave(this.#cluster);
    await this.#fetcher?.stopped();
  }
}

const TOMBSTONE: BadRecord = {
  code: 'R-DECODE',
  message: 'The record has no value: a tombstone.',
  expected: 'a value',
  next: 'Leave tombstones out in the settings of the source, where they mean nothing to this pipeline.',
};

/** Loaded when it is asked for, with kafkajs. */
const browsing = () => import('./browse.ts');

export const kafkaSource: SourceRuntime<KafkaConfig> = {
  create: (context) => new KafkaSource(context),
  infer: async (config) => (await browsing()).inferKafka(config),
  browse: async (config) => (await browsing()).browseTopics(config),
  peek: async (config, topic) => (await browsing()).peekTopic(config, topic),
};
