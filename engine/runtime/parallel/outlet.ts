/** Where an edge leaves a worker: rows go to the workers that have their slices, everything else to all of them. */
import type { Batch } from '../../batch/batch.ts';
import { workerOf } from '../../plan/parallelism.ts';
import type { Receiver } from '../port.ts';
import { BatchPacker, packedBytes } from './codec.ts';
import { CHANNEL_BYTES_MAX, CHANNEL_ROWS_MAX } from './inlet.ts';
import { SliceOfRows } from './key-hash.ts';
import type { Crossing } from './messages.ts';
import { Splitter } from './split.ts';

/** A worker that takes part of the rows. */
interface Target {
  readonly worker: number;
  /** Null: this very worker. */
  readonly packer: BatchPacker | null;
  /** Given, and not taken yet. */
  rows: number;
  bytes: number;
}

export interface OutletParts {
  /** Of the edge. */
  readonly edge: number;
  readonly worker: number;
  /** Workers that it leads to. */
  readonly to: readonly number[];
  /** The edge on this worker, where it leads there too. */
  readonly local: Receiver | null;
  /** Columns of the key; null: there is one target. */
  readonly keys: readonly number[] | null;
  readonly workers: number;
  readonly slices: number;
  localFull(): boolean;
  send(worker: number, message: Crossing): void;
}

export class Outlet implements Receiver {
  readonly #parts: OutletParts;
  readonly #targets: readonly Target[];
  readonly #resolver: SliceOfRows | null;
  readonly #splitter: Splitter;
  /** By slice, the index of its target. */
  readonly #targetOf: Int32Array;

  constructor(parts: OutletParts) {
    this.#parts = parts;
    this.#targets = parts.to.map((worker) => ({
      worker,
      packer: worker === parts.worker ? null : new BatchPacker(),
      rows: 0,
      bytes: 0,
    }));
    this.#resolver = parts.keys === null ? null : new SliceOfRows(parts.keys, parts.slices);
    this.#splitter = new Splitter(parts.to.length);
    this.#targetOf = Int32Array.from({ length: parts.slices }, (_, slice) =>
      parts.to.indexOf(workerOf(slice, parts.workers)),
    );
  }

  /** Whether what feeds it must wait. */
  get full(): boolean {
    return this.#targets.some(({ packer, rows, bytes }) =>
      packer === null ? this.#parts.localFull() : rows >= CHANNEL_ROWS_MAX || bytes >= CHANNEL_BYTES_MAX,
    );
  }

  taken(worker: number, rows: number, bytes: number): void {
    const target = this.#targets.find((t) => t.worker === worker);
    if (target === undefined) return;
    target.rows -= rows;
    target.bytes -= bytes;
  }

  batch(batch: Batch): void {
    const [only] = this.#targets;
    if (this.#resolver === null) {
      if (only !== undefined) this.#give(only, batch);
      return;
    }
    const parts = this.#resolver.resolve(batch);
    const { selection, count } = batch;
    for (let k = 0; k < count; k++) {
      const i = selection === null ? k : (selection[k] as number);
      parts[i] = this.#targetOf[parts[i] as number] as number;
    }
    this.#splitter.split(batch, parts, (at, rows) => this.#give(this.#targets[at] as Target, rows));
  }

  #give(target: Target, batch: Batch): void {
    const { edge, local, send } = this.#parts;
    if (target.packer === null) {
      local?.batch(batch);
      return;
    }
    const packed = target.packer.pack(batch);
    target.rows += packed.rows;
    target.bytes += packedBytes(packed);
    send(target.worker, { kind: 'batch', edge, batch: packed });
  }

  watermark(time: number): void {
    this.#others({ kind: 'watermark', edge: this.#parts.edge, time });
    this.#parts.local?.watermark(time);
  }

  idle(idle: boolean): void {
    this.#others({ kind: 'idle', edge: this.#parts.edge, idle });
    this.#parts.local?.idle(idle);
  }

  end(): void {
    this.#others({ kind: 'end', edge: this.#parts.edge });
    this.#parts.local?.end();
  }

  /** To the others; this worker's own inlet is told apart. */
  barrier(id: number): void {
    this.#others({ kind: 'barrier', edge: this.#parts.edge, id });
  }

  #others(message: Crossing): void {
    for (const { worker, packer } of this.#targets) if (packer !== null) this.#parts.send(worker, message);
  }
}
