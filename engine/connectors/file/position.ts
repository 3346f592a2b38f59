import { z } from 'zod';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import type { SourcePosition } from '../../runtime/contracts.ts';

const zSaved = z.object({
  offset: z.number().min(0),
  number: z.number().min(0),
  memo: z.array(z.string()).readonly().nullable(),
  ended: z.boolean(),
});
/** How far one file was read: a place, and whether it is read to its end. */
export type SavedPosition = z.output<typeof zSaved>;

const zPosition = z.record(z.string(), zSaved);

/** What `position` gave, back from a checkpoint; throws R-NODE where it is something else. */
export function readPosition(
  restored: SourcePosition | null,
  nodeId: string,
): Iterable<readonly [string, SavedPosition]> {
  if (restored === null) return [];
  const result = zPosition.safeParse(restored);
  if (result.success) return Object.entries(result.data);
  throw new WeirError(
    problem('R-NODE', {
      path: ['nodes', nodeId],
      message: 'The file source cannot go on from the saved position.',
      value: showValue(restored),
      expected: 'a position by file',
      next: 'Start the run from the beginning.',
    }),
  );
}
