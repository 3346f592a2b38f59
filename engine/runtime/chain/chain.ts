/** A fused chain at work: the generated function, and what happens when a row breaks it. */
import { type Batch, position } from '../../batch/batch.ts';
import type { Field } from '../../contract/types.ts';
import type { Value } from '../../contract/values.ts';
import { WideNeeded } from '../../expressions/index.ts';
import type { FusedStep } from '../contracts.ts';
import { type ChainOutput, type GeneratedChain, generateChain } from './generate.ts';
import { interpretRow, readRow } from './interpret.ts';
import { withoutDead } from './live.ts';

export interface FailedRow {
  /** Index of the step that failed. */
  readonly step: number;
  readonly error: unknown;
  readonly values: readonly Value[];
}

export interface ChainResult {
  readonly batch: Batch;
  /** Rows after each step, failed ones not counted. */
  readonly counts: readonly number[];
  readonly failed: readonly FailedRow[];
}

const NONE: readonly FailedRow[] = [];

/** After a batch that needed wide code, this many more take it at once: where one is, more are likely. */
const WIDE_BATCHES = 32;

export class FusedChain {
  readonly steps: readonly FusedStep[];
  readonly #live: readonly FusedStep[];
  readonly #input: readonly Field[];
  readonly #generated: GeneratedChain;
  /** For BIGINTs beyond 2^53: made when the first is seen. */
  #wide: GeneratedChain | null = null;
  #wideLeft = 0;

  constructor(input: readonly Field[], steps: readonly FusedStep[]) {
    this.#input = input;
    this.steps = steps;
    this.#live = withoutDead(steps);
    this.#generated = generateChain(input, steps);
  }

  /** The generated JavaScript, for `--dump-code`. */
  get text(): string {
    return this.#generated.text;
  }

  process(batch: Batch): ChainResult {
    try {
      return this.#run(batch, batch.selection, batch.count, NONE);
    } catch (error) {
      return this.#withoutFailed(batch, error);
    }
  }

  #run(batch: Batch, selection: Int32Array | null, count: number, failed: readonly FailedRow[]): ChainResult {
    const out = this.#compute(batch, selection, count);
    const left = out.counts[out.counts.length - 1] ?? count;
    return {
      batch: { ...batch, columns: out.columns, selection: out.selection, count: left },
      counts: out.counts,
      failed,
    };
  }

  #compute(batch: Batch, selection: Int32Array | null, count: number): ChainOutput {
    const { columns, length } = batch;
    if (this.#wideLeft === 0 && !this.#generated.bigints.some((at) => columns[at]?.kind === 'value')) {
      try {
        return this.#generated.run(columns, length, selection, count);
      } catch (error) {
        if (!(error instanceof WideNeeded)) throw error;
        this.#wideLeft = WIDE_BATCHES;
      }
    }
    if (this.#wideLeft > 0) this.#wideLeft--;
    this.#wide ??= generateChain(this.#input, this.steps, true);
    return this.#wide.run(columns, length, selection, count);
  }

  /** The batch failed: finds the rows that fail one by one, and runs the others. */
  #withoutFailed(batch: Batch, cause: unknown): ChainResult {
    const good = new Int32Array(batch.count);
    const failed: FailedRow[] = [];
    let kept = 0;
    for (let k = 0; k < batch.count; k++) {
      const row = position(batch, k);
      const values = readRow(batch, this.#input, row);
      const result = interpretRow(values, this.#live);
      if (result.kind === 'failed') failed.push({ step: result.step, error: result.error, values });
      else good[kept++] = row;
    }
    // Nothing fails by itself: the fault is not in the data.
    if (failed.length === 0) throw cause;
    return this.#run(batch, good, kept, failed);
  }
}
