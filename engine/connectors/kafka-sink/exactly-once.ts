/**
 * Transactions that commit with checkpoints. Rows go into the open transaction of one producer; at the barrier it is put aside, and
 * the next rows begin one of another producer, so that nothing waits for the checkpoint. Its commit writes a marker, as an offset
 * of a group of its own, in the same transaction: so a start after a death knows whether it happened (decision 0029).
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Kafka } from 'kafkajs';
import { problem, WeirError } from '../../contract/problems.ts';
import { durationMs } from '../../contract/settings.ts';
import { diskFiles } from '../../files/disk.ts';
import type { Files } from '../../files/files.ts';
import type { JsonData, SinkContext } from '../../runtime/contracts.ts';
import { KeptRecords, readKept } from './kept-records.ts';
import type { OutRecord } from './messages.ts';
import { type Prepared, type PreparedTransaction, readPrepared } from './prepared.ts';
import type { Marker, TransactionalProducer } from './producers.ts';
import type { KafkaSinkConfig } from './spec.ts';
import { readIds, writeIds } from './transactional-ids.ts';

type Library = typeof import('./producers.ts');

/** A transaction that rows are written to. */
interface OpenTransaction {
  readonly producer: number;
  readonly seq: number;
  readonly kept: KeptRecords;
  rows: number;
}

/** Records that are written again at once, of those that were kept. */
const RESENT_ROWS = 2000;
/** Committed offsets may be read as they were for so long after a commit (`../shared/CONNECTORS.md`: up to 18 ms). */
const MARKER_WAIT_MS = 100;
const MARKER_READS = 3;

export class ExactlyOnce {
  committed = 0;
  readonly #context: SinkContext<KafkaSinkConfig>;
  readonly #library: Library;
  readonly #kafka: Kafka;
  readonly #files: Files;
  readonly #folder: string;
  #base: string;
  #token = randomUUID().slice(0, 8);
  #seq = 1;
  #producers: TransactionalProducer[] = [];
  #free: number[] = [];
  #open: OpenTransaction | null = null;
  #pending: PreparedTransaction[] = [];
  #isClean = false;

  constructor(context: SinkContext<KafkaSinkConfig>, library: Library, kafka: Kafka) {
    this.#context = context;
    this.#library = library;
    this.#kafka = kafka;
    this.#files = context.files ?? diskFiles;
    this.#folder = context.stateDir ?? '';
    this.#base = context.config.transactionalId ?? `weir-${context.nodeId}-${this.#token}`;
  }

  /** Settles what an earlier start left open, and shows whether this connection may use transactions at all. */
  async open(): Promise<void> {
    await this.#files.makeFolder(this.#folder);
    const known = await readIds(this.#files, this.#folder);
    if (this.#context.config.transactionalId === undefined && known !== null) this.#base = known.base;
    await this.#take(known?.base === this.#base ? known.count : 1);
  }

  /** Takes the first ids over from whoever has them. */
  async #take(count: number): Promise<void> {
    while (this.#producers.length < count) this.#free.push(await this.#add());
    await Promise.all(this.#producers.map((p) => p.begin()));
  }

  async write(records: readonly OutRecord[], rows: number): Promise<void> {
    if (records.length > 0) {
      this.#open ??= await this.#begin();
      const open = this.#open;
      // The disk and the brokers take it side by side.
      const both = await Promise.allSettled([
        open.kept.append(records),
        this.#producer(open.producer).send(records),
      ]);
      for (const one of both) if (one.status === 'rejected') throw one.reason;
    }
    if (this.#open !== null) this.#open.rows += rows;
    // Rows that are not written, as those before an update, are seen with the ones that are.
    else this.committed += rows;
  }

  async #begin(): Promise<OpenTransaction> {
    await this.#clean([]);
    const producer = this.#free.shift() ?? (await this.#add());
    const seq = this.#seq++;
    const [kept] = await Promise.all([
      KeptRecords.create(this.#files, this.#folder, `${this.#token}-${seq}.records`),
      this.#producer(producer).begin(),
    ]);
    return { producer, seq, kept, rows: 0 };
  }

  async #add(): Promise<number> {
    const id = `${this.#base}-${this.#producers.length}`;
    // Before it is used: what it leaves open must be found.
    await writeIds(this.#files, this.#folder, { base: this.#base, count: this.#producers.length + 1 });
    const { topic, compression, transactionTimeout } = this.#context.config;
    const { TransactionalProducer: Transactional } = this.#library;
    const timeoutMs = durationMs(transactionTimeout);
    return this.#producers.push(new Transactional(this.#kafka, id, timeoutMs, { topic, compression })) - 1;
  }

  #producer(at: number): TransactionalProducer {
    return this.#producers[at] as TransactionalProducer;
  }

  async prepare(): Promise<JsonData> {
    const open = this.#open;
    this.#open = null;
    if (open !== null) {
      const { producer, seq, rows, kept } = open;
      const file = await kept.sync();
      await kept.close();
      await this.#files.syncFolder(this.#folder);
      this.#pending.push({ producer, seq, rows, ...file });
    }
    return {
      base: this.#base,
      token: this.#token,
      topic: this.#context.config.topic,
      producers: this.#producers.length,
      seq: this.#seq,
      committed: this.committed,
      transactions: this.#pending.map((own) => ({ ...own })),
    } satisfies Prepared;
  }

  async commit(prepared: JsonData): Promise<void> {
    const { transactions } = readPrepared(prepared, this.#context.nodeId);
    for (const one of transactions)
      if (this.#pending.some(({ seq }) => seq === one.seq)) await this.#commitOne(one);
  }

  async #commitOne({ producer, seq, rows, file }: PreparedTransaction): Promise<void> {
    await this.#producer(producer).commit({ token: this.#token, seq });
    this.#pending = this.#pending.filter((own) => own.seq !== seq);
    this.#free.push(producer);
    this.committed += rows;
    await this.#files.remove(join(this.#folder, file));
  }

  /** At the end, and for a sink that only shows what it had: nothing is left to be prepared. */
  async finish(): Promise<void> {
    await this.commit(await this.prepare());
  }

  async recover(data: JsonData | null): Promise<void> {
    if (data === null) return;
    const prepared = readPrepared(data, this.#context.nodeId);
    if (prepared.base !== this.#base) await this.#rename(prepared.base);
    this.#token = prepared.token;
    this.#seq = prepared.seq;
    this.committed = prepared.committed;
    await this.#take(prepared.producers);
    const markers = await this.#markers(prepared);
    this.#refuseIfAhead(markers, prepared);
    for (const one of prepared.transactions) {
      const marker = markers.get(this.#producer(one.producer).id);
      if (isDone(marker, prepared.token, one.seq)) {
        this.committed += one.rows;
        continue;
      }
      await this.#writeAgain(one);
    }
    await this.#clean(prepared.transactions.map(({ file }) => file));
    for (const { file } of prepared.transactions) await this.#files.remove(join(this.#folder, file));
  }

  /** A savepoint of another folder: its ids are not those that this start has begun with. */
  async #rename(base: string): Promise<void> {
    await Promise.all(this.#producers.map((p) => p.disconnect()));
    this.#producers = [];
    this.#free = [];
    this.#base = base;
  }

  async #writeAgain(one: PreparedTransaction): Promise<void> {
    const { nodeId, log } = this.#context;
    const producer = this.#producer(one.producer);
    const records = await readKept(this.#files, this.#folder, one, nodeId);
    await producer.begin();
    for (let from = 0; from < records.length; from += RESENT_ROWS)
      await producer.send(records.slice(from, from + RESENT_ROWS));
    await producer.commit({ token: this.#token, seq: one.seq });
    this.committed += one.rows;
    log(
      'info',
      `${one.rows} rows of the checkpoint were not committed yet: they are written again and committed.`,
    );
  }

  /** A marker that says less than was prepared is read again: it may be that of the moment before. */
  async #markers({ token, topic, transactions }: Prepared): Promise<Map<string, Marker | null>> {
    const ids = this.#producers.map(({ id }) => id);
    for (let reads = 1; ; reads++) {
      const markers = await this.#library.readMarkers(this.#kafka, topic, ids);
      const allDone = transactions.every((one) =>
        isDone(markers.get(this.#producer(one.producer).id), token, one.seq),
      );
      if (allDone || reads === MARKER_READS) return markers;
      await new Promise((resolve) => setTimeout(resolve, MARKER_WAIT_MS));
    }
  }

  #refuseIfAhead(markers: ReadonlyMap<string, Marker | null>, { token, seq }: Prepared): void {
    const ahead = [...markers.values()].find((m) => m?.token === token && m.seq >= seq);
    if (ahead === undefined) return;
    throw new WeirError(
      problem('K-STATE', {
        path: ['nodes', this.#context.nodeId],
        message: 'The topic holds committed rows of a later checkpoint: they would be written a second time.',
        value: `transaction ${ahead?.seq}`,
        expected: `none after ${seq - 1}`,
        next: 'Go on from the newest checkpoint, or start from the beginning with another topic.',
      }),
    );
  }

  /** Files of transactions that no checkpoint knows are nobody's. */
  async #clean(known: readonly string[]): Promise<void> {
    if (this.#isClean) return;
    this.#isClean = true;
    for (const file of await this.#files.list(this.#folder))
      if (file.endsWith('.records') && !known.includes(file))
        await this.#files.remove(join(this.#folder, file));
  }

  /** What is open is given up: what a checkpoint knows of it is written again from its file. */
  async close(): Promise<void> {
    await this.#open?.kept.close().catch(() => {});
    await Promise.all(this.#producers.map((p) => p.disconnect().catch(() => {})));
  }
}

const isDone = (marker: Marker | null | undefined, token: string, seq: number): boolean =>
  marker !== null && marker !== undefined && marker.token === token && marker.seq >= seq;
