/**
 * Files in memory, for tests, that forget as a disk does. A killed process loses nothing that it had written; a power cut loses what
 * was not synced, and of that any part: of a file's bytes a prefix, of the changes of a folder any of them.
 */
import { dirname } from 'node:path';
import type { FileInfo, Files, OpenFile } from './files.ts';

interface Inode {
  readonly id: number;
  bytes: Buffer;
  /** What is on the disk for certain. */
  synced: Buffer;
}

/** What one operation of a folder changed; null: the name went. */
interface Change {
  readonly path: string;
  readonly inode: Inode | null;
}

/** A rename is one change of two names: the disk has both or none. */
type Changes = readonly Change[];

export class MemoryFiles implements Files {
  /** How often each operation was done, by name: `sync`, `syncFolder`, … */
  readonly calls = new Map<string, number>();
  readonly #names = new Map<string, Inode>();
  /** Names as they are on the disk for certain, and what may or may not have reached it since. */
  readonly #synced = new Map<string, Inode>();
  #unsynced: Changes[] = [];
  #ids = 0;
  /** Asked before every operation; it may throw: the operation is then not done. */
  before: (operation: string, path: string) => void = () => {};
  /** Asked for every write: how many of the bytes are still written when `before` throws. */
  torn: (bytes: number) => number = () => 0;
  /** A slow disk: what every sync waits for. */
  syncHeld: () => Promise<void> = () => Promise.resolve();
  /** Whether the file system knows hard links. */
  links = true;

  #do(operation: string, path: string): void {
    this.before(operation, path);
    this.calls.set(operation, (this.calls.get(operation) ?? 0) + 1);
  }

  async makeFolder(path: string): Promise<void> {
    this.#do('makeFolder', path);
  }

  async open(path: string, how: 'create' | 'edit' | 'read'): Promise<OpenFile> {
    this.#do(how, path);
    const found = this.#names.get(path);
    if (how !== 'create') {
      if (found === undefined) throw failure('ENOENT', path);
      return this.#file(found, path);
    }
    if (found !== undefined) throw failure('EEXIST', path);
    const inode: Inode = { id: ++this.#ids, bytes: Buffer.alloc(0), synced: Buffer.alloc(0) };
    this.#change([{ path, inode }]);
    return this.#file(inode, path);
  }

  #file(inode: Inode, path: string): OpenFile {
    return {
      read: async (into, position) => {
        this.#do('read', path);
        return inode.bytes.copy(into, 0, position, position + into.length);
      },
      write: async (bytes, position) => {
        try {
          this.#do('write', path);
        } catch (error) {
          put(inode, bytes.subarray(0, this.torn(bytes.length)), position);
          throw error;
        }
        put(inode, bytes, position);
      },
      truncate: async (length) => {
        this.#do('truncate', path);
        inode.bytes = Buffer.from(inode.bytes.subarray(0, length));
      },
      sync: async () => {
        this.#do('sync', path);
        await this.syncHeld();
        inode.synced = Buffer.from(inode.bytes);
      },
      close: async () => {
        this.#do('close', path);
      },
    };
  }

  async info(path: string): Promise<FileInfo | null> {
    this.#do('info', path);
    const inode = this.#names.get(path);
    if (inode === undefined) return null;
    const links = [...this.#names.values()].filter((other) => other === inode).length;
    return { size: inode.bytes.length, id: String(inode.id), links };
  }

  async list(folder: string): Promise<string[]> {
    this.#do('list', folder);
    return this.names(folder);
  }

  async link(from: string, to: string): Promise<void> {
    this.#do('link', to);
    if (!this.links) throw failure('EPERM', to);
    if (this.#names.has(to)) throw failure('EEXIST', to);
    this.#change([{ path: to, inode: this.#inode(from) }]);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#do('rename', to);
    const inode = this.#inode(from);
    this.#change([
      { path: from, inode: null },
      { path: to, inode },
    ]);
  }

  async remove(path: string): Promise<void> {
    this.#do('remove', path);
    if (this.#names.has(path)) this.#change([{ path, inode: null }]);
  }

  async syncFolder(folder: string): Promise<void> {
    this.#do('syncFolder', folder);
    const inside = (changes: Changes): boolean => changes.every(({ path }) => dirname(path) === folder);
    for (const changes of this.#unsynced.filter(inside)) apply(this.#synced, changes);
    this.#unsynced = this.#unsynced.filter((changes) => !inside(changes));
  }

  #inode(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw failure('ENOENT', path);
    return inode;
  }

  #change(changes: Changes): void {
    apply(this.#names, changes);
    this.#unsynced.push(changes);
  }

  /** The power goes; `random` gives numbers of [0, 1). Open files are gone with the process that had them. */
  cutPower(random: () => number): void {
    const after = new Map(this.#synced);
    for (const changes of this.#unsynced) if (random() < 0.5) apply(after, changes);
    for (const inode of new Set([...this.#names.values(), ...after.values()])) {
      inode.bytes = mixed(inode, random);
      inode.synced = Buffer.from(inode.bytes);
    }
    for (const names of [this.#names, this.#synced]) {
      names.clear();
      for (const [path, inode] of after) names.set(path, inode);
    }
    this.#unsynced = [];
  }

  /** For tests, past `before`. */
  names(folder: string): string[] {
    const under = [...this.#names.keys()].filter((path) => dirname(path) === folder);
    return under.map((path) => path.slice(folder.length + 1)).sort();
  }

  bytes(path: string): Buffer {
    return this.#inode(path).bytes;
  }

  text(path: string): string {
    return this.bytes(path).toString('utf8');
  }

  /** As another program would write it. */
  put(path: string, bytes: string | Buffer): void {
    const inode = {
      id: ++this.#ids,
      bytes: Buffer.from(bytes as Buffer),
      synced: Buffer.from(bytes as Buffer),
    };
    for (const names of [this.#names, this.#synced]) names.set(path, inode);
  }
}

function apply(names: Map<string, Inode>, changes: Changes): void {
  for (const { path, inode } of changes) {
    if (inode === null) names.delete(path);
    else names.set(path, inode);
  }
}

function put(inode: Inode, bytes: Uint8Array, position: number): void {
  if (bytes.length === 0) return;
  const after = Buffer.alloc(Math.max(inode.bytes.length, position + bytes.length));
  inode.bytes.copy(after);
  after.set(bytes, position);
  inode.bytes = after;
}

/** As long as the synced or the written bytes or something between; where both differ, some of the new are there. */
function mixed({ bytes, synced }: Inode, random: () => number): Buffer {
  const least = Math.min(bytes.length, synced.length);
  const length = least + Math.floor(random() * (Math.max(bytes.length, synced.length) - least + 1));
  const after = Buffer.alloc(length);
  const keepsNew = random();
  for (let i = 0; i < length; i++) {
    const isNew = i >= synced.length || (i < bytes.length && i / length < keepsNew);
    after[i] = (isNew ? bytes[i] : synced[i]) ?? 0;
  }
  return after;
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
