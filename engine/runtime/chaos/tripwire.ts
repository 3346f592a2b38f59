/** Lies in front of a node and fails it: at its record of a number, or at any record by chance. */
import { type Batch, position, select } from '../../batch/batch.ts';
import { problem, WeirError } from '../../contract/problems.ts';
import type { Receiver } from '../port.ts';
import type { Random } from '../random.ts';

export class Tripwire {
  readonly #node: string;
  readonly #struck: () => void;
  #seen = 0;
  /** The record at which it strikes next, from 1. */
  #at: number;

  private constructor(node: string, at: number, struck: () => void) {
    this.#node = node;
    this.#at = at;
    this.#struck = struck;
  }

  /** @param struck told just before it strikes */
  static at(node: string, record: number, struck: () => void): Tripwire {
    return new Tripwire(node, record, struck);
  }

  /** The record is drawn at once, from the distribution of the first of many tries that succeeds. */
  static byChance(node: string, chance: number, random: Random, struck: () => void): Tripwire {
    const tries = chance >= 1 ? 1 : Math.floor(Math.log1p(-random.next()) / Math.log1p(-chance)) + 1;
    return new Tripwire(node, tries, struck);
  }

  /** Of so many records that come now, how many come through; the next one fails. Null: all of them do. */
  next(records: number): number | null {
    const through = this.#at - this.#seen - 1;
    this.#seen += records;
    if (through >= records) return null;
    return Math.max(0, through);
  }

  strike(): never {
    const record = this.#at;
    this.#at = Infinity;
    this.#struck();
    throw new WeirError(
      problem('R-CHAOS', {
        path: ['nodes', this.#node],
        message: `A failure was injected into ${this.#node}, at its record ${record.toLocaleString('en-US')}.`,
        next: 'This is what was asked for: see what becomes of the run, or leave the failure out.',
      }),
    );
  }
}

/** An input that passes on what comes until the wire is hit; the rows before the one that hits it come through. */
export class TrippedReceiver implements Receiver {
  readonly #to: Receiver;
  readonly #wire: Tripwire;

  constructor(to: Receiver, wire: Tripwire) {
    this.#to = to;
    this.#wire = wire;
  }

  batch(batch: Batch): void {
    const through = this.#wire.next(batch.count);
    if (through === null) {
      this.#to.batch(batch);
      return;
    }
    if (through > 0) this.#to.batch(firstOf(batch, through));
    this.#wire.strike();
  }

  watermark(time: number): void {
    this.#to.watermark(time);
  }

  idle(idle: boolean): void {
    this.#to.idle(idle);
  }

  end(): void {
    this.#to.end();
  }
}

function firstOf(batch: Batch, count: number): Batch {
  return select(
    batch,
    Int32Array.from({ length: count }, (_, k) => position(batch, k)),
    count,
  );
}
