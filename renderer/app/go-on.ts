/** Savepoints, and runs that go on from a checkpoint. */
import { LATEST } from '../../engine/contract/checkpoints.ts';
import type { Problem } from '../../engine/contract/problems.ts';
import { type CheckpointRef, isActive } from '../store/run.ts';
import type { Studio } from '../store/studio.ts';
import { ownerOf } from './checkpoints.ts';
import { reviveEngine, startRun, stopRun } from './runs.ts';

/** Problems say why it was not taken; empty where it stands. */
export async function takeSavepoint(
  studio: Studio,
  name: string,
  stop: boolean,
): Promise<readonly Problem[]> {
  const { runId } = studio.run.getState();
  if (runId === null) return [];
  const reply = await studio.engine.request(
    stop ? { type: 'run.stop', runId, savepoint: name } : { type: 'run.savepoint', runId, name },
  );
  return reply.ok ? [] : (reply.problems as readonly Problem[]);
}

/** Ends what runs, and starts the document as it is now from a checkpoint; with another engine where the last one died. */
export async function goOnFrom(
  studio: Studio,
  from: CheckpointRef,
  drop: readonly string[] = [],
): Promise<void> {
  const { kept, owner: ran } = studio.run.getState();
  const owner = ran ?? kept?.owner ?? ownerOf(studio.document.getState());
  if (studio.run.getState().engine === 'dead') await reviveEngine(studio);
  if (studio.run.getState().engine !== 'ready') return; // why not is said above the canvas
  if (isActive(studio.run.getState().status)) await stopRun(studio);
  await startRun(studio, { from, owner, ...(drop.length === 0 ? {} : { drop }) });
}

/** From the newest that is whole, whichever that turns out to be. */
export const goOn = (studio: Studio): Promise<void> => goOnFrom(studio, LATEST);
