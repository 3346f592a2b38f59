/** The checkpoints of a run, from what the document and whoever starts it say. */
import { isAbsolute } from 'node:path';
import { graphHash } from '../checkpoints/graph-hash.ts';
import { pickCheckpoint } from '../checkpoints/pick.ts';
import { openPositions } from '../checkpoints/position-log.ts';
import { type Checkpoint, CheckpointStore } from '../checkpoints/store.ts';
import { LATEST } from '../contract/checkpoints.ts';
import { CHECKPOINT_DEFAULTS } from '../contract/document.ts';
import type { RunOptions } from '../contract/link.ts';
import { durationMs } from '../contract/settings.ts';
import type { CheckedGraph } from '../plan/graph.ts';
import { DEFAULT_GUARANTEE } from '../plan/guarantees.ts';
import type { CheckpointSettings } from './checkpointer.ts';
import { carryOut } from './take-over.ts';

export interface OpenCheckpoints {
  readonly asked: RunOptions['checkpoints'] | null;
  /** The run failed and goes on: its own checkpoints, and the one that it went on from, have at least this number. */
  readonly again: number | null;
  readonly seed: number;
  readonly baseDir: string;
  log(level: 'info' | 'warning' | 'error', node: string | null, text: string): void;
}

/**
 * Null where none are asked for. Whoever starts the run has locked the folder, for it may be started several times.
 * @throws WeirError where the folder cannot be used, holds nothing to go on from, or state that the graph cannot take over
 */
export async function openCheckpoints(
  graph: CheckedGraph,
  { asked, again, seed, baseDir, log }: OpenCheckpoints,
): Promise<Omit<CheckpointSettings, 'warn'> | null> {
  if (asked === undefined || asked === null) return null;
  const { folder, everyMs, restore } = asked;
  if (!isAbsolute(folder)) throw new Error(`the folder of checkpoints is absolute, not ${folder}`);
  const { document } = graph;
  const own = document.settings?.checkpoints ?? {};
  const {
    every = CHECKPOINT_DEFAULTS.every,
    timeout = CHECKPOINT_DEFAULTS.timeout,
    minPause = CHECKPOINT_DEFAULTS.minPause,
    keep = CHECKPOINT_DEFAULTS.keep,
    tolerableFailures = CHECKPOINT_DEFAULTS.tolerableFailures,
    unaligned = CHECKPOINT_DEFAULTS.unaligned,
    alignedTimeout = CHECKPOINT_DEFAULTS.alignedTimeout,
  } = own;
  const store = await CheckpointStore.open(folder, {
    keep,
    warn: (text) => log('warning', null, text),
    lock: async () => async () => {},
  });
  try {
    const restored = await find(store, restore, again);
    const drop = givenUp(asked, again, restored);
    // An older checkpoint that someone picks is gone back to on purpose.
    const goesOnBehind = again !== null || restore === LATEST;
    const positions = openPositions(folder, document.settings?.guarantee ?? DEFAULT_GUARANTEE, goesOnBehind);
    try {
      if (restored !== null) {
        const isEdited = restored.manifest.graph !== graphHash(document) || drop.length > 0;
        if (isEdited && again === null)
          await carryOut({ graph, restored, drop, folder, positions, seed, baseDir, log });
        log('info', null, `The run goes on from ${nameOf(restored)}.`);
      } else if (again === null && (await store.list()).length > 0)
        log('warning', null, `The run begins anew; ${folder} has checkpoints that it could go on from.`);
    } catch (error) {
      positions?.close();
      throw error;
    }
    return {
      store,
      everyMs: everyMs ?? durationMs(every),
      minPauseMs: durationMs(minPause),
      timeoutMs: durationMs(timeout),
      tolerableFailures,
      overtakeAfterMs: unaligned ? durationMs(alignedTimeout) : null,
      restored,
      drop,
      goesOn: again !== null || restore !== undefined,
      positions,
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What was given up is given up of that one checkpoint, and not of those that the run takes itself. */
export const givenUp = (
  asked: RunOptions['checkpoints'] | null,
  again: number | null,
  restored: Checkpoint | null,
): readonly string[] =>
  restored === null || again === null || restored.manifest.id === again ? (asked?.drop ?? []) : [];

async function find(
  store: CheckpointStore,
  restore: string | number | undefined,
  again: number | null,
): Promise<Checkpoint | null> {
  if (again !== null) return store.latest(again);
  return restore === undefined ? null : pickCheckpoint(store, restore);
}

const nameOf = ({ manifest: { id, name } }: Checkpoint): string =>
  name === null ? `checkpoint ${id}` : `savepoint ${JSON.stringify(name)} (checkpoint ${id})`;
