/**
 * A log's disk in memory, for tests, that forgets as a disk does: a killed process loses nothing that it had written; a power cut loses
 * what was not synced: of a file's text any end, of changes of names any.
 */
import type { LogDisk, LogFile } from './log-disk.ts';

interface Entry {
  text: string;
  synced: string;
}

export class MemoryLogDisk implements LogDisk {
  readonly #names = new Map<string, Entry>();
  /** Names as they may still be on the disk. */
  #before = new Map<string, Entry>();
  /** Asked before every operation; it may throw: the operation is then not done. */
  before: (operation: string, path: string) => void = () => {};
  /** Of a write that `before` forbids: how many characters of it are still written. */
  torn: (length: number) => number = () => 0;

  read(path: string): string | null {
    this.before('read', path);
    return this.#names.get(path)?.text ?? null;
  }

  open(path: string, anew: boolean): LogFile {
    this.before('open', path);
    const known = this.#names.get(path);
    const entry = known ?? { text: '', synced: '' };
    if (anew) entry.text = '';
    this.#names.set(path, entry);
    return {
      write: (text) => {
        try {
          this.before('write', path);
        } catch (error) {
          entry.text += text.slice(0, this.torn(text.length));
          throw error;
        }
        entry.text += text;
      },
      sync: () => {
        this.before('sync', path);
        entry.synced = entry.text;
      },
      close: () => {},
    };
  }

  rename(from: string, to: string): void {
    this.before('rename', to);
    const entry = this.#names.get(from);
    if (entry === undefined) throw new Error(`no ${from}`);
    this.#before = new Map(this.#names);
    this.#names.set(to, entry);
    this.#names.delete(from);
  }

  remove(path: string): void {
    this.before('remove', path);
    this.#names.delete(path);
  }

  /** For tests, past `before`. */
  text(path: string): string {
    return this.#names.get(path)?.text ?? '';
  }

  /** The power goes; `random` gives numbers of [0, 1). */
  cutPower(random: () => number): void {
    if (this.#before.size > 0 && random() < 0.5) {
      this.#names.clear();
      for (const [path, entry] of this.#before) this.#names.set(path, entry);
    }
    this.#before = new Map();
    for (const entry of this.#names.values()) {
      const more = entry.text.startsWith(entry.synced) ? entry.text.length - entry.synced.length : 0;
      entry.text = entry.text.slice(0, entry.synced.length + Math.floor(random() * (more + 1)));
      entry.synced = entry.text;
    }
  }
}
