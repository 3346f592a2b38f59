/** The main process's end of `contract.ts`: who asks, and with what, is checked before anything happens. */
import { type IpcMainEvent, type IpcMainInvokeEvent, ipcMain } from 'electron';
import { HOST_CALLS } from '../../engine/contract/host.ts';
import { dispatchHostCall, type HostServices } from '../../engine/contract/host-calls.ts';
import type { EngineProcess } from '../engine-host/engine-process.ts';
import { isPage } from '../features/origin.ts';
import { CONNECT_CHANNEL, callChannel, PORT_CHANNEL } from './contract.ts';

export function setupCalls(services: HostServices, engine: Pick<EngineProcess, 'connect'>): void {
  for (const call of HOST_CALLS) {
    ipcMain.handle(callChannel(call), (event, ...args: unknown[]) => {
      if (!isTrusted(event)) throw new Error(`${call}: only the studio may ask this`);
      return dispatchHostCall(services, call, args);
    });
  }
  ipcMain.on(CONNECT_CHANNEL, (event) => {
    if (isTrusted(event)) event.sender.postMessage(PORT_CHANNEL, null, [engine.connect()]);
  });
}

/** Our page in the top frame; a frame inside it, or a page that took its place, is a stranger. */
function isTrusted({ senderFrame, sender }: IpcMainEvent | IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame === sender.mainFrame && isPage(senderFrame.url);
}
