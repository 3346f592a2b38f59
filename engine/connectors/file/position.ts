import { z } from 'zod';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import type { SourcePosition } from '../../runtime/contracts.ts';

const zSaved = z.object({
  offset: z.number().min(0),
  number: z.number().min(0),
  memo: z.array(z.string()).readonly().nullable(),
  ended: z.boolean(),
  /** Whether its partition was told to have ended. */
  told: z.boolean().optional(),
  /** The latest time (ms) of its rows so far, in a replay by time. */
  due: z.number().optional(),
  /** Of a followed file: which file the offset is in, for it may get another name. */
  inode: z.string().optional(),
});
/** How far one file was read: a place, and whether it is read to its end. */
export type SavedPosition = z.output<typeof zSaved>;

/** Files that are read side by side: whose turn it is, and how many rows of it were given. */
const zTurn = z.object({ lane: z.string(), rows: z.int().min(0) });
export type SavedTurn = z.output<typeof zTurn>;

/** No file's name below a folder begins so. */
export const TURN_KEY = '/turn';
const zPosition = z.object({ [TURN_KEY]: zTurn.optional() }).catchall(zSaved);

export interface ReadPosition {
  readonly files: ReadonlyMap<string, SavedPosition>;
  readonly turn: SavedTurn | null;
}

/** What `position` gave, back from a checkpoint; throws R-NODE where it is something else. */
export function readPosition(restored: SourcePosition | null, nodeId: string): ReadPosition {
  if (restored === null) return { files: new Map(), turn: null };
  const result = zPosition.safeParse(restored);
  if (result.success) {
    const { [TURN_KEY]: turn = null, ...files } = result.data;
    return { files: new Map(Object.entries(files as Record<string, SavedPosition>)), turn };
  }
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
