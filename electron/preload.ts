/** The only bridge between the window and the main process: named functions, no channel names, no events. */
import { contextBridge, ipcRenderer } from 'electron';
import { HOST_CALLS, type HostApi, type HostCall } from '../engine/contract/host.ts';
import {
  COMMAND_CHANNEL,
  CONNECT_CHANNEL,
  callChannel,
  OPEN_CHANNEL,
  PORT_CHANNEL,
  PORT_MESSAGE,
  type WeirBridge,
} from './ipc/contract.ts';

// A port cannot pass through the bridge; it goes to the page as a message of its own window.
ipcRenderer.on(PORT_CHANNEL, (event) => {
  window.postMessage(PORT_MESSAGE, window.location.origin, [...event.ports]);
});

const calls = Object.fromEntries(
  HOST_CALLS.map((call) => [call, (...args: unknown[]) => ipcRenderer.invoke(callChannel(call), ...args)]),
) as unknown as Pick<HostApi, HostCall>;

const bridge: WeirBridge = {
  ...calls,
  connectEngine: () => ipcRenderer.send(CONNECT_CHANNEL),
  onCommand: listenTo(COMMAND_CHANNEL),
  onOpenFile: listenTo(OPEN_CHANNEL),
};
contextBridge.exposeInMainWorld('weir', bridge);

/** What comes before anyone listens is kept: main may speak before the studio has started. */
function listenTo<T>(channel: string): (listener: (value: T) => void) => () => void {
  const listeners = new Set<(value: T) => void>();
  const early: T[] = [];
  ipcRenderer.on(channel, (_event, value: T) => {
    if (listeners.size === 0) early.push(value);
    for (const listener of listeners) listener(value);
  });
  return (listener) => {
    listeners.add(listener);
    for (const value of early.splice(0)) listener(value);
    return () => void listeners.delete(listener);
  };
}
