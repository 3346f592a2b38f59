/** What lies in a folder of checkpoints, read without holding it: a run may be writing there. And how one of them is removed. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Problem, problem, showValue, WeirError } from '../contract/problems.ts';
import { blocksOf, type Manifest } from './format.ts';
import { pickCheckpoint, unknownName } from './pick.ts';
import { type Checkpoint, CheckpointStore, lockCheckpoints } from './store.ts';

export interface Listing {
  /** Newest first. */
  readonly whole: readonly Manifest[];
  /** Of those that cannot be read, what is said of them. */
  readonly broken: readonly string[];
}

/** @throws WeirError `K-FOLDER` where there is no such folder */
export const listCheckpoints = (folder: string): Promise<Listing> =>
  reading(folder, async (store, broken) => ({ whole: await store.list(), broken }));

/** The one that `--restore` would go on from. @throws WeirError `K-FOLDER`, `K-BROKEN`, `K-VERSION` */
export const readCheckpoint = (folder: string, which: string | number): Promise<Checkpoint> =>
  reading(folder, (store) => pickCheckpoint(store, which));

async function reading<T>(
  folder: string,
  work: (store: CheckpointStore, broken: readonly string[]) => Promise<T>,
): Promise<T> {
  await readdir(folder).catch((error: unknown) => {
    throw noFolder(folder, error);
  });
  const broken: string[] = [];
  const store = await CheckpointStore.open(folder, {
    keep: 1,
    warn: (text) => void broken.push(text),
    lock: async () => async () => {},
  });
  try {
    return await work(store, broken);
  } finally {
    await store.close();
  }
}

/**
 * Removes one checkpoint, also one that is broken; state that others refer to stays until they are gone.
 * @param which its number or name @returns its number
 * @throws WeirError `K-LOCKED` while a run holds the folder, `K-BROKEN` where there is none of that number or name
 */
export async function removeCheckpoint(folder: string, which: string | number): Promise<number> {
  const { whole } = await listCheckpoints(folder);
  const release = await lockCheckpoints(folder);
  try {
    const id = typeof which === 'number' ? which : whole.find((m) => m.name === which)?.id;
    const names = await readdir(folder);
    const stem = `chk-${String(id ?? 0).padStart(6, '0')}`;
    if (id === undefined || !names.includes(`${stem}.json`))
      throw unknownName(
        folder,
        String(which),
        whole.map((m) => m.name ?? String(m.id)),
      );
    const others = whole.filter((m) => m.id !== id);
    // What a broken one refers to cannot be told, and it may be mended.
    const isNeeded =
      others.some((m) => blocksOf(m).some(([file]) => file === id)) ||
      names.filter((name) => /^chk-\d+\.json$/.test(name)).length > others.length + 1;
    await rm(join(folder, `${stem}.json`));
    if (!isNeeded) await rm(join(folder, `${stem}.state`), { force: true });
    return id;
  } finally {
    await release();
  }
}

function noFolder(folder: string, error: unknown): WeirError {
  const found: Problem = problem('K-FOLDER', {
    path: [],
    message: `There are no checkpoints in ${folder}: ${error instanceof Error ? error.message : String(error)}`,
    value: showValue(folder),
    expected: 'a folder that `weir run --checkpoints DIR` made',
    next: 'Check the path.',
  });
  return new WeirError(found, { cause: error });
}
