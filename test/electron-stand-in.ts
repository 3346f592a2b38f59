/**
 * What of the `electron` module the shell uses, for tests under Node: it records what was asked of it and can be made
 * to happen (events, choices in dialogs). Ports are Node's own.
 */
import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';

class App extends EventEmitter {
  name = 'Weir';
  root = '';
  hasLock = true;
  ready = false;
  quits = 0;
  getAppPath(): string {
    return this.root;
  }
  requestSingleInstanceLock(): boolean {
    return this.hasLock;
  }
  isReady(): boolean {
    return this.ready;
  }
  async whenReady(): Promise<void> {
    this.ready = true;
  }
  quit(): void {
    this.quits++;
    let prevented = false;
    this.emit('will-quit', { preventDefault: () => (prevented = true) });
    if (!prevented) this.emit('quit');
  }
}
export const app = new App();

export class WebContents extends EventEmitter {
  readonly sent: [channel: string, value: unknown][] = [];
  readonly posted: [channel: string, message: unknown, ports: MessagePort[]][] = [];
  mainFrame = { url: '' };
  openHandler: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });
  reloads = 0;
  send(channel: string, value: unknown): void {
    this.sent.push([channel, value]);
  }
  postMessage(channel: string, message: unknown, ports: MessagePort[]): void {
    this.posted.push([channel, message, ports]);
  }
  setWindowOpenHandler(handler: WebContents['openHandler']): void {
    this.openHandler = handler;
  }
  getURL(): string {
    return this.mainFrame.url;
  }
  isDestroyed(): boolean {
    return false;
  }
  reload(): void {
    this.reloads++;
  }
}

export class BrowserWindow extends EventEmitter {
  static readonly all: BrowserWindow[] = [];
  readonly options: Readonly<Record<string, unknown>>;
  readonly webContents = new WebContents();
  focused = 0;
  constructor(options: Readonly<Record<string, unknown>>) {
    super();
    this.options = options;
    BrowserWindow.all.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  async loadURL(url: string): Promise<void> {
    this.webContents.mainFrame = { url };
  }
  show(): void {}
  isMinimized(): boolean {
    return false;
  }
  restore(): void {}
  focus(): void {
    this.focused++;
  }
  destroy(): void {
    this.emit('closed');
  }
}

export const ipcMain = Object.assign(new EventEmitter(), {
  handlers: new Map<string, (event: unknown, ...args: unknown[]) => unknown>(),
  handle(channel: string, handler: (event: unknown, ...args: unknown[]) => unknown): void {
    ipcMain.handlers.set(channel, handler);
  },
});

export const ipcRenderer = Object.assign(new EventEmitter(), {
  invoked: [] as [channel: string, args: unknown[]][],
  sent: [] as string[],
  async invoke(channel: string, ...args: unknown[]): Promise<unknown> {
    ipcRenderer.invoked.push([channel, args]);
    return 'answer';
  },
  send(channel: string): void {
    ipcRenderer.sent.push(channel);
  },
});

export const contextBridge = {
  exposed: new Map<string, unknown>(),
  exposeInMainWorld(name: string, api: unknown): void {
    contextBridge.exposed.set(name, api);
  },
};

interface Scheme {
  readonly scheme: string;
  readonly privileges: Readonly<Record<string, boolean>>;
}
export const protocol = {
  schemes: [] as Scheme[],
  handlers: new Map<string, (request: Request) => Promise<Response>>(),
  registerSchemesAsPrivileged(schemes: readonly Scheme[]): void {
    protocol.schemes.push(...schemes);
  },
  handle(scheme: string, handler: (request: Request) => Promise<Response>): void {
    protocol.handlers.set(scheme, handler);
  },
};

type Ask = (contents: WebContents, permission: string, answer: (allowed: boolean) => void) => void;
type Check = (contents: WebContents | null, permission: string, origin: string) => boolean;
export const session = {
  defaultSession: {
    ask: (() => {}) as Ask,
    check: (() => true) as Check,
    setPermissionRequestHandler(handler: Ask): void {
      session.defaultSession.ask = handler;
    },
    setPermissionCheckHandler(handler: Check): void {
      session.defaultSession.check = handler;
    },
  },
};

export const dialog = {
  openChoice: { canceled: true, filePaths: [] as string[] },
  saveChoice: { canceled: true, filePath: '' },
  buttonChoice: 0,
  showOpenDialog: async (..._args: unknown[]) => dialog.openChoice,
  showSaveDialog: async (..._args: unknown[]) => dialog.saveChoice,
  showMessageBoxSync: (..._args: unknown[]) => dialog.buttonChoice,
};

export const shell = {
  opened: [] as string[],
  async openExternal(url: string): Promise<void> {
    shell.opened.push(url);
  },
};

export const Menu = {
  template: null as unknown,
  buildFromTemplate: (template: unknown) => template,
  setApplicationMenu(template: unknown): void {
    Menu.template = template;
  },
};

export class MessageChannelMain extends MessageChannel {}

export class UtilityProcess extends EventEmitter {
  readonly entry: string;
  readonly received: [message: unknown, ports: MessagePort[]][] = [];
  obeys = true;
  constructor(entry: string) {
    super();
    this.entry = entry;
  }
  postMessage(message: unknown, ports: MessagePort[]): void {
    this.received.push([message, ports]);
  }
  kill(): boolean {
    if (this.obeys) queueMicrotask(() => this.die(0));
    return true;
  }
  /** As Chromium does: the ports close with the process. */
  die(code: number): void {
    for (const [, ports] of this.received) for (const port of ports) port.close();
    this.emit('exit', code);
  }
}
export const utilityProcess = {
  forked: [] as UtilityProcess[],
  fork(entry: string): UtilityProcess {
    const child = new UtilityProcess(entry);
    utilityProcess.forked.push(child);
    return child;
  },
};

/** Forgets everything: one test does not see another's windows. */
export function reset(): void {
  app.removeAllListeners();
  Object.assign(app, { hasLock: true, ready: false, quits: 0 });
  BrowserWindow.all.length = 0;
  ipcMain.removeAllListeners();
  ipcMain.handlers.clear();
  ipcRenderer.removeAllListeners();
  ipcRenderer.invoked.length = 0;
  ipcRenderer.sent.length = 0;
  contextBridge.exposed.clear();
  protocol.schemes.length = 0;
  protocol.handlers.clear();
  shell.opened.length = 0;
  utilityProcess.forked.length = 0;
  Menu.template = null;
  dialog.openChoice = { canceled: true, filePaths: [] };
  dialog.saveChoice = { canceled: true, filePath: '' };
  dialog.buttonChoice = 0;
}
