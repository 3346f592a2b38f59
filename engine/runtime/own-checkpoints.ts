/** Runs that need checkpoints to go on after a failure, and were given no folder for them. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, lockFolder, type ProcessName, thisProcess } from '../checkpoints/lock.ts';
import { asksForCheckpoints } from '../plan/guarantees.ts';
import type { RunRequest } from './run-api.ts';

const PREFIX = 'weir-run-';
/** Names say whose they are from the moment they are there: a lock comes later, and may never come. */
const NAMED = /^weir-run-(\d+)-(\d*)-/;

/**
 * The request with a folder for checkpoints, where the document asks for some: for the life of this run, so it goes on after failures, but
 * not after the death of its process. Folders of processes that are dead are removed meanwhile.
 * @returns `remove`: to be called when the run is over
 */
export async function withOwnCheckpoints(
  request: RunRequest,
): Promise<{ readonly request: RunRequest; remove(): Promise<void> }> {
  const { options, document } = request;
  const removing = removeOrphans(tmpdir());
  if (options.checkpoints !== undefined || !asksForCheckpoints(document.settings))
    return { request, remove: () => removing };
  const { pid, started } = await thisProcess();
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${pid}-${started ?? ''}-`));
  return {
    request: { ...request, options: { ...options, checkpoints: { folder } } },
    remove: async () => {
      await rm(folder, { recursive: true, force: true });
      await removing;
    },
  };
}

/** Those that cannot be removed, another user's for one, are left: nothing depends on it. */
async function removeOrphans(parent: string): Promise<void> {
  const found = await readdir(parent, { withFileTypes: true }).catch(() => []);
  for (const entry of found)
    if (entry.isDirectory() && entry.name.startsWith(PREFIX))
      await removeOrphan(join(parent, entry.name), entry.name).catch(() => {});
}

async function removeOrphan(folder: string, name: string): Promise<void> {
  const maker = makerOf(name);
  if (maker === null) await stat(join(folder, 'lock'));
  else if (await isAlive(maker)) return;
  // Somebody may have gone on from a dead run's folder: a lock that is held is respected, and nobody takes it from here on.
  await lockFolder(folder);
  await rm(folder, { recursive: true, force: true });
}

function makerOf(name: string): ProcessName | null {
  const [, pid, started] = NAMED.exec(name) ?? [];
  return pid === undefined ? null : { pid: Number(pid), started: started || null };
}
