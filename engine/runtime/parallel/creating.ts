/** How the operator of a node is made: one, or one for each slice of the keys that runs here. */
import type { OperatorContext, StatefulOperator, StatefulRuntime } from '../contracts.ts';
import { SlicedOperator } from './sliced-operator.ts';
import { keysOf } from './spread.ts';

type Config = Readonly<Record<string, unknown>>;

export interface OwnSlices {
  readonly all: number;
  /** Those that run here. */
  readonly own: readonly number[];
}

/** @param slices left out: keyed state is whole */
export function creating(
  runtime: StatefulRuntime<Config>,
  context: OperatorContext<Config>,
  slices: OwnSlices | undefined,
): () => StatefulOperator {
  const keys = slices === undefined ? null : keysOf(runtime, context.config, context.inputs);
  if (slices === undefined || slices.all === 1 || keys === null) return () => runtime.create(context);
  return () =>
    new SlicedOperator({
      slices: slices.all,
      own: slices.own,
      keys,
      create: (emit) => runtime.create({ ...context, emit }),
      emit: context.emit,
    });
}
