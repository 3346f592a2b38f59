/** What a run says of why it failed, or cannot do what was asked. */
import { type Problem, problem, WeirError } from '../contract/problems.ts';
import type { NodeStats } from '../telemetry/stats.ts';
import { culpritOf } from './culprits.ts';

/** An error as a problem of the node in which it happened. @param at where the run was, as far as it knows */
export function runProblem(error: unknown, at: string | null): Problem {
  const node = culpritOf(error) ?? at;
  const path = node === null ? [] : ['nodes', node];
  if (error instanceof WeirError) {
    const own = error.problem;
    return own.path[0] === 'nodes' || own.path[0] === 'tests' || node === null
      ? own
      : { ...own, path: [...path, ...own.path] };
  }
  return problem('R-NODE', {
    path,
    message: error instanceof Error ? error.message : String(error),
    next: 'Look at the log; if the data is not the cause, report this.',
  });
}

/** @param largest the node that keeps most of it; @param bytes of all; @param most bytes */
export const tooMuchState = (largest: NodeStats, bytes: number, most: number): WeirError =>
  new WeirError(
    problem('R-STATE', {
      path: ['nodes', largest.node],
      message: `The run keeps more state than it may, most of it in ${largest.node}: ${largest.stateRows.toLocaleString('en-US')} entries.`,
      value: `${Math.round(bytes / 2 ** 20)} MB`,
      expected: `at most ${Math.round(most / 2 ** 20)} MB`,
      next: 'Give the state a time to live, use fewer or coarser keys or smaller windows, or raise settings.stateMegabytesMax.',
    }),
  );

export const noCheckpoints = (savepoint: string): WeirError =>
  new WeirError(
    problem('K-NONE', {
      path: ['settings', 'checkpoints'],
      message: 'This run takes no checkpoints, so it has no place for a savepoint.',
      value: savepoint,
      expected: 'a run with checkpoints',
      next: 'Give the pipeline settings for checkpoints, or start it with `--checkpoints DIR`.',
    }),
  );
