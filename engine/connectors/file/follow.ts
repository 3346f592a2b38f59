import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import type { Clock } from '../../runtime/clock.ts';
import { wait } from '../../runtime/wait.ts';
import type { Detected } from './detect.ts';
import { type Located, locateFiles } from './locate.ts';

/** Only plain lines can grow. */
export function checkFollowed(path: string, { gzip, format }: Detected): void {
  if (!gzip && (format.kind === 'ndjson' || format.kind === 'csv')) return;
  throw new WeirError(
    problem('C-FORMAT', {
      path: ['config', 'follow'],
      message: `${path} cannot be followed: it is ${gzip ? 'packed' : `a file of the format ${format.kind}`}.`,
      value: showValue(path),
      expected: 'NDJSON or CSV that is not packed',
      next: 'Switch follow off, or pick other files.',
    }),
  );
}

export const shrunk = (path: string, offset: number, unit = 'bytes'): WeirError =>
  new WeirError(
    problem('C-FORMAT', {
      path: ['config', 'path'],
      message: `${path} is shorter than what was already read of it.`,
      value: showValue(path),
      expected: `at least ${offset} ${unit}`,
      next: 'Start the run from the beginning.',
    }),
  );

/** Between two looks for new files. */
const LOOK_MS = 1000;

/**
 * Looks for files that come into a followed folder or glob. A file that only got another name (log rotation) is not new:
 * it is known by its inode.
 */
export class NewFiles {
  readonly #inodes = new Set<string>();
  readonly #names = new Set<string>();

  /** The files that are read already. */
  async know(files: readonly string[]): Promise<void> {
    for (const file of files) {
      this.#names.add(file);
      const inode = await inodeOf(file);
      if (inode !== null) this.#inodes.add(inode);
    }
  }

  /** Calls `found` with every new file until the signal aborts. */
  async look(
    path: string,
    baseDir: string,
    clock: Clock,
    signal: AbortSignal,
    found: (file: string, located: Located) => void,
  ): Promise<void> {
    for (;;) {
      await wait(clock, LOOK_MS, signal);
      if (signal.aborted) return;
      // While a rotation is under way nothing may be there.
      const located = await locateFiles(path, baseDir).catch(() => null);
      for (const file of located?.files ?? []) {
        const inode = await inodeOf(file);
        if (inode === null || signal.aborted || located === null) continue;
        const isNew = !this.#names.has(file) && !this.#inodes.has(inode);
        this.#names.add(file);
        this.#inodes.add(inode);
        if (isNew) found(file, located);
      }
    }
  }
}

/** Where the file `inode` is now that its name has gone to another: in the folder of that name. Null: nowhere. */
export async function renamed(path: string, inode: string): Promise<string | null> {
  const folder = dirname(path);
  for (const name of await readdir(folder).catch(() => [])) {
    if ((await inodeOf(join(folder, name))) === inode) return join(folder, name);
  }
  return null;
}

export async function inodeOf(file: string): Promise<string | null> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  return found === null ? null : `${found.dev}:${found.ino}`;
}
