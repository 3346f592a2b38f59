/** For tests: a run with checkpoints around a file sink, over files in memory that may fail at any operation. */
import { BatchBuilder } from '../../batch/builder.ts';
import { appendOnly, field, INT } from '../../contract/types.ts';
import { MemoryFiles } from '../../files/memory.ts';
import { VirtualClock } from '../../runtime/clock.ts';
import type { JsonData, Sink } from '../../runtime/contracts.ts';
import { random } from '../../runtime/random.ts';
import { fileSink } from './sink.ts';
import { type FileSinkConfig, zFileSink } from './spec.ts';

export const FOLDER = '/base/out';
const FIELDS = [field('n', INT)];

export interface Plan {
  readonly config: Partial<FileSinkConfig>;
  /** Rows of each batch. */
  readonly batches: readonly number[];
  /** Batches between two checkpoints. */
  readonly every: number;
}

interface Complete {
  readonly batches: number;
  readonly rows: number;
  readonly prepared: string;
}

export class Killed extends Error {}

/** What fails, by the number of the operation, and how. */
export interface Fault {
  readonly at: number;
  readonly how: 'kill' | 'power' | 'full';
}

export class Bench {
  readonly files = new MemoryFiles();
  readonly logs: string[] = [];
  readonly #plan: Plan;
  readonly #random: () => number;
  readonly #clock = new VirtualClock(0);
  #complete: Complete | null = null;
  #operations = 0;
  /** Rows that a complete checkpoint holds: no reader may see others. */
  get kept(): number {
    return this.#complete?.rows ?? 0;
  }

  constructor(plan: Plan, seed = 1) {
    this.#plan = plan;
    this.#random = random(seed).next;
  }

  sink(config: Partial<FileSinkConfig> = this.#plan.config): Sink {
    return fileSink.create({
      nodeId: 'files',
      config: zFileSink.parse({ folder: 'out', ...config }),
      clock: this.#clock,
      seed: 1,
      baseDir: '/base',
      signal: new AbortController().signal,
      batchRows: 1024,
      files: this.files,
      input: appendOnly(FIELDS, false),
      checkpointed: true,
      log: (_, text) => void this.logs.push(text),
    });
  }

  /** Runs to the end, anew after each fault; returns the operations that it took. */
  async run(faults: readonly Fault[]): Promise<number> {
    for (const fault of faults) {
      if (await this.#attempt(fault)) return this.#operations;
      if (fault.how === 'power') this.files.cutPower(this.#random);
      this.checkVisible();
    }
    if (!(await this.#attempt(null))) throw new Error('failed without a fault');
    return this.#operations;
  }

  /** False where the fault ended it. */
  async #attempt(fault: Fault | null): Promise<boolean> {
    let isDead = false;
    this.#operations = 0;
    this.files.torn = (bytes) => Math.floor(this.#random() * (bytes + 1));
    this.files.before = (operation) => {
      if (isDead) throw new Killed();
      if (++this.#operations !== fault?.at) return;
      isDead = fault.how !== 'full';
      if (operation === 'close' && !isDead) return;
      throw isDead ? new Killed() : Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    };
    const sink = this.sink();
    try {
      await this.#feed(sink);
      await sink.close();
      return true;
    } catch (error) {
      if (fault === null) throw error;
      // One that failed is closed, and may fail in that too; one that is dead does nothing more.
      if (!isDead) await Promise.resolve(sink.close()).catch(() => {});
      return false;
    } finally {
      this.files.before = () => {};
    }
  }

  async #feed(sink: Sink): Promise<void> {
    const { batches, every } = this.#plan;
    await sink.open();
    const from = this.#complete;
    if (from !== null) await sink.recover?.(JSON.parse(from.prepared) as JsonData);
    this.checkVisible();
    let rows = from?.rows ?? 0;
    for (let b = from?.batches ?? 0; b < batches.length; b++) {
      const count = batches[b] ?? 0;
      await sink.write(batchOf(rows, count));
      rows += count;
      if ((b + 1) % every === 0) await this.#checkpoint(sink, b + 1, rows);
      this.checkVisible();
    }
    await this.#checkpoint(sink, batches.length, rows);
    await sink.finish();
  }

  async #checkpoint(sink: Sink, batches: number, rows: number): Promise<void> {
    const prepared = JSON.stringify(await sink.prepare?.(batches));
    // Its manifest is written: a death here is one before it is complete.
    await this.files.info('/manifest');
    this.#complete = { batches, rows, prepared };
    await sink.commit?.(JSON.parse(prepared) as JsonData);
  }

  /** Rows that readers see, in the order of the files. */
  visible(): number[] {
    const names = this.files.names(FOLDER).filter((name) => name.startsWith('out-'));
    const text = names.map((name) => this.files.text(`${FOLDER}/${name}`)).join('');
    const rows = text.matchAll(/^(?:\{"n":)?(\d+)\}?$/gm);
    return [...rows].map(([, n]) => Number(n));
  }

  /** @throws where a reader sees a row twice, or one that no complete checkpoint holds */
  checkVisible(): void {
    const rows = this.visible();
    const bad = rows.find((n) => n >= this.kept);
    if (bad !== undefined) throw new Error(`row ${bad} is visible, ${this.kept} are kept`);
    if (new Set(rows).size < rows.length) throw new Error(`rows are there twice: ${rows.join(' ')}`);
  }
}

export function batchOf(from: number, count: number) {
  const builder = new BatchBuilder(FIELDS);
  for (let i = 0; i < count; i++) builder.push([from + i]);
  return builder.take(0);
}
