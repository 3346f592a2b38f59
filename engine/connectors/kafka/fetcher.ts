/** Fetches ahead: a loop for every broker that leads one of the partitions, with bounds on what waits. */

import { Bell } from '../../runtime/bell.ts';
import type { Clock } from '../../runtime/clock.ts';
import { wait } from '../../runtime/wait.ts';
import type { Cluster } from './client.ts';
import { visibleRecords } from './committed-records.ts';
import { type FetchedPartition, fetchFrom } from './fetch.ts';
import { type Isolation, READ_COMMITTED } from './isolation.ts';
import type { RecordSet } from './record-batch.ts';
import { partitionName, type TopicPartition } from './topic-partition.ts';
import { leadersOf } from './topics.ts';

/** A partition that is read. */
export interface ReadPartition extends TopicPartition {
  /** Of the source's partitions. */
  readonly index: number;
  /** The offset that is fetched next. */
  next: number;
  /** Where it ends for readers: the last stable offset, or the high watermark; NaN: not told yet. */
  end: number;
  /** When that was told, by the run's clock. */
  endAt: number;
  /** Chunks that wait to be polled. */
  waiting: number;
  /** Nothing is fetched of it any more. */
  closed: boolean;
}

/** What one fetch gave of a partition. */
export interface Chunk {
  readonly partition: ReadPartition;
  readonly sets: readonly RecordSet[];
  /** Where reading goes on after it. */
  readonly nextOffset: number;
  readonly bytes: number;
}

export interface FetcherHooks {
  chunk(chunk: Chunk): void;
  /** The broker has no record of this offset: where to go on, or an error that ends the run. */
  outOfRange(partition: ReadPartition): Promise<number>;
  /** Something that cannot be mended by trying again. */
  fail(error: unknown): void;
  /** The brokers stopped answering, or do so again. */
  trouble(error: unknown): void;
  mended(): void;
}

/** Most that a poll gives is far less; more would only lie in memory. */
const PARTITION_BYTES = 1024 * 1024;
const ANSWER_BYTES = 4 * 1024 * 1024;
const WAITING_BYTES_MAX = 8 * 1024 * 1024;
/** Of a partition, so that one that is long does not keep the others from being read. */
const WAITING_CHUNKS_MAX = 2;
/** How long a broker waits for records, ms: what a new partition, or one that was full, has to wait at most. */
const MAX_WAIT_MS = 100;
const BACKOFF_MS = [50, 100, 200, 500, 1000];
/** How often leaders are looked for, ms. */
const LOST_MS = 250;

const OFFSET_OUT_OF_RANGE = 1;
/** Errors of a partition that go away when its leader is looked up again. */
const MOVED = new Set([3, 5, 6, 7, 8, 9, 13, 56, 74, 75, 76, 78, 100]);

export class Fetcher {
  readonly #cluster: Cluster;
  readonly #isolation: Isolation;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #hooks: FetcherHooks;
  readonly #partitions: ReadPartition[] = [];
  /** By partition, its leader. */
  #leaders = new Map<string, number>();
  readonly #loops = new Map<number, Promise<void>>();
  #waitingBytes = 0;
  #isLost = true;
  readonly #bell = new Bell();

  constructor(
    cluster: Cluster,
    isolation: Isolation,
    clock: Clock,
    signal: AbortSignal,
    hooks: FetcherHooks,
  ) {
    this.#cluster = cluster;
    this.#isolation = isolation;
    this.#clock = clock;
    this.#signal = signal;
    this.#hooks = hooks;
    signal.addEventListener('abort', () => this.#bell.ring(), { once: true });
  }

  /** Begins to read partitions, beside those that are read. */
  async add(partitions: readonly ReadPartition[]): Promise<void> {
    this.#partitions.push(...partitions);
    await this.#findLeaders();
    this.#bell.ring();
  }

  /** A chunk was used up: there is room. */
  done({ partition, bytes }: Chunk): void {
    partition.waiting--;
    this.#waitingBytes -= bytes;
    this.#bell.ring();
  }

  /** When the signal was aborted and the cluster disconnected: nothing is on its way any more. */
  async stopped(): Promise<void> {
    await Promise.all(this.#loops.values());
  }

  async #findLeaders(): Promise<void> {
    this.#leaders = await leadersOf(this.#cluster, this.#partitions);
    this.#isLost = this.#leaders.size < this.#partitions.length;
    for (const nodeId of new Set(this.#leaders.values()))
      if (!this.#loops.has(nodeId)) this.#loops.set(nodeId, this.#loop(nodeId));
  }

  async #loop(nodeId: number): Promise<void> {
    let failures = 0;
    while (!this.#signal.aborted) {
      try {
        if (this.#isLost) await this.#findLeaders();
        const due = this.#dueOf(nodeId);
        if (due.length === 0) {
          // Without a leader nobody will say that there is one again: it is asked for.
          if (this.#isLost) await wait(this.#clock, LOST_MS, this.#signal);
          else await this.#bell.rung();
          continue;
        }
        const broker = await this.#cluster.findBroker({ nodeId });
        const answers = await fetchFrom(
          broker,
          due.map(({ topic, partition, next }) => ({ topic, partition, offset: next })),
          {
            isolation: this.#isolation,
            maxWaitMs: MAX_WAIT_MS,
            maxBytes: ANSWER_BYTES,
            partitionBytes: PARTITION_BYTES,
          },
        );
        if (failures > 0) this.#hooks.mended();
        failures = 0;
        if (!this.#signal.aborted) await this.#take(due, answers);
      } catch (error) {
        if (this.#signal.aborted) return;
        if (isFinal(error)) {
          this.#hooks.fail(error);
          return;
        }
        this.#hooks.trouble(error);
        this.#isLost = true;
        await wait(this.#clock, BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)] ?? 1000, this.#signal);
        failures++;
        await this.#cluster.brokerPool.connect().catch(() => {});
      }
    }
  }

  #dueOf(nodeId: number): ReadPartition[] {
    if (this.#waitingBytes >= WAITING_BYTES_MAX) return [];
    return this.#partitions.filter(
      (p) => !p.closed && p.waiting < WAITING_CHUNKS_MAX && this.#leaders.get(partitionName(p)) === nodeId,
    );
  }

  async #take(due: readonly ReadPartition[], answers: readonly FetchedPartition[]): Promise<void> {
    for (const answer of answers) {
      const read = due.find((p) => p.topic === answer.topic && p.partition === answer.partition);
      if (read === undefined) continue;
      if (answer.errorCode === OFFSET_OUT_OF_RANGE) {
        read.next = await this.#hooks.outOfRange(read);
      } else if (MOVED.has(answer.errorCode)) {
        this.#isLost = true;
        await wait(this.#clock, BACKOFF_MS[0] ?? 50, this.#signal);
      } else if (answer.errorCode !== 0) {
        throw new FinalError(answer);
      } else {
        this.#pass(read, answer);
      }
    }
  }

  #pass(read: ReadPartition, answer: FetchedPartition): void {
    read.end = this.#isolation === READ_COMMITTED ? answer.lastStableOffset : answer.highWatermark;
    read.endAt = this.#clock.now();
    if (answer.records.length === 0) return;
    let visible: ReturnType<typeof visibleRecords>;
    try {
      visible = visibleRecords(answer, read.next);
    } catch (error) {
      throw new FinalError(answer, error);
    }
    if (visible.nextOffset === read.next) return;
    const { sets, nextOffset } = visible;
    read.next = nextOffset;
    read.waiting++;
    this.#waitingBytes += answer.records.length;
    this.#hooks.chunk({ partition: read, sets, nextOffset, bytes: answer.records.length });
  }
}

/** A partition that cannot be read, however often one asks. */
export class FinalError extends Error {
  readonly partition: TopicPartition;
  readonly errorCode: number;
  constructor({ topic, partition, errorCode }: FetchedPartition, cause?: unknown) {
    super(cause instanceof Error ? cause.message : `error ${errorCode}`, { cause });
    this.partition = { topic, partition };
    this.errorCode = errorCode;
  }
}

/** kafkajs's own errors say whether to try again; those of sockets always may pass. */
function isFinal(error: unknown): boolean {
  if (error instanceof FinalError) return true;
  const { name, type } = (error ?? {}) as { name?: unknown; type?: unknown };
  return (
    name === 'WeirError' ||
    name === 'KafkaJSSASLAuthenticationError' ||
    (typeof type === 'string' && type.endsWith('_AUTHORIZATION_FAILED'))
  );
}
