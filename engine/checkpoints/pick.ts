/** Which checkpoint of a folder a run goes on from: the newest, one by its number, or a savepoint by its name. */
import { LATEST } from '../contract/checkpoints.ts';
import { nearest, problem, showValue, WeirError } from '../contract/problems.ts';
import type { Checkpoint, CheckpointStore } from './store.ts';

/** @throws WeirError `K-BROKEN` where it is not there or not whole, `K-VERSION` */
export async function pickCheckpoint(store: CheckpointStore, which: string | number): Promise<Checkpoint> {
  if (typeof which === 'number') return store.read(which);
  if (which === LATEST) {
    const newest = await store.latest();
    if (newest !== null) return newest;
    throw nothingThere(store.folder);
  }
  const savepoints = (await store.list()).filter((manifest) => manifest.name !== null);
  const found = savepoints.find((manifest) => manifest.name === which);
  if (found === undefined)
    throw unknownName(
      store.folder,
      which,
      savepoints.flatMap(({ name }) => name ?? []),
    );
  return store.read(found.id);
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

export function unknownName(folder: string, name: string, known: readonly string[]): WeirError {
  const near = nearest(name, known);
  return new WeirError(
    problem('K-BROKEN', {
      path: [],
      message: `There is no whole savepoint of this name in ${folder}.`,
      value: showValue(name),
      expected: known.length === 0 ? 'a name: there are no savepoints' : `one of ${known.join(', ')}`,
      next: near === null ? '`weir checkpoints DIR` lists them.' : `Did you mean ${near}?`,
    }),
  );
}
