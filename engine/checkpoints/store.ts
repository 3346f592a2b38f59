/** Checkpoints in a folder: written so that a crash at any instant leaves the last whole one, read newest first. */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { problem, WeirError } from '../contract/problems.ts';
import {
  broken,
  CHECKPOINT_VERSION,
  decodeParts,
  encodeParts,
  type Manifest,
  type Part,
  readManifest,
} from './format.ts';
import { lockFolder } from './lock.ts';

const FOLDER = /^chk-(\d{6,})$/;
const MANIFEST = 'manifest.json';
const STATE = 'state.bin';

export interface Checkpoint {
  readonly manifest: Manifest;
  readonly parts: ReadonlyMap<string, Part>;
}

export interface StoreOptions {
  /** Complete checkpoints that stay; savepoints are not counted. */
  readonly keep: number;
  /** Told of checkpoints that cannot be used. */
  warn(text: string): void;
}

export class CheckpointStore {
  readonly folder: string;
  readonly #options: StoreOptions;
  readonly #release: () => Promise<void>;
  #next: number;

  private constructor(folder: string, options: StoreOptions, release: () => Promise<void>, next: number) {
    this.folder = folder;
    this.#options = options;
    this.#release = release;
    this.#next = next;
  }

  /** Locks the folder, which is made where it is missing. @throws WeirError `K-LOCKED`, `K-FOLDER` */
  static async open(folder: string, options: StoreOptions): Promise<CheckpointStore> {
    try {
      await mkdir(folder, { recursive: true });
      const release = await lockFolder(folder);
      const [newest = 0] = await numbersIn(folder);
      return new CheckpointStore(folder, options, release, newest + 1);
    } catch (error) {
      throw error instanceof WeirError ? error : unusable(folder, error);
    }
  }

  /** The number that the next checkpoint gets. Numbers are never used again, also not of one that failed. */
  nextId(): number {
    return this.#next++;
  }

  /** Resolves when the checkpoint would survive a power cut. Old ones are removed after that. */
  async write(
    checkpoint: Omit<Manifest, 'weirCheckpoint' | 'parts' | 'tookMs'>,
    parts: readonly Part[],
    startedAt: number,
  ): Promise<Manifest> {
    const folder = join(this.folder, nameOf(checkpoint.id));
    const encoded = encodeParts(parts);
    try {
      await mkdir(folder, { recursive: true });
      await writeDurably(
        join(folder, STATE),
        encoded.map((e) => e.bytes),
      );
      const manifest: Manifest = {
        weirCheckpoint: CHECKPOINT_VERSION,
        ...checkpoint,
        tookMs: Date.now() - startedAt,
        parts: encoded.map((e) => e.entry),
      };
      const aside = join(folder, `${MANIFEST}.part`);
      await writeDurably(aside, [Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)]);
      await rename(aside, join(folder, MANIFEST));
      await syncFolder(folder);
      await syncFolder(this.folder);
      await this.#removeOld();
      return manifest;
    } catch (error) {
      await rm(folder, { recursive: true, force: true }).catch(() => {});
      throw unusable(this.folder, error);
    }
  }

  /** Newest first. Broken ones are left out, and told. */
  async list(): Promise<Manifest[]> {
    const found: Manifest[] = [];
    for (const id of await numbersIn(this.folder)) {
      const manifest = await this.#manifest(id);
      if (manifest !== null) found.push(manifest);
    }
    return found;
  }

  /** The newest that is whole, or null. */
  async latest(): Promise<Checkpoint | null> {
    for (const id of await numbersIn(this.folder)) {
      try {
        return await this.read(id);
      } catch (error) {
        if (!(error instanceof WeirError)) throw error;
        this.#options.warn(error.problem.message);
      }
    }
    return null;
  }

  /** @throws WeirError `K-BROKEN`, `K-VERSION` */
  async read(id: number): Promise<Checkpoint> {
    const path = join(this.folder, nameOf(id));
    const text = await readFile(join(path, MANIFEST), 'utf8').catch(() => {
      throw broken(path, 'it was not completed');
    });
    const manifest = readManifest(text, path);
    const bytes = await readFile(join(path, STATE)).catch(() => {
      throw broken(path, 'its state is missing');
    });
    return { manifest, parts: decodeParts(manifest, bytes, path) };
  }

  async #manifest(id: number): Promise<Manifest | null> {
    const path = join(this.folder, nameOf(id));
    try {
      return readManifest(await readFile(join(path, MANIFEST), 'utf8'), path);
    } catch {
      return null;
    }
  }

  /** Those beyond the number that stays, and those that were never completed. */
  async #removeOld(): Promise<void> {
    let kept = 0;
    for (const id of await numbersIn(this.folder)) {
      const manifest = await this.#manifest(id);
      if (manifest !== null && manifest.name !== null) continue;
      if (manifest !== null && kept < this.#options.keep) kept++;
      else if (id < this.#next - 1 || manifest !== null) await this.#remove(id);
    }
  }

  /** First the manifest: what is left of a removal that was cut short is not taken for a checkpoint. */
  async #remove(id: number): Promise<void> {
    const path = join(this.folder, nameOf(id));
    await rm(join(path, MANIFEST), { force: true });
    await rm(path, { recursive: true, force: true });
  }

  async close(): Promise<void> {
    await this.#release();
  }
}

const nameOf = (id: number): string => `chk-${String(id).padStart(6, '0')}`;

/** Descending. */
async function numbersIn(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names
    .flatMap((name) => {
      const digits = FOLDER.exec(name)?.[1];
      return digits === undefined ? [] : [Number(digits)];
    })
    .sort((a, b) => b - a);
}

async function writeDurably(path: string, parts: readonly Buffer[]): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Without it a power cut may take back the names of files whose content is safe. */
async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders; it keeps names in a journal of its own.
  if (process.platform === 'win32') return;
  const file = await open(folder, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

const unusable = (folder: string, error: unknown): WeirError =>
  new WeirError(
    problem('K-FOLDER', {
      path: [],
      message: `Checkpoints cannot be kept in ${folder}: ${error instanceof Error ? error.message : String(error)}.`,
      value: folder,
      expected: 'a folder that Weir may write to, with room',
      next: 'Check its permissions and the space on the disk, or pick another folder.',
    }),
    { cause: error },
  );
