/**
 * What the studio needs from the program around it (Electron's main process or the browser host). The studio asks
 * for capabilities instead of asking where it runs.
 */
import type { Problem } from './problems.ts';

export interface HostCapabilities {
  /** Native open and save dialogs; without them the studio lists files itself. */
  readonly dialogs: boolean;
  readonly nativeMenu: boolean;
  readonly platform: 'linux' | 'darwin' | 'win32' | 'other';
}

export interface OpenedFile {
  /** Absolute path; null for a document that has no file yet (an example, an import). */
  readonly path: string | null;
  /** Shown in the title: `flight-delays.weir`. */
  readonly fileName: string;
  readonly text: string;
}

export interface ExampleEntry {
  readonly name: string;
  readonly fileName: string;
  /** The document itself: the start screen draws its thumbnail and shows its description. */
  readonly text: string;
}

export interface RecentEntry {
  readonly path: string;
  readonly fileName: string;
  /** ms since the epoch. */
  readonly openedAt: number;
}

export interface FolderEntry {
  readonly name: string;
  readonly path: string;
  readonly folder: boolean;
}

export interface FolderListing {
  readonly path: string;
  readonly parent: string | null;
  readonly entries: readonly FolderEntry[];
}

export type HostResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

/** Every call ends in a result; none throws for what a user can cause. */
export interface HostApi {
  capabilities(): Promise<HostCapabilities>;
  examples(): Promise<HostResult<readonly ExampleEntry[]>>;
  recent(): Promise<HostResult<readonly RecentEntry[]>>;
  /** Reads a `.weir` file. */
  open(path: string): Promise<HostResult<OpenedFile>>;
  /** Native dialog, then reads; null when the person cancelled. Only where `dialogs` is declared. */
  openDialog(): Promise<HostResult<OpenedFile | null>>;
  /** Writes through a temporary file and an atomic rename. */
  save(path: string, text: string): Promise<HostResult<OpenedFile>>;
  saveDialog(suggestedName: string, text: string): Promise<HostResult<OpenedFile | null>>;
  /** Folders and `.weir` files, for the studio's own dialog where there is no native one. Null: the home folder. */
  list(path: string | null): Promise<HostResult<FolderListing>>;
  /** Starts the engine where it is not running, and connects a fresh link to it. */
  connectEngine(): Promise<import('./link.ts').Link>;
  /** Ends an engine that hangs, and starts another. */
  restartEngine(): Promise<HostResult<null>>;
}

/** The calls that cross a process border as one request and one answer, by name. `connectEngine` goes its own way. */
export type HostCall = Exclude<keyof HostApi, 'connectEngine'>;
export const HOST_CALLS: readonly HostCall[] = [
  'capabilities',
  'examples',
  'recent',
  'open',
  'openDialog',
  'save',
  'saveDialog',
  'list',
  'restartEngine',
];

/**
 * The browser host's addresses. A call is `POST /api/<call>` with its arguments as a JSON array, answered by what the
 * call resolves to as JSON; frames of the link go over a WebSocket, one binary message each.
 */
export const HOST_API_PATH = '/api/';
export const ENGINE_SOCKET_PATH = '/engine';
