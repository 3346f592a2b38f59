/**
 * What the window and the main process say to each other: one map of channels, and the bridge that the preload script
 * puts at `window.weir`. Pure: main, preload and the studio share it.
 */
import { HOST_CALLS, type HostApi, type HostCall } from '../../engine/contract/host.ts';

/** Choices of the native menu that are the studio's to perform. */
export const MENU_COMMANDS = [
  'new',
  'open',
  'save',
  'save-as',
  'undo',
  'redo',
  'delete',
  'select-all',
  'run',
  'stop',
  'zoom-to-fit',
] as const;
export type MenuCommand = (typeof MENU_COMMANDS)[number];

/** Window → main, one request and one answer each: the host's calls by name. */
export const callChannel = (call: HostCall): string => `weir:call:${call}`;
export const CALL_CHANNELS: readonly string[] = HOST_CALLS.map(callChannel);

/** Window → main, without an answer: the window wants a fresh port to the engine. */
export const CONNECT_CHANNEL = 'weir:connect-engine';
/** Main → window: carries one MessagePort. */
export const PORT_CHANNEL = 'weir:engine-port';
/** Main → window: a `MenuCommand`. */
export const COMMAND_CHANNEL = 'weir:command';
/** Main → window: a path to open (double click on a file, second start with a file). */
export const OPEN_CHANNEL = 'weir:open-file';

/**
 * `data` of the message that the preload posts to its own window, with the engine's port in `event.ports[0]`: ports
 * cannot pass through the bridge. The studio calls `connectEngine`, then waits for this.
 */
export const PORT_MESSAGE = 'weir:engine-port';

/** `window.weir`; absent in a browser. */
export interface WeirBridge extends Pick<HostApi, HostCall> {
  /** Asks for a port; it arrives as a `PORT_MESSAGE` of this window. */
  connectEngine(): void;
  /** Returns what ends the listening. */
  onCommand(listener: (command: MenuCommand) => void): () => void;
  onOpenFile(listener: (path: string) => void): () => void;
}
