/** What waits in front of a sink: batches, and between them the places where checkpoints cut. */
import { type Batch, batchBytes } from '../../batch/batch.ts';

export interface Cut {
  readonly checkpoint: number;
  /** Batches in front of which it was taken, although they had come before it. */
  overtaken: readonly Batch[];
  /** The sink prepares what it has. */
  take(): Promise<void>;
}

export const isCut = (entry: Batch | Cut): entry is Cut => 'take' in entry;

export class SinkQueue {
  #entries: (Batch | Cut)[] = [];
  rows = 0;
  bytes = 0;

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  push(entry: Batch | Cut): void {
    this.#entries.push(entry);
    if (isCut(entry)) return;
    this.rows += entry.count;
    this.bytes += batchBytes(entry);
  }

  shift(): Batch | Cut | undefined {
    const entry = this.#entries.shift();
    if (entry === undefined || isCut(entry)) return entry;
    this.rows -= entry.count;
    this.bytes -= batchBytes(entry);
    return entry;
  }

  /** The checkpoint's cut goes to the front. Does nothing where it was taken already. */
  overtake(checkpoint: number): void {
    const at = this.#entries.findIndex((entry) => isCut(entry) && entry.checkpoint === checkpoint);
    const cut = this.#entries[at];
    if (cut === undefined || !isCut(cut)) return;
    // A cut before it is of a checkpoint that was given up.
    const overtaken = this.#entries.slice(0, at).flatMap((entry) => (isCut(entry) ? [] : [entry]));
    cut.overtaken = overtaken;
    this.#entries = [cut, ...overtaken, ...this.#entries.slice(at + 1)];
  }

  clear(): void {
    this.#entries = [];
    this.rows = 0;
    this.bytes = 0;
  }
}
