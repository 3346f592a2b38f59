/** Unaligned checkpoints: what they need, as in Flink. */
import { type Problem, problem } from '../contract/problems.ts';
import type { CheckedGraph } from './graph.ts';
import { DEFAULT_GUARANTEE } from './guarantees.ts';

export function unalignedProblems({ document: { settings } }: CheckedGraph): Problem[] {
  const { unaligned = false, alignedTimeout } = settings?.checkpoints ?? {};
  const path = ['settings', 'checkpoints'];
  const guarantee = settings?.guarantee ?? DEFAULT_GUARANTEE;
  if (unaligned && guarantee !== 'exactly-once')
    return [
      problem('S-VALUE', {
        path: [...path, 'unaligned'],
        message: `With ${guarantee} rows are shown as they come to a sink: no barrier can overtake them.`,
        value: 'true',
        expected: 'false, or the guarantee exactly-once',
        next: 'Switch it off, or ask for exactly-once.',
      }),
    ];
  if (!unaligned && alignedTimeout !== undefined)
    return [
      problem('S-VALUE', {
        path: [...path, 'alignedTimeout'],
        message: 'Barriers wait in line as long as it takes: unaligned checkpoints are not switched on.',
        value: alignedTimeout,
        expected: 'nothing, or unaligned checkpoints',
        next: 'Remove it, or switch unaligned checkpoints on.',
      }),
    ];
  return [];
}
