/** The checkpoints of a run, from what the document and whoever starts it say. */
import { isAbsolute } from 'node:path';
import { openPositions } from '../checkpoints/position-log.ts';
import { CheckpointStore } from '../checkpoints/store.ts';
import { CHECKPOINT_DEFAULTS, type GraphDocument } from '../contract/document.ts';
import type { RunOptions } from '../contract/link.ts';
import { problem, WeirError } from '../contract/problems.ts';
import { durationMs } from '../contract/settings.ts';
import { DEFAULT_GUARANTEE } from '../plan/guarantees.ts';
import type { CheckpointSettings } from './checkpointer.ts';

/**
 * Null where none are asked for. Whoever starts the run has locked the folder, for it may be started several times.
 * @param again the run failed and goes on: its own checkpoints have at least this number
 * @throws WeirError where the folder cannot be used, or holds nothing to go on from
 */
export async function openCheckpoints(
  document: GraphDocument,
  options: RunOptions['checkpoints'] | null,
  again: number | null,
  log: (level: 'info' | 'warning', text: string) => void,
): Promise<Omit<CheckpointSettings, 'warn'> | null> {
  if (options === undefined || options === null) return null;
  const { folder, everyMs, restore } = options;
  if (!isAbsolute(folder)) throw new Error(`the folder of checkpoints is absolute, not ${folder}`);
  const own = document.settings?.checkpoints ?? {};
  const {
    every = CHECKPOINT_DEFAULTS.every,
    timeout = CHECKPOINT_DEFAULTS.timeout,
    minPause = CHECKPOINT_DEFAULTS.minPause,
    keep = CHECKPOINT_DEFAULTS.keep,
    tolerableFailures = CHECKPOINT_DEFAULTS.tolerableFailures,
  } = own;
  const store = await CheckpointStore.open(folder, {
    keep,
    warn: (text) => log('warning', text),
    lock: async () => async () => {},
  });
  try {
    const restored =
      again !== null || restore === 'latest'
        ? await store.latest(again ?? 0)
        : restore === undefined
          ? null
          : await store.read(restore);
    if (restore !== undefined && again === null && restored === null) throw nothingThere(folder);
    if (restored !== null) log('info', `The run goes on from checkpoint ${restored.manifest.id}.`);
    else if (again === null && (await store.list()).length > 0)
      log('warning', `The run begins anew; ${folder} has checkpoints that it could go on from.`);
    return {
      store,
      everyMs: everyMs ?? durationMs(every),
      minPauseMs: durationMs(minPause),
      timeoutMs: durationMs(timeout),
      tolerableFailures,
      restored,
      goesOn: again !== null || restore !== undefined,
      // An older checkpoint that someone picks is gone back to on purpose.
      positions: openPositions(
        folder,
        document.settings?.guarantee ?? DEFAULT_GUARANTEE,
        again !== null || restore === 'latest',
      ),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

const nothingThere = (folder: string): WeirError =>
  new WeirError(
    problem('K-BROKEN', {
      path: [],
      message: `There is no whole checkpoint in ${folder}.`,
      value: folder,
      expected: 'at least one that was completed',
      next: 'Start without going on from a checkpoint.',
    }),
  );
