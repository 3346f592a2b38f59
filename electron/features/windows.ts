/** The window: sandboxed, isolated, and closed only after unsaved changes were asked about. */
import { BrowserWindow, dialog } from 'electron';
import { COMMAND_CHANNEL, type MenuCommand, OPEN_CHANNEL } from '../ipc/contract.ts';
import { PAGE_URL } from './origin.ts';

export class Windows {
  readonly #preload: string;
  #window: BrowserWindow | null = null;
  #loaded = false;
  /** Files that were asked for while no page could hear of them. */
  readonly #waiting: string[] = [];

  constructor(preload: string) {
    this.#preload = preload;
  }

  get current(): BrowserWindow | null {
    return this.#window;
  }

  /** Opens the window, or brings it to the front. */
  open(): void {
    if (this.#window !== null) {
      if (this.#window.isMinimized()) this.#window.restore();
      this.#window.focus();
      return;
    }
    const window = new BrowserWindow({
      width: 1440,
      height: 900,
      minWidth: 900,
      minHeight: 560,
      show: false, // until there is something to see
      title: 'Weir',
      webPreferences: {
        preload: this.#preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        spellcheck: false,
      },
    });
    this.#window = window;
    window.once('ready-to-show', () => window.show());
    window.once('closed', () => {
      this.#window = null;
      this.#loaded = false;
    });
    window.webContents.on('did-start-navigation', (details) => {
      if (details.isMainFrame && !details.isSameDocument) this.#loaded = false;
    });
    window.webContents.on('did-finish-load', () => {
      this.#loaded = true;
      this.#sendWaiting();
    });
    // The studio refuses to unload with unsaved changes; the browser's own question does not exist here.
    window.webContents.on('will-prevent-unload', (event) => {
      const choice = dialog.showMessageBoxSync(window, {
        type: 'warning',
        message: 'Close without saving?',
        detail: 'The changes since the last save would be lost.',
        buttons: ['Keep editing', 'Close without saving'],
        defaultId: 0,
        cancelId: 0,
      });
      if (choice === 1) event.preventDefault(); // ignores the refusal
    });
    void window.loadURL(PAGE_URL);
  }

  command(command: MenuCommand): void {
    this.#window?.webContents.send(COMMAND_CHANNEL, command);
  }

  /** The preload keeps what comes before the studio listens. */
  openFile(path: string): void {
    this.#waiting.push(path);
    this.#sendWaiting();
  }

  #sendWaiting(): void {
    if (this.#window === null || !this.#loaded) return;
    for (const path of this.#waiting.splice(0)) this.#window.webContents.send(OPEN_CHANNEL, path);
  }
}
