/**
 * Watermarks of several inputs of an operator, merged into one: Flink's StatusWatermarkValve.
 *
 * The output is the minimum over the inputs that are active and *aligned*, and never goes backwards. An input that was
 * idle may come back with a watermark behind the output, which had gone on without it. It would hold the minimum in the
 * past, where the output cannot go; so it is left out (unaligned) until it has caught up. When the last active input goes
 * idle while it held the minimum, the output jumps to the maximum of all: nobody is left who could hold it.
 *
 */
import { NO_WATERMARK } from './watermarks.ts';

interface Input {
  watermark: number;
  idle: boolean;
  aligned: boolean;
}

export interface ValveData {
  readonly inputs: readonly {
    readonly watermark: number;
    readonly idle: boolean;
    readonly aligned: boolean;
  }[];
  readonly output: number;
  readonly idle: boolean;
}

/** What to tell downstream, in this order: the watermark, then the status. Null: unchanged. */
export interface ValveChange {
  readonly watermark: number | null;
  readonly idle: boolean | null;
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
  get current(): number {
    return this.#output;
  }

  /** Whether all inputs are idle. */
  get idle(): boolean {
    return this.#idle;
  }

  /** The last watermark of one input. */
  of(index: number): number {
    return this.#at(index).watermark;
  }

  /** What the minimum would be if `index` did not hold it; +Infinity where no other input counts. */
  withoutInput(index: number): number {
    return this.#inputs.reduce(
      (least, input, i) => (i !== index && input.aligned ? Math.min(least, input.watermark) : least),
      Infinity,
    );
  }

  /** A watermark of an idle input, or one that does not rise, changes nothing. */
  watermark(index: number, time: number): ValveChange {
    const input = this.#at(index);
    if (input.idle || time <= input.watermark) return { watermark: null, idle: null };
    input.watermark = time;
    if (time >= this.#output) input.aligned = true;
    return { watermark: this.#raise(this.#leastAligned()), idle: null };
  }

  /** An input fell idle or became active again. */
  status(index: number, idle: boolean): ValveChange {
    const input = this.#at(index);
    if (input.idle === idle) return { watermark: null, idle: null };
    const was = this.#idle;
    input.idle = idle;
    input.aligned = !idle && input.watermark >= this.#output;
    this.#idle = this.#inputs.every((i) => i.idle);
    const change = was === this.#idle ? null : this.#idle;
    if (!idle || input.watermark !== this.#output) return { watermark: null, idle: change };
    // The one that held the output is gone: the next one holds it, or nobody does.
    const next = this.#idle ? Math.max(...this.#inputs.map((i) => i.watermark)) : this.#leastAligned();
    return { watermark: this.#raise(next), idle: change };
  }

  snapshot(): ValveData {
    return { inputs: this.#inputs.map((input) => ({ ...input })), output: this.#output, idle: this.#idle };
  }

  /** @param from by input of this valve, which it was in `data`; −1: it was not there, and begins as in a new one */
  restore({ inputs, output, idle }: ValveData, from: readonly number[] = inputs.map((_, i) => i)): void {
    this.#inputs.forEach((input, i) => {
      Object.assign(input, inputs[from[i] ?? -1]);
    });
    this.#output = output;
    this.#idle = idle;
  }

  /** After inputs came or went: what that changes. */
  settle(): ValveChange {
    const was = this.#idle;
    this.#idle = this.#inputs.every((i) => i.idle);
    return { watermark: this.#raise(this.#leastAligned()), idle: was === this.#idle ? null : this.#idle };
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

  #raise(time: number): number | null {
    if (time <= this.#output) return null;
    this.#output = time;
    return time;
  }
}
