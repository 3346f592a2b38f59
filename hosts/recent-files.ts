/** The files that were opened or saved last, newest first, kept in one small JSON file. */
import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import type { RecentEntry } from '../engine/contract/host.ts';
import { writeAtomically } from './atomic-write.ts';
import { readTextFile } from './documents.ts';

export const RECENT_COUNT_MAX = 12;
const BYTES_MAX = 256 * 1024;

const zRecent = z.array(z.strictObject({ path: z.string(), openedAt: z.number() })).max(RECENT_COUNT_MAX);

export class RecentFiles {
  readonly #file: string;
  /** Changes happen one after the other: two at once would lose one. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  /** Those that still exist. A list that cannot be read counts as empty: losing it harms nothing. */
  async list(): Promise<RecentEntry[]> {
    await this.#last;
    const entries = await this.#read();
    const exists = await Promise.all(
      entries.map(({ path }) =>
        stat(path).then(
          () => true,
          () => false,
        ),
      ),
    );
    return entries.filter((_, i) => exists[i]).map((entry) => ({ ...entry, fileName: basename(entry.path) }));
  }

  /** @param now ms since the epoch */
  add(path: string, now: number): Promise<void> {
    const change = this.#last.then(async () => {
      const others = (await this.#read()).filter((entry) => entry.path !== path);
      const entries = [{ path, openedAt: now }, ...others].slice(0, RECENT_COUNT_MAX);
      await mkdir(dirname(this.#file), { recursive: true });
      await writeAtomically(this.#file, `${JSON.stringify(entries, null, 2)}\n`);
    });
    this.#last = change.catch(() => {});
    return change;
  }

  async #read(): Promise<z.output<typeof zRecent>> {
    try {
      return zRecent.parse(JSON.parse(await readTextFile(this.#file, BYTES_MAX)));
    } catch {
      return [];
    }
  }
}
