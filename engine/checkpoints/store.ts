/**
 * Checkpoints in a folder, `chk-000012.state` and `chk-000012.json` each: written so that a crash at any instant leaves the last whole
 * one, read newest first.
 */
import { join } from 'node:path';
import { problem, WeirError } from '../contract/problems.ts';
import { diskFiles } from '../files/disk.ts';
import type { Files } from '../files/files.ts';
import {
  broken,
  CHECKPOINT_VERSION,
  decodeParts,
  encodeParts,
  type Manifest,
  type Part,
  readManifest,
  writeManifest,
} from './format.ts';
import { lockFolder } from './lock.ts';

const NAME = /^chk-(\d{6,})\.(state|json|json\.part)$/;
type Kind = 'state' | 'json' | 'json.part';

export interface Checkpoint {
  readonly manifest: Manifest;
  readonly parts: ReadonlyMap<string, Part>;
}

export interface StoreOptions {
  /** Complete checkpoints that stay; savepoints are not counted. */
  readonly keep: number;
  /** Told of checkpoints that cannot be used, and of old ones that cannot be removed. */
  warn(text: string): void;
  /** Left out: the disk. */
  readonly files?: Files;
  /** Left out: a file that names this process. Returns what gives the folder free. */
  lock?(folder: string): Promise<() => Promise<void>>;
}

export class CheckpointStore {
  readonly folder: string;
  readonly #files: Files;
  readonly #options: StoreOptions;
  readonly #release: () => Promise<void>;
  #next: number;

  private constructor(folder: string, options: StoreOptions, release: () => Promise<void>, next: number) {
    this.folder = folder;
    this.#files = options.files ?? diskFiles;
    this.#options = options;
    this.#release = release;
    this.#next = next;
  }

  /** Locks the folder, which is made where it is missing. @throws WeirError `K-LOCKED`, `K-FOLDER` */
  static async open(folder: string, options: StoreOptions): Promise<CheckpointStore> {
    const files = options.files ?? diskFiles;
    const release = await (options.lock ?? lockCheckpoints)(folder);
    try {
      await files.makeFolder(folder);
      const newest = Math.max(0, ...(await namesIn(files, folder)).map(({ id }) => id));
      return new CheckpointStore(folder, options, release, newest + 1);
    } catch (error) {
      await release();
      throw error instanceof WeirError ? error : unusable(folder, error);
    }
  }

  /** The number that the next checkpoint gets. Numbers are never used again, also not of one that failed. */
  nextId(): number {
    return this.#next++;
  }

  /** Every checkpoint from here on has at least this number. */
  get upcoming(): number {
    return this.#next;
  }

  /** Resolves when the checkpoint would survive a power cut. Old ones are removed after that. @throws WeirError `K-FOLDER` */
  async write(
    checkpoint: Omit<Manifest, 'weirCheckpoint' | 'parts' | 'tookMs' | 'writtenBytes'>,
    parts: readonly Part[],
    startedAt: number,
  ): Promise<Manifest> {
    const { id } = checkpoint;
    const encoded = encodeParts(parts);
    const manifest: Manifest = {
      weirCheckpoint: CHECKPOINT_VERSION,
      ...checkpoint,
      tookMs: Date.now() - startedAt,
      writtenBytes: encoded.reduce((sum, e) => sum + e.bytes.length, 0),
      parts: encoded.map((e) => e.entry),
    };
    try {
      await this.#writeDurably(
        id,
        'state',
        encoded.map((e) => e.bytes),
      );
      await this.#writeDurably(id, 'json.part', [Buffer.from(writeManifest(manifest))]);
      // First the names, for a manifest must not come to be without what it tells of.
      await this.#files.syncFolder(this.folder);
      await this.#files.rename(this.#path(id, 'json.part'), this.#path(id, 'json'));
      await this.#files.syncFolder(this.folder);
    } catch (error) {
      await this.#remove(id).catch(() => {});
      throw unusable(this.folder, error);
    }
    await this.#removeOld(id).catch((error: unknown) =>
      this.#options.warn(`Old checkpoints in ${this.folder} could not be removed: ${textOf(error)}`),
    );
    return manifest;
  }

  /** Newest first. Broken ones are left out, and told. */
  async list(): Promise<Manifest[]> {
    const found: Manifest[] = [];
    for (const id of await this.completed()) {
      try {
        found.push(await this.#manifest(id));
      } catch (error) {
        this.#warnOf(error);
      }
    }
    return found;
  }

  /**
   * The newest that is whole, or null where none was completed. Those that cannot be used are told.
   * @param from older numbers are of other runs
   * @throws WeirError `K-BROKEN`, `K-VERSION` where there are some, and none can be used
   */
  async latest(from = 0): Promise<Checkpoint | null> {
    let newest: unknown = null;
    for (const id of await this.completed()) {
      if (id < from) break;
      try {
        return await this.read(id);
      } catch (error) {
        this.#warnOf(error);
        newest ??= error;
      }
    }
    if (newest !== null) throw newest;
    return null;
  }

  /** @throws WeirError `K-BROKEN`, `K-VERSION` */
  async read(id: number): Promise<Checkpoint> {
    const manifest = await this.#manifest(id);
    const path = this.#path(id, 'state');
    const bytes = await this.#bytes(path, 'its state');
    return { manifest, parts: decodeParts(manifest, bytes, path) };
  }

  async #manifest(id: number): Promise<Manifest> {
    const path = this.#path(id, 'json');
    const manifest = readManifest((await this.#bytes(path, 'its manifest')).toString('utf8'), path);
    if (manifest.id !== id) throw broken(path, `it is number ${manifest.id}`);
    return manifest;
  }

  async #bytes(path: string, what: string): Promise<Buffer> {
    try {
      const info = await this.#files.info(path);
      if (info === null) throw broken(path, `${what} is missing`);
      const file = await this.#files.open(path, 'read');
      try {
        const bytes = Buffer.alloc(info.size);
        return bytes.subarray(0, await file.read(bytes, 0));
      } finally {
        await file.close();
      }
    } catch (error) {
      throw error instanceof WeirError
        ? error
        : broken(path, `${what} cannot be read: ${textOf(error)}`, error);
    }
  }

  /** Newest first, without a look at what they hold. */
  async completed(): Promise<number[]> {
    const names = await namesIn(this.#files, this.folder);
    return names.flatMap(({ id, kind }) => (kind === 'json' ? [id] : [])).sort((a, b) => b - a);
  }

  /** Those beyond the number that stays, and those that were never completed. */
  async #removeOld(newest: number): Promise<void> {
    const names = await namesIn(this.#files, this.folder);
    let kept = 0;
    for (const id of [...new Set(names.map((n) => n.id))].sort((a, b) => b - a)) {
      if (id > newest) continue;
      const manifest = names.some((n) => n.id === id && n.kind === 'json') ? await this.#tried(id) : null;
      // One that another Weir wrote is not ours to remove.
      if (manifest === 'other' || (manifest !== null && manifest.name !== null)) continue;
      if (manifest !== null && kept < this.#options.keep) kept++;
      else await this.#remove(id);
    }
  }

  /** Null: broken. A disk that does not answer says nothing of the checkpoint. */
  async #tried(id: number): Promise<Manifest | 'other' | null> {
    try {
      return await this.#manifest(id);
    } catch (error) {
      const isTorn =
        error instanceof WeirError && error.problem.code === 'K-BROKEN' && error.cause === undefined;
      return isTorn ? null : 'other';
    }
  }

  /** First the manifest: what is left of a removal that was cut short is not taken for a checkpoint. */
  async #remove(id: number): Promise<void> {
    for (const kind of ['json', 'json.part', 'state'] as const)
      await this.#files.remove(this.#path(id, kind));
  }

  async #writeDurably(id: number, kind: Kind, parts: readonly Buffer[]): Promise<void> {
    const file = await this.#files.open(this.#path(id, kind), 'create');
    try {
      let at = 0;
      for (const part of parts) {
        await file.write(part, at);
        at += part.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
  }

  #path(id: number, kind: Kind): string {
    return join(this.folder, `chk-${String(id).padStart(6, '0')}.${kind}`);
  }

  #warnOf(error: unknown): void {
    if (!(error instanceof WeirError)) throw error;
    this.#options.warn(error.problem.message);
  }

  async close(): Promise<void> {
    await this.#release();
  }
}

/** Makes the folder and locks it; returns what gives it free. @throws WeirError `K-LOCKED`, `K-FOLDER` */
export async function lockCheckpoints(folder: string): Promise<() => Promise<void>> {
  try {
    await diskFiles.makeFolder(folder);
    return await lockFolder(folder);
  } catch (error) {
    throw error instanceof WeirError ? error : unusable(folder, error);
  }
}

async function namesIn(files: Files, folder: string): Promise<{ id: number; kind: Kind }[]> {
  return (await files.list(folder)).flatMap((name) => {
    const [, digits, kind] = NAME.exec(name) ?? [];
    return digits === undefined ? [] : [{ id: Number(digits), kind: kind as Kind }];
  });
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const unusable = (folder: string, error: unknown): WeirError =>
  new WeirError(
    problem('K-FOLDER', {
      path: [],
      message: `Checkpoints cannot be kept in ${folder}: ${textOf(error)}.`,
      value: folder,
      expected: 'a folder that Weir may write to, with room',
      next: 'Check its permissions and the space on the disk, or pick another folder.',
    }),
    { cause: error },
  );
