/**
 * Reads all shards with one loop: which of them is due, a few calls at once, and for each how long it has to wait. Children of a split or a
 * merge begin when all of their parents have given their last record.
 */
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { Bell } from '../../runtime/bell.ts';
import type { Clock } from '../../runtime/clock.ts';
import { wait } from '../../runtime/wait.ts';
import { unpackAggregated } from './aggregated.ts';
import { isPassing, nameOf } from './errors.ts';
import type { ShardPlace } from './position.ts';
import { iteratorAt, listShards, recordsAt, type ShardInfo } from './stream.ts';

/** A record, or a part of a packed one. */
export interface ShardRecord {
  readonly sequence: string;
  /** Of a packed one: which part, from 0. Null: a record of its own. */
  readonly part: number | null;
  readonly isLastPart: boolean;
  readonly partitionKey: string;
  readonly data: Buffer;
  /** When it came into the stream, ms. */
  readonly arrivedAt: number;
}

export interface Chunk {
  readonly shard: ReadShard;
  readonly records: readonly ShardRecord[];
  readonly bytes: number;
  /** Nothing comes after it. */
  readonly isLast: boolean;
}

export interface ReadShard {
  readonly id: string;
  readonly parents: readonly string[];
  /** Of the source's partitions. */
  readonly index: number;
  /** Where reading goes on: after what was fetched, not after what was given. */
  place: ShardPlace;
  iterator: string | null;
  /** When it may be asked again, by the run's clock. */
  dueAt: number;
  isBusy: boolean;
  /** Its last record was fetched. */
  isRead: boolean;
  /** Its last record was given. */
  isDone: boolean;
  waiting: number;
  failures: number;
  /** How far the last answer was behind the newest record, ms; NaN: none yet. */
  behindMs: number;
}

export interface ShardHooks {
  chunk(chunk: Chunk): void;
  /** Shards that came into being by a split or a merge. */
  found(shards: readonly ShardInfo[]): void;
  fail(error: unknown): void;
  trouble(error: unknown): void;
  mended(): void;
  /** 0 to 1, of the run's seed. */
  random(): number;
}

/** The service allows five calls a second to a shard. */
const CALL_EVERY_MS = 200;
/** Where nothing came there is no hurry. */
const EMPTY_EVERY_MS = 500;
const CALLS_MAX = 16;
const WAITING_BYTES_MAX = 8 * 1024 * 1024;
const WAITING_CHUNKS_MAX = 2;
const BACKOFF_FIRST_MS = 200;
const BACKOFF_MOST_MS = 10_000;
/** How often it looks for shards that nobody told it of. */
const LIST_EVERY_MS = 30_000;

export class Shards {
  readonly all: ReadShard[] = [];
  readonly #client: KinesisClient;
  readonly #stream: string;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #hooks: ShardHooks;
  #waitingBytes = 0;
  #calls = 0;
  #listedAt: number;
  #isTroubled = false;
  readonly #bell = new Bell();
  #loop: Promise<void> | null = null;
  readonly #open = new Set<Promise<void>>();

  constructor(client: KinesisClient, stream: string, clock: Clock, signal: AbortSignal, hooks: ShardHooks) {
    this.#client = client;
    this.#stream = stream;
    this.#clock = clock;
    this.#signal = signal;
    this.#hooks = hooks;
    this.#listedAt = clock.now();
    signal.addEventListener('abort', () => this.#bell.ring(), { once: true });
  }

  start(): void {
    this.#loop = this.#run().catch((error: unknown) => this.#hooks.fail(error));
  }

  /** A chunk was used up: there is room. */
  done({ shard, bytes, isLast }: Chunk): void {
    shard.waiting--;
    shard.isDone = isLast;
    this.#waitingBytes -= bytes;
    this.#bell.ring();
  }

  async stopped(): Promise<void> {
    await this.#loop;
    await Promise.all(this.#open);
  }

  async #run(): Promise<void> {
    while (!this.#signal.aborted) {
      const now = this.#clock.now();
      if (now - this.#listedAt >= LIST_EVERY_MS) await this.#look();
      for (const shard of this.all) {
        if (this.#calls >= CALLS_MAX || this.#waitingBytes >= WAITING_BYTES_MAX) break;
        if (!this.#isDue(shard, now)) continue;
        const call = this.#read(shard).finally(() => this.#open.delete(call));
        this.#open.add(call);
      }
      // Not a timer for each shard: the next that is due wakes the loop, as room and answers do.
      const next = Math.min(
        LIST_EVERY_MS,
        ...this.all.filter((s) => this.#mayRead(s)).map((s) => s.dueAt - now),
      );
      await Promise.race([this.#bell.rung(), wait(this.#clock, Math.max(5, next), this.#signal)]);
    }
  }

  #mayRead(shard: ReadShard): boolean {
    return (
      !shard.isBusy &&
      !shard.isRead &&
      shard.waiting < WAITING_CHUNKS_MAX &&
      shard.parents.every((id) => this.all.find((other) => other.id === id)?.isDone ?? true)
    );
  }

  #isDue = (shard: ReadShard, now: number): boolean => shard.dueAt <= now && this.#mayRead(shard);

  async #look(): Promise<void> {
    this.#listedAt = this.#clock.now();
    try {
      const shards = await listShards(this.#client, this.#stream, this.#signal);
      const fresh = shards.filter(({ id }) => !this.all.some((known) => known.id === id));
      if (fresh.length > 0) this.#hooks.found(fresh);
    } catch (error) {
      if (!isPassing(error)) this.#hooks.fail(error);
    }
  }

  async #read(shard: ReadShard): Promise<void> {
    shard.isBusy = true;
    this.#calls++;
    try {
      shard.iterator ??= await iteratorAt(this.#client, this.#stream, shard.id, shard.place, this.#signal);
      const answer =
        shard.iterator === null ? null : await recordsAt(this.#client, shard.iterator, this.#signal);
      if (this.#signal.aborted) return;
      this.#recovered(shard);
      await this.#take(shard, answer);
    } catch (error) {
      this.#failed(shard, error);
    } finally {
      shard.isBusy = false;
      this.#calls--;
      this.#bell.ring();
    }
  }

  async #take(shard: ReadShard, answer: Awaited<ReturnType<typeof recordsAt>> | null): Promise<void> {
    const raw = answer?.Records ?? [];
    const records = raw.flatMap((one): ShardRecord[] => recordsOf(one, shard.place));
    const bytes = raw.reduce((sum, { Data }) => sum + (Data?.length ?? 0), 0);
    const last = raw.at(-1)?.SequenceNumber;
    if (last !== undefined) shard.place = { kind: 'after', sequence: last };
    shard.behindMs = answer?.MillisBehindLatest ?? 0;
    shard.iterator = answer?.NextShardIterator ?? null;
    shard.dueAt = this.#clock.now() + (raw.length > 0 ? CALL_EVERY_MS : EMPTY_EVERY_MS);
    const isLast = shard.iterator === null;
    shard.isRead = isLast;
    // Children are known before the parent is over: else its watermark would run ahead of their records.
    if (isLast) await this.#look();
    if (records.length === 0 && !isLast && !(shard.behindMs === 0)) return;
    shard.waiting++;
    this.#waitingBytes += bytes;
    this.#hooks.chunk({ shard, records, bytes, isLast });
  }

  #recovered(shard: ReadShard): void {
    shard.failures = 0;
    if (!this.#isTroubled) return;
    this.#isTroubled = false;
    this.#hooks.mended();
  }

  #failed(shard: ReadShard, error: unknown): void {
    if (this.#signal.aborted) return;
    if (nameOf(error) === 'ExpiredIteratorException') {
      // Five minutes old: the place says where it was.
      shard.iterator = null;
      return;
    }
    if (!isPassing(error)) {
      this.#hooks.fail(error);
      return;
    }
    const longest = Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** shard.failures++);
    shard.dueAt = this.#clock.now() + longest * (0.5 + this.#hooks.random() / 2);
    if (nameOf(error) === 'ProvisionedThroughputExceededException' || this.#isTroubled) return;
    this.#isTroubled = true;
    this.#hooks.trouble(error);
  }
}

interface RawRecord {
  readonly SequenceNumber?: string | undefined;
  readonly PartitionKey?: string | undefined;
  readonly Data?: Uint8Array | undefined;
  readonly ApproximateArrivalTimestamp?: Date | undefined;
}

/** @param place before it: of a packed record, the parts that were given are left out */
function recordsOf(raw: RawRecord, place: ShardPlace): ShardRecord[] {
  const { SequenceNumber: sequence = '', PartitionKey: partitionKey = '', Data = new Uint8Array(0) } = raw;
  const data = Buffer.from(Data.buffer, Data.byteOffset, Data.byteLength);
  const arrivedAt = raw.ApproximateArrivalTimestamp?.getTime() ?? Number.NaN;
  const parts = unpackAggregated(data);
  if (parts === null) return [{ sequence, part: null, isLastPart: true, partitionKey, data, arrivedAt }];
  const given = place.kind === 'after' && place.sequence === sequence ? (place.given ?? 0) : 0;
  return parts.slice(given).map((one, k) => ({
    sequence,
    part: given + k,
    isLastPart: given + k === parts.length - 1,
    ...one,
    arrivedAt,
  }));
}
