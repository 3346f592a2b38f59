/**
 * Where an edge comes into a node from several workers. Rows are passed on in the order of the watermarks that they are judged by: a row
 * waits until no worker can give one that comes before it. So what is late does not hang on which thread is faster. A channel whose
 * barrier has come is held until those of all others have.
 */
import { type Batch, batchBytes, NO_WATERMARK, position, select } from '../../batch/batch.ts';
import { type ValveChange, WatermarkValve } from '../../progress/valve.ts';
import type { Receiver } from '../port.ts';

export type Element =
  | { readonly kind: 'batch'; readonly batch: Batch; readonly bytes: number }
  | { readonly kind: 'watermark'; readonly time: number }
  | { readonly kind: 'idle'; readonly idle: boolean }
  | { readonly kind: 'end' }
  | { readonly kind: 'barrier'; readonly id: number };

interface Channel {
  readonly worker: number;
  queue: Element[];
  /** Of the queue that are done with. */
  head: number;
  /** Rows of the first batch that were passed on. */
  passed: number;
  rows: number;
  bytes: number;
  /** No row with a smaller watermark will come. */
  mark: number;
  idle: boolean;
  ended: boolean;
  /** It has come and waits for the others. */
  barrier: number | null;
}

/** What a checkpoint knows of an edge: at a barrier all channels stand where the edge as a whole does. */
export interface EdgeState {
  readonly watermark: number;
  readonly idle: boolean;
  readonly ended: boolean;
}

export interface InletParts {
  /** Workers that it comes from. */
  readonly from: readonly number[];
  readonly to: Receiver;
  /** Whether rows must come in the order of their watermarks: sinks do not ask. */
  readonly ordered: boolean;
  /** Whether what lies below has no room. */
  blocked(): boolean;
  /** A batch of another worker was taken. */
  taken(worker: number, rows: number, bytes: number): void;
  /** All channels are at this barrier. They stay held until `release`. */
  aligned(id: number): void;
}

/** Rows and bytes of one channel that may wait at a receiver. */
export const CHANNEL_ROWS_MAX = 65_536;
export const CHANNEL_BYTES_MAX = 16 * 1024 * 1024;

export class Inlet {
  readonly #parts: InletParts;
  readonly #channels: readonly Channel[];
  readonly #valve: WatermarkValve;
  #draining = false;
  /** The barrier that all have reached. */
  #atBarrier: number | null = null;

  constructor(parts: InletParts) {
    this.#parts = parts;
    this.#valve = new WatermarkValve(parts.from.length);
    this.#channels = parts.from.map((worker) => ({
      worker,
      queue: [],
      head: 0,
      passed: 0,
      rows: 0,
      bytes: 0,
      mark: NO_WATERMARK,
      idle: false,
      ended: false,
      barrier: null,
    }));
  }

  /** What a node on this worker is connected to. */
  local(worker: number): Receiver {
    return {
      batch: (batch) => this.#offerLocal(worker, batch),
      watermark: (time) => this.offer(worker, { kind: 'watermark', time }),
      idle: (idle) => this.offer(worker, { kind: 'idle', idle }),
      end: () => this.offer(worker, { kind: 'end' }),
    };
  }

  /** Rows that come from this very thread and need not wait are not put into a queue. */
  #offerLocal(worker: number, batch: Batch): void {
    const channel = this.#of(worker);
    const isFree = channel.head === channel.queue.length && channel.barrier === null && !this.#draining;
    if (isFree && this.#channels.length === 1) {
      this.#parts.to.batch(batch);
      return;
    }
    // Watermarks of the batch are its giver's, who writes them anew.
    const watermarks = batch.watermarks?.slice(0, batch.length) ?? null;
    this.offer(worker, { kind: 'batch', batch: { ...batch, watermarks }, bytes: batchBytes(batch) });
  }

  offer(worker: number, element: Element): void {
    this.enqueue(worker, element);
    this.drain();
  }

  /** What came from another worker waits for the next slice of work. */
  enqueue(worker: number, element: Element): void {
    const channel = this.#of(worker);
    channel.queue.push(element);
    if (element.kind !== 'batch') return;
    channel.rows += element.batch.count;
    channel.bytes += element.bytes;
  }

  /** Whether this worker must not give more. */
  full(worker: number): boolean {
    const { rows, bytes } = this.#of(worker);
    return rows >= CHANNEL_ROWS_MAX || bytes >= CHANNEL_BYTES_MAX;
  }

  get ended(): boolean {
    return this.#channels.every((c) => c.ended);
  }

  /** Before anything comes. */
  restore({ watermark, idle, ended }: EdgeState): void {
    this.#channels.forEach((channel, at) => {
      channel.mark = ended ? Infinity : watermark;
      channel.idle = idle;
      channel.ended = ended;
      // What this tells has been told: the node below has its own copy of it.
      this.#valve.watermark(at, watermark);
      this.#valve.status(at, idle);
    });
  }

  /** Passes on what may be. True: there was something. */
  drain(): boolean {
    if (this.#draining) return false;
    this.#draining = true;
    let worked = false;
    try {
      for (let more = true; more; ) {
        more = false;
        for (let at = 0; at < this.#channels.length; at++) if (this.#drainChannel(at)) more = true;
        worked ||= more;
      }
    } finally {
      this.#draining = false;
    }
    this.#checkAligned();
    return worked;
  }

  /** The node has passed the barrier: on with what waits behind it. */
  release(): void {
    this.#atBarrier = null;
    for (const channel of this.#channels) channel.barrier = null;
    this.drain();
  }

  #checkAligned(): void {
    const id = this.#channels[0]?.barrier ?? null;
    if (id === null || this.#atBarrier === id || this.#channels.some((c) => c.barrier !== id)) return;
    this.#atBarrier = id;
    this.#parts.aligned(id);
  }

  #drainChannel(at: number): boolean {
    const channel = this.#channels[at] as Channel;
    let worked = false;
    while (channel.head < channel.queue.length && channel.barrier === null) {
      const element = channel.queue[channel.head] as Element;
      if (element.kind === 'batch') {
        if (this.#parts.blocked()) break;
        const passed = this.#passRows(channel, element.batch);
        worked ||= passed > 0;
        if (channel.passed < element.batch.count) break;
        channel.passed = 0;
        channel.rows -= element.batch.count;
        channel.bytes -= element.bytes;
        this.#parts.taken(channel.worker, element.batch.count, element.bytes);
      } else this.#pass(channel, at, element);
      worked = true;
      channel.head++;
      if (channel.head === channel.queue.length) {
        channel.queue = [];
        channel.head = 0;
      }
    }
    return worked;
  }

  #pass(channel: Channel, at: number, element: Exclude<Element, { kind: 'batch' }>): void {
    switch (element.kind) {
      case 'watermark':
        channel.mark = Math.max(channel.mark, element.time);
        this.#tell(this.#valve.watermark(at, element.time));
        break;
      case 'idle':
        channel.idle = element.idle;
        this.#tell(this.#valve.status(at, element.idle));
        break;
      case 'end':
        channel.ended = true;
        channel.mark = Infinity;
        if (this.ended) this.#parts.to.end();
        break;
      case 'barrier':
        channel.barrier = element.id;
        break;
    }
  }

  #tell(change: ValveChange): void {
    if (change.watermark !== null) this.#parts.to.watermark(change.watermark);
    if (change.idle !== null) this.#parts.to.idle(change.idle);
  }

  /** Passes on the rows of the channel's first batch that need not wait. Returns how many. */
  #passRows(channel: Channel, batch: Batch): number {
    const { watermarks, count } = batch;
    const from = channel.passed;
    let to = count;
    if (this.#channels.length > 1 && this.#parts.ordered && watermarks !== null) {
      const limit = this.#limitOf(channel);
      let { mark } = channel;
      for (to = from; to < count; to++) {
        const next = Math.max(mark, watermarks[position(batch, to)] as number);
        if (next > limit) break;
        mark = next;
      }
      channel.mark = mark;
    }
    if (to === from) return 0;
    channel.passed = to;
    this.#parts.to.batch(from === 0 && to === count ? batch : rowsFrom(batch, from, to));
    return to - from;
  }

  /** The largest watermark that a row of this channel may have to come before whatever the others still give. */
  #limitOf(channel: Channel): number {
    let limit = Infinity;
    for (const other of this.#channels) {
      // One that is at its barrier gives nothing before this one is there too.
      if (other === channel || other.idle || other.ended || other.barrier !== null) continue;
      limit = Math.min(limit, leastOf(other));
    }
    return limit;
  }

  #of(worker: number): Channel {
    const found = this.#channels.find((c) => c.worker === worker);
    if (found === undefined) throw new RangeError(`nothing comes from worker ${worker}`);
    return found;
  }
}

/** What the next row of a channel is judged by, at least. */
function leastOf({ queue, head, passed, mark }: Channel): number {
  const next = queue[head];
  if (next?.kind !== 'batch' || next.batch.watermarks === null) return mark;
  return Math.max(mark, next.batch.watermarks[position(next.batch, passed)] as number);
}

function rowsFrom(batch: Batch, from: number, to: number): Batch {
  if (batch.selection !== null) return select(batch, batch.selection.subarray(from, to), to - from);
  return select(
    batch,
    Int32Array.from({ length: to - from }, (_, k) => from + k),
    to - from,
  );
}
