/**
 * The file operations of what must survive a crash: few enough that a test can fail each of them, or end the world after it.
 * Errors are those of Node, with `code`.
 */
export interface Files {
  /** With the folders above it, all of them on the disk; does nothing where it is there. */
  makeFolder(path: string): Promise<void>;
  /** `create` fails with EEXIST where the name is taken; `edit` and `read` fail with ENOENT where nothing is. */
  open(path: string, how: 'create' | 'edit' | 'read'): Promise<OpenFile>;
  /** Null where nothing has this name. */
  info(path: string): Promise<FileInfo | null>;
  /** Names in a folder; none where the folder is missing. */
  list(folder: string): Promise<string[]>;
  /** A second name for a file. Fails with EEXIST where it is taken: a rename would replace what is there. */
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Does nothing where nothing has this name. */
  remove(path: string): Promise<void>;
  /** Names that were given or taken away in the folder reach the disk. */
  syncFolder(folder: string): Promise<void>;
}

export interface OpenFile {
  /** Fills `into` from `position` on; returns the bytes that were there. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** All of the bytes. After a failure, any part of them may stand there. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  truncate(length: number): Promise<void>;
  /** What was written reaches the disk. The file's name does with `syncFolder`. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface FileInfo {
  /** Bytes. */
  readonly size: number;
  /** The same for two names of one file. */
  readonly id: string;
  /** How many names the file has. */
  readonly links: number;
}

/** What Node's errors call themselves: `ENOENT`; empty for others. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
