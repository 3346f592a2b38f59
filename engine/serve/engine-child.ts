/** The engine as a child of the browser host: started when a studio asks, started again when it died. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Link } from '../contract/link.ts';
import { IpcLinks } from '../link/ipc-links.ts';

/** An engine that was asked to end gets this long; then it is killed. */
const PATIENCE_MS = 1500;

interface Running {
  readonly child: ChildProcess;
  readonly links: IpcLinks;
}

export class EngineChild {
  readonly #entry: string;
  readonly #dataDir: string | null;
  #running: Running | null = null;

  /** @param dataDir where runs keep their checkpoints; null: no longer than they last */
  constructor(entry: string, dataDir: string | null = null) {
    this.#entry = entry;
    this.#dataDir = dataDir;
  }

  /** Null while no engine runs. */
  get pid(): number | null {
    return this.#running?.child.pid ?? null;
  }

  connect(): Link {
    this.#running ??= this.#start();
    return this.#running.links.open();
  }

  async restart(): Promise<void> {
    await this.stop(PATIENCE_MS);
    this.#running ??= this.#start();
  }

  /** Lets the engine stop its runs; kills it after `patienceMs`. */
  async stop(patienceMs: number): Promise<void> {
    const child = this.#running?.child;
    if (child === undefined) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    await gone;
    clearTimeout(timer);
  }

  #start(): Running {
    // What the engine prints is for people: stdout stays the host's own.
    const child = fork(this.#entry, [], {
      serialization: 'advanced',
      stdio: ['ignore', 2, 2, 'ipc'],
      execArgv: [],
      env: { ...process.env, WEIR_ENGINE_DATA: this.#dataDir ?? '' },
    });
    let gone = false;
    const closed: (() => void)[] = [];
    const end = (): void => {
      if (gone) return;
      gone = true;
      if (this.#running?.child === child) this.#running = null;
      for (const listener of closed) listener();
    };
    child.on('exit', end);
    child.on('error', end); // it could not be started or reached
    const links = new IpcLinks({
      send: (message) => {
        if (child.connected) child.send(message, () => {}); // a failure shows as 'exit'
      },
      onMessage: (listener) => void child.on('message', listener),
      onClose: (listener) => void closed.push(listener),
    });
    return { child, links };
  }
}
