/** The engine as Electron's `utilityProcess`: started when a window asks, started again when it died. */
import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron';

/** An engine that was asked to end gets this long; then it counts as gone. */
const PATIENCE_MS = 3000;

export class EngineProcess {
  readonly #entry: string;
  readonly #dataDir: string;
  #child: UtilityProcess | null = null;

  /** @param dataDir where runs keep their checkpoints */
  constructor(entry: string, dataDir: string) {
    this.#entry = entry;
    this.#dataDir = dataDir;
  }

  get running(): boolean {
    return this.#child !== null;
  }

  /** A port for one window; it closes when the engine dies. */
  connect(): MessagePortMain {
    this.#child ??= this.#start();
    const { port1, port2 } = new MessageChannelMain();
    this.#child.postMessage({ type: 'link' }, [port1]);
    return port2;
  }

  async restart(): Promise<void> {
    await this.stop();
    this.#child ??= this.#start();
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      child.kill();
    });
    if (this.#child === child) this.#child = null;
  }

  #start(): UtilityProcess {
    const child = utilityProcess.fork(this.#entry, [], {
      serviceName: 'Weir engine',
      stdio: 'inherit',
      env: { ...process.env, WEIR_ENGINE_DATA: this.#dataDir },
    });
    child.once('exit', () => {
      if (this.#child === child) this.#child = null;
    });
    return child;
  }
}
