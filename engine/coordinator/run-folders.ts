/**
 * Where the runs of studios keep their checkpoints: a folder for each document, in the host's own data folder, found again after the
 * engine, the studio or the machine died. `run.json` in it says how the last run stands.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Manifest } from '../checkpoints/format.ts';
import { listCheckpoints, removeCheckpoint } from '../checkpoints/listing.ts';
import { lockFolder } from '../checkpoints/lock.ts';
import { type KeptCheckpoint, type KeptCheckpoints, zCheckpointOwner } from '../contract/checkpoints.ts';

const STATUS = 'run.json';
/** Runs that nobody has gone on with for so long are given up: 30 days, ms. */
const FORGOTTEN_AFTER_MS = 30 * 86_400_000;

const zStatus = z.object({
  owner: zCheckpointOwner,
  /** `open`: it goes on, or died. */
  state: z.enum(['open', 'ended']),
  /** Of the last change, by the machine's clock, ms. */
  at: z.number(),
});
type Status = z.output<typeof zStatus>;

export type RunEnd = 'in order' | 'died' | 'never began';

export class RunFolders {
  readonly #root: string;
  /** Runs by owner: a second one, of another window, is refused only when it starts. */
  readonly #running = new Map<string, { count: number; readonly before: Status | null }>();

  /** @param dataDir absolute */
  constructor(dataDir: string) {
    this.#root = join(dataDir, 'runs');
  }

  folderOf(owner: string): string {
    return join(this.#root, createHash('sha256').update(owner).digest('hex').slice(0, 32));
  }

  /** A run is about to start. @returns its folder */
  async begin(owner: string): Promise<string> {
    const running = this.#running.get(owner) ?? { count: 0, before: await this.#read(this.folderOf(owner)) };
    running.count++;
    this.#running.set(owner, running);
    await this.#write({ owner, state: 'open', at: Date.now() });
    return this.folderOf(owner);
  }

  /**
   * `in order`: it came to its end, or a person stopped it. `died`: it is offered to go on. `never began`: all is as it was before.
   */
  async end(owner: string, how: RunEnd): Promise<void> {
    const running = this.#running.get(owner);
    if (running === undefined || --running.count > 0) return;
    this.#running.delete(owner);
    if (how === 'in order') await this.#write({ owner, state: 'ended', at: Date.now() });
    else if (how === 'never began' && running.before !== null) await this.#write(running.before);
  }

  async list(owner: string): Promise<KeptCheckpoints> {
    const status = await this.#read(this.folderOf(owner));
    if (status === null) return { state: 'none', checkpoints: [], broken: [] };
    const { whole, broken } = await listCheckpoints(this.folderOf(owner));
    const checkpoints = whole.map(kept);
    const isRunning = this.#running.has(owner);
    const unfinished = status.state === 'open' && checkpoints.length > 0;
    return {
      state: isRunning ? 'running' : unfinished ? 'unfinished' : status.state === 'ended' ? 'ended' : 'none',
      checkpoints,
      broken: [...broken],
    };
  }

  /** @throws WeirError `K-LOCKED` while a run goes on, `K-BROKEN` where there is none of that name */
  async remove(owner: string, name: string): Promise<void> {
    await removeCheckpoint(this.folderOf(owner), name);
  }

  /**
   * Removes what nobody will ask for: of runs that ended in order without a savepoint, and of those that are forgotten. Called when the engine
   * starts, so that until then one can still go back.
   */
  async sweep(now: number): Promise<void> {
    const found = await readdir(this.#root, { withFileTypes: true }).catch(() => []);
    for (const entry of found)
      if (entry.isDirectory()) await this.#sweepOne(join(this.#root, entry.name), now).catch(() => {});
  }

  /** What cannot be removed, or is in use, is left: nothing depends on it. */
  async #sweepOne(folder: string, now: number): Promise<void> {
    const status = await this.#read(folder);
    if (status === null || this.#running.has(status.owner)) return;
    const forgotten = now - status.at > FORGOTTEN_AFTER_MS;
    if (!forgotten && status.state === 'open') return;
    if (!forgotten && (await listCheckpoints(folder)).whole.some(({ name }) => name !== null)) return;
    await lockFolder(folder); // another engine may be at it
    await rm(folder, { recursive: true, force: true });
  }

  async #read(folder: string): Promise<Status | null> {
    try {
      return zStatus.parse(JSON.parse(await readFile(join(folder, STATUS), 'utf8')));
    } catch {
      return null;
    }
  }

  /** Aside and renamed: a torn one would hide the checkpoints. */
  async #write(status: Status): Promise<void> {
    const folder = this.folderOf(status.owner);
    await mkdir(folder, { recursive: true });
    const aside = join(folder, `${STATUS}.part`);
    await writeFile(aside, JSON.stringify(status));
    await rename(aside, join(folder, STATUS));
  }
}

const kept = ({ id, name, takenAt, tookMs, writtenBytes, parts }: Manifest): KeptCheckpoint => ({
  id,
  name,
  takenAt,
  tookMs,
  bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
  writtenBytes,
  // What is of the run and of no node has no name.
  nodes: parts.flatMap(({ node, bytes, overtaken }) =>
    node === '' ? [] : [{ node, bytes, ...(overtaken === undefined ? {} : { overtaken }) }],
  ),
});
