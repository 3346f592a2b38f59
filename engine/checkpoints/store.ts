/**
 * Checkpoints in a folder, `chk-000012.state` and `chk-000012.json` each: written so that a crash at any instant leaves the last whole
 * one, read newest first.
 */
import { join } from 'node:path';
import { problem, WeirError } from '../contract/problems.ts';
import { diskFiles } from '../files/disk.ts';
import { errorCode, type Files, type OpenFile } from '../files/files.ts';
import { BlockWriter } from './block-writer.ts';
import { type Block, fileName } from './blocks.ts';
import {
  blocksOf,
  broken,
  CHECKPOINT_VERSION,
  type Manifest,
  type Part,
  readManifest,
  readParts,
  writeManifest,
} from './format.ts';
import { lockFolder } from './lock.ts';
import { keyOf, Packer } from './packer.ts';

const NAME = /^chk-(\d{6,})\.(state|json|json\.part)$/;
/** Files that hold more than this many times what is still asked for are let go of, by writing everything anew. */
const WASTE_MAX = 3;
/**
 * State that is not needed any more and is not small waits under this name to be written over: to take new blocks of the disk costs more
 * than to write them (32 MB on the build machine: 75 ms of CPU against 5).
 */
const SPARE = 'spare.state';
const SPARE_BYTES_LEAST = 1024 * 1024;
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
  readonly #writer: BlockWriter;
  readonly #packer = new Packer();
  /** Of the newest checkpoint that is complete: what the next may refer to. */
  #known: readonly Block[] = [];
  #next: number;

  private constructor(folder: string, options: StoreOptions, release: () => Promise<void>, next: number) {
    this.folder = folder;
    this.#files = options.files ?? diskFiles;
    this.#writer = new BlockWriter(options.files);
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
    let manifest: Manifest;
    try {
      // A savepoint needs no other file.
      const known = checkpoint.name === null && !(await this.#isWasteful()) ? this.#known : [];
      const packed = await this.#packer.pack(parts, new Set(known.map(keyOf)));
      const fresh = packed.flatMap(({ pieces }) => pieces.filter((piece) => piece instanceof Uint8Array));
      const written = [
        ...(await this.#writer.write({
          folder: this.folder,
          over: await this.#takeSpare(id, fresh),
          id,
          pieces: fresh,
          known,
        })),
      ].values();
      const pieces = packed.map((part) =>
        part.pieces.map((piece) => (piece instanceof Uint8Array ? (written.next().value ?? []) : piece)),
      );
      manifest = {
        weirCheckpoint: CHECKPOINT_VERSION,
        ...checkpoint,
        tookMs: Date.now() - startedAt,
        writtenBytes: sizeOf(pieces.flat(2).filter(([file]) => file === id)),
        parts: packed.map(({ node, type, origin, overtaken }, p) => {
          const own = pieces[p] ?? [];
          return {
            node,
            type,
            origin,
            bytes: sizeOf(own.flat()),
            ...(overtaken === undefined ? {} : { overtaken }),
            pieces: own.map((blocks) => blocks.map(copied)),
          };
        }),
      };
      await this.#writeDurably(this.#path(id, 'json.part'), Buffer.from(writeManifest(manifest)));
      // First the names, for a manifest must not come to be without what it tells of.
      await this.#files.syncFolder(this.folder);
      await this.#files.rename(this.#path(id, 'json.part'), this.#path(id, 'json'));
      await this.#files.syncFolder(this.folder);
      this.#known = blocksOf(manifest);
      this.#packer.complete(packed, pieces);
    } catch (error) {
      await this.#remove(id).catch(() => {});
      throw unusable(this.folder, error);
    }
    await this.#removeOld(id).catch((error: unknown) =>
      this.#options.warn(`Old checkpoints in ${this.folder} could not be removed: ${textOf(error)}`),
    );
    return manifest;
  }

  /** Gives the spare file the checkpoint's name, where there is one and enough to write. */
  async #takeSpare(id: number, pieces: readonly Uint8Array[]): Promise<boolean> {
    if (pieces.reduce((sum, piece) => sum + piece.length, 0) < SPARE_BYTES_LEAST) return false;
    try {
      await this.#files.rename(join(this.folder, SPARE), this.#path(id, 'state'));
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    }
  }

  async #isWasteful(): Promise<boolean> {
    const files = new Set(this.#known.map(([file]) => file));
    const sizes = await Promise.all(
      [...files].map(async (id) => (await this.#files.info(this.#path(id, 'state')))?.size ?? Infinity),
    );
    return sizes.reduce((sum, size) => sum + size, 0) > WASTE_MAX * sizeOf(this.#known);
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

  /** What follows may refer to it. @throws WeirError `K-BROKEN`, `K-VERSION` */
  async read(id: number): Promise<Checkpoint> {
    const manifest = await this.#manifest(id);
    const open = new Map<number, OpenFile>();
    try {
      const parts = await readParts(manifest, this.#path(id, 'json'), async ([file, at], into) => {
        const own = open.get(file) ?? (await this.#open(this.#path(file, 'state'), 'its state'));
        open.set(file, own);
        return own.read(into, at);
      });
      this.#known = blocksOf(manifest);
      return { manifest, parts };
    } catch (error) {
      throw error instanceof WeirError ? error : unreadable(this.#path(id, 'json'), 'its state', error);
    } finally {
      for (const file of open.values()) await file.close();
    }
  }

  async #manifest(id: number): Promise<Manifest> {
    const path = this.#path(id, 'json');
    const manifest = readManifest((await this.#bytes(path, 'its manifest')).toString('utf8'), path);
    if (manifest.id !== id) throw broken(path, `it is number ${manifest.id}`);
    return manifest;
  }

  /** @param what it is of a checkpoint @throws WeirError `K-BROKEN` */
  async #open(path: string, what: string): Promise<OpenFile> {
    try {
      return await this.#files.open(path, 'read');
    } catch (error) {
      throw errorCode(error) === 'ENOENT'
        ? broken(path, `${what} is missing`)
        : unreadable(path, what, error);
    }
  }

  async #bytes(path: string, what: string): Promise<Buffer> {
    const file = await this.#open(path, what);
    try {
      const bytes = Buffer.alloc((await this.#files.info(path))?.size ?? 0);
      return bytes.subarray(0, await file.read(bytes, 0));
    } catch (error) {
      throw unreadable(path, what, error);
    } finally {
      await file.close();
    }
  }

  /** Newest first, without a look at what they hold. */
  async completed(): Promise<number[]> {
    const names = await namesIn(this.#files, this.folder);
    return names.flatMap(({ id, kind }) => (kind === 'json' ? [id] : [])).sort((a, b) => b - a);
  }

  /** Those beyond the number that stays, those that were never completed, and state that no other refers to. */
  async #removeOld(newest: number): Promise<void> {
    const names = await namesIn(this.#files, this.folder);
    const ids = [...new Set(names.map((n) => n.id))].filter((id) => id <= newest).sort((a, b) => b - a);
    const needed = new Set<number>();
    const old: number[] = [];
    let kept = 0;
    for (const id of ids) {
      const manifest = names.some((n) => n.id === id && n.kind === 'json') ? await this.#tried(id) : null;
      // One that another Weir wrote is not ours to remove, nor is what it may refer to.
      if (manifest === 'other') for (const other of ids) needed.add(other);
      else if (manifest === null) old.push(id);
      else if (manifest.name !== null || kept++ < this.#options.keep)
        for (const [file] of blocksOf(manifest)) needed.add(file);
      else old.push(id);
    }
    for (const id of old) await this.#remove(id, needed.has(id));
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
  async #remove(id: number, isReferredTo = false): Promise<void> {
    await this.#files.remove(this.#path(id, 'json'));
    await this.#files.remove(this.#path(id, 'json.part'));
    if (isReferredTo) return;
    const state = this.#path(id, 'state');
    const { size = 0 } = (await this.#files.info(state)) ?? {};
    if (size >= SPARE_BYTES_LEAST) await this.#files.rename(state, join(this.folder, SPARE));
    else await this.#files.remove(state);
  }

  async #writeDurably(path: string, bytes: Buffer): Promise<void> {
    const file = await this.#files.open(path, 'create');
    try {
      await file.write(bytes, 0);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  #path(id: number, kind: Kind): string {
    return join(this.folder, fileName(id, kind));
  }

  #warnOf(error: unknown): void {
    if (!(error instanceof WeirError)) throw error;
    this.#options.warn(error.problem.message);
  }

  async close(): Promise<void> {
    await this.#writer.close();
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

const sizeOf = (blocks: readonly Block[]): number => blocks.reduce((sum, [, , bytes]) => sum + bytes, 0);

const copied = ([file, at, bytes, crc]: Block): [number, number, number, number] => [file, at, bytes, crc];

const unreadable = (path: string, what: string, error: unknown): WeirError =>
  broken(path, `${what} cannot be read: ${textOf(error)}`, error);

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
