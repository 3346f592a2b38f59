/** A paused run that is taken on step by step, so that one can see what each record does. */
import type { StepKind } from '../contract/link.ts';
import type { BuiltGraph } from './build.ts';

/** As a slice of the run's own work. */
const SLICE_MS = 4;

export class Stepper {
  readonly #built: BuiltGraph;
  readonly #batchRows: number;
  #kind: StepKind | null = null;
  /** Figures when the step began, by node. */
  #before: readonly number[] = [];
  /** The source that comes next. */
  #turn = 0;

  constructor(built: BuiltGraph, batchRows: number) {
    this.#built = built;
    this.#batchRows = batchRows;
  }

  /** Whether a step is on its way: it may have to wait for its source. */
  get isOn(): boolean {
    return this.#kind !== null;
  }

  begin(kind: StepKind): void {
    this.#kind = kind;
    this.#before = this.#figures(kind);
  }

  stop(): void {
    this.#kind = null;
  }

  /** Goes on with the step for a few ms. False: there is none, or nothing to give now. */
  work(): boolean {
    const kind = this.#kind;
    if (kind === null) return false;
    const began = performance.now();
    while (performance.now() - began < SLICE_MS) {
      if (!this.#give(kind === 'batch' ? this.#batchRows : 1)) {
        // Nothing will come that the step could wait for.
        if (this.#built.sources.every((source) => source.done)) this.stop();
        return false;
      }
      if (kind !== 'record' && kind !== 'batch' && !this.#moved(kind)) continue;
      this.stop();
      break;
    }
    return true;
  }

  /** The next source in turn that has something gives it. */
  #give(rows: number): boolean {
    const { sources } = this.#built;
    for (let n = 0; n < sources.length; n++) {
      const source = sources[(this.#turn + n) % sources.length];
      if (source === undefined || source.done || source.blocked || !source.step(rows)) continue;
      this.#turn = (this.#turn + n + 1) % sources.length;
      return true;
    }
    return false;
  }

  #moved(kind: StepKind): boolean {
    return this.#figures(kind).some((figure, at) => figure > (this.#before[at] ?? figure));
  }

  /** Watermarks of operators; rows that windows gave. */
  #figures(kind: StepKind): number[] {
    const { nodes, stateful } = this.#built;
    if (kind === 'watermark') return nodes.map((node) => node.watermark);
    const windows = stateful.filter(({ operator }) => operator.openPanes !== undefined);
    return windows.map(({ stats }) => stats.recordsOut);
  }
}
