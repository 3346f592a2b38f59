/**
 * Entry of the engine process: a child of the browser host (links over IPC) or Electron's `utilityProcess` (a
 * MessagePort for each window). It ends with its parent, after its runs were stopped.
 */
import { join } from 'node:path';
import { connectionsOf } from './connections/of-person.ts';
import { Coordinator } from './coordinator/coordinator.ts';
import { RunFolders } from './coordinator/run-folders.ts';
import { type IpcChannel, IpcLinks } from './link/ipc-links.ts';
import { linkOverPort, type PortLike } from './link/port-link.ts';
import { startRun } from './runtime/run.ts';
import { RUNTIMES } from './runtimes.ts';

/** The part of Electron's `process.parentPort` that is used; absent elsewhere. */
interface ParentPort {
  on(event: 'message', listener: (event: { readonly ports: readonly PortLike[] }) => void): void;
}

/** Runs get this long to end in order once the parent is gone. */
const LEAVE_WITHIN_MS = 3000;

/** Absolute; given by the host: in it runs keep what they go on from. */
const dataDir = process.env['WEIR_ENGINE_DATA'] ?? '';
const folders = dataDir === '' ? null : new RunFolders(dataDir);
void folders?.sweep(Date.now());
// Runs are threads of this process and look there, too.
if (dataDir !== '') process.env['WEIR_CONNECTIONS'] ??= join(dataDir, 'connections.json');

const coordinator = new Coordinator({
  startRun,
  sources: RUNTIMES.sources,
  connections: connectionsOf(),
  ...(folders === null ? {} : { folders }),
});
const { parentPort } = process as { readonly parentPort?: ParentPort };

if (parentPort !== undefined) {
  parentPort.on('message', ({ ports }) => {
    for (const port of ports) coordinator.attach(linkOverPort(port));
  });
} else if (process.send !== undefined) {
  new IpcLinks(parentChannel(), (link) => coordinator.attach(link));
} else {
  console.error('This is the engine process; the studio starts it. For the command line, see `weir --help`.');
  process.exit(2);
}

let leaving = false;
function leave(): void {
  if (leaving) return;
  leaving = true;
  setTimeout(() => process.exit(1), LEAVE_WITHIN_MS).unref();
  void coordinator.stopAll().finally(() => process.exit(0));
}
process.on('disconnect', leave);
process.on('SIGTERM', leave);
process.on('SIGINT', () => {}); // Ctrl-C in the terminal of the host is the host's to handle

function parentChannel(): IpcChannel {
  return {
    send: (message) => {
      if (process.connected) process.send?.(message);
    },
    onMessage: (listener) => void process.on('message', listener),
    onClose: (listener) => void process.on('disconnect', listener),
  };
}
