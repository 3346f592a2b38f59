/**
 * One engine a folder. The lock is a file that names its process by number and start time, so that it neither survives the process
 * (kill -9 included) nor is taken for a later process with the same number.
 */

import { randomUUID } from 'node:crypto';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { problem, showValue, WeirError } from '../contract/problems.ts';

const NAME = 'lock';
/**
 * Of several that find the lock of a dead process, one may still remove what another has put in its place meanwhile: after so long
 * that has happened, and whose lock is there then has the folder.
 */
const SETTLED_MS = 50;

/** A process, told apart from a later one with the same number. */
export interface ProcessName {
  readonly pid: number;
  /** Ticks since boot on Linux; null where it cannot be known. */
  readonly started: string | null;
}

interface Owner extends ProcessName {
  readonly token: string;
}

export const thisProcess = async (): Promise<ProcessName> => ({
  pid: process.pid,
  started: await startOf(process.pid),
});

/** @throws WeirError `K-LOCKED` where another living process holds the folder */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, NAME);
  const own: Owner = { ...(await thisProcess()), token: randomUUID() };
  const aside = `${path}.${own.token}`;
  await writeFile(aside, JSON.stringify(own));
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        // A hard link either comes to be or does not: two processes cannot both make it.
        await link(aside, path);
        if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
        const holder = await ownerOf(path);
        if (holder?.token !== own.token) throw locked(folder, holder);
        return async () => {
          if ((await ownerOf(path))?.token === own.token) await unlink(path);
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const other = await ownerOf(path);
      if (other !== null && (await isAlive(other))) throw locked(folder, other);
      // Its process is gone. Removed only if it is still that one's.
      if ((await ownerOf(path))?.token === other?.token) await unlink(path).catch(() => {});
    }
    throw locked(folder, null);
  } finally {
    await unlink(aside).catch(() => {});
  }
}

/** The living process that holds the folder; null: none does. */
export async function holderOf(folder: string): Promise<ProcessName | null> {
  const owner = await ownerOf(join(folder, NAME));
  return owner !== null && (await isAlive(owner)) ? owner : null;
}

async function ownerOf(path: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Owner;
  } catch {
    return null;
  }
}

export async function isAlive(owner: ProcessName): Promise<boolean> {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: there is one, of another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const started = await startOf(owner.pid);
  return owner.started === null || started === null || started === owner.started;
}

async function startOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold blanks; the start time is the 20th field behind it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

const locked = (folder: string, owner: Owner | null): WeirError =>
  new WeirError(
    problem('K-LOCKED', {
      path: [],
      message: `Another run uses the checkpoints in ${folder}.`,
      value: showValue(owner === null ? folder : `process ${owner.pid}`),
      expected: 'one run a folder',
      next: 'Stop the other run, or give this one a folder of its own.',
    }),
  );
