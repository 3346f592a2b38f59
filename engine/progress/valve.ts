/**
 * Watermarks of several inputs of an operator, merged into one: Flink's StatusWatermarkValve.
 *
 * The output is the minimum over the inputs that are active and *aligned*, and never goes backwards. An input that was
 * idle may come back with a watermark behind the output, which had gone on without it. It would hold the minimum in the
 * past, where the output cannot go; so it is left out (unaligned) until it has caught up. When the last active input goes
 * idle while it held the minimum, the output jumps to the maximum of all: nobody is left who could hold it.
 *
 * After each call, `output` and `idle` say what to tell downstream: first the watermark if it changed, then the status.
 */
import { NO_WATERMARK } from './watermarks.ts';

interface Input {
  watermark: number;
  idle: boolean;
  aligned: boolean;
}

export class WatermarkValve {
  readonly #inputs: readonly Input[];
  #output = NO_WATERMARK;
  #idle = false;

  /** All inputs begin active, aligned and without watermark. */
  constructor(inputs: number) {
    this.#inputs = Array.from({ length: inputs }, () => ({
      watermark: NO_WATERMARK,
      idle: false,
      aligned: true,
    }));
  }

  /** The merged watermark. */
  get output(): number {
    return this.#output;
  }

  /** Whether all inputs are idle. */
  get idle(): boolean {
    return this.#idle;
  }

  /** The last watermark of one input. */
  watermarkOf(index: number): number {
    return this.#at(index).watermark;
  }

  /** Returns whether `output` rose. A watermark of an idle input, or one that does not rise, changes nothing. */
  watermark(index: number, time: number): boolean {
    const input = this.#at(index);
    if (input.idle || time <= input.watermark) return false;
    input.watermark = time;
    if (time >= this.#output) input.aligned = true;
    return this.#raise(this.#leastAligned());
  }

  /** Returns whether `output` or `idle` changed. */
  markIdle(index: number): boolean {
    const input = this.#at(index);
    if (input.idle) return false;
    input.idle = true;
    input.aligned = false;
    this.#idle = this.#inputs.every((i) => i.idle);
    const heldTheOutput = input.watermark === this.#output;
    if (this.#idle) {
      if (heldTheOutput) this.#raise(Math.max(...this.#inputs.map((i) => i.watermark)));
      return true;
    }
    return heldTheOutput && this.#raise(this.#leastAligned());
  }

  /** Returns whether `idle` changed. */
  markActive(index: number): boolean {
    const input = this.#at(index);
    if (!input.idle) return false;
    input.idle = false;
    input.aligned = input.watermark >= this.#output;
    const was = this.#idle;
    this.#idle = false;
    return was;
  }

  #at(index: number): Input {
    const input = this.#inputs[index];
    if (input === undefined) throw new RangeError(`no input ${index} of ${this.#inputs.length}`);
    return input;
  }

  /** NO_WATERMARK where no input is aligned: then there is nothing to go by. */
  #leastAligned(): number {
    const aligned = this.#inputs.filter((i) => i.aligned);
    return aligned.length === 0 ? NO_WATERMARK : Math.min(...aligned.map((i) => i.watermark));
  }

  #raise(time: number): boolean {
    if (time <= this.#output) return false;
    this.#output = time;
    return true;
  }
}
