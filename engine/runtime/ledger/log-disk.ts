/** The file operations of a ledger's log. They wait: what they write stands in the file before the next thing happens. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';

export interface LogDisk {
  /** Null where nothing has this name. */
  read(path: string): string | null;
  /** To write at its end. @param anew what stands there goes */
  open(path: string, anew: boolean): LogFile;
  /** What has the name `to` is replaced. */
  rename(from: string, to: string): void;
  /** Does nothing where nothing has this name. */
  remove(path: string): void;
}

export interface LogFile {
  /** All of it. After a failure, any part of it may stand there. */
  write(text: string): void;
  /** What was written survives a power cut. */
  sync(): void;
  close(): void;
}

export const logDisk: LogDisk = {
  read: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : null),
  open(path, anew) {
    const file = openSync(path, anew ? 'w' : 'a');
    return {
      write(text) {
        const bytes = Buffer.from(text);
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      },
      sync: () => fsyncSync(file),
      close: () => closeSync(file),
    };
  },
  rename: renameSync,
  remove: (path) => rmSync(path, { force: true }),
};
