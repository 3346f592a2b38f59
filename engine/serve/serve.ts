/** Starts the browser host and says where it is; shared by `weir serve` and `npm start`. */
import { homedir } from 'node:os';
import { configDir } from '../../hosts/config-dir.ts';
import { EngineChild } from './engine-child.ts';
import { ENGINE_ENTRY, EXAMPLES_DIR, PAGE_DIR } from './locate.ts';
import { openBrowser } from './open-browser.ts';
import { StudioServer } from './server.ts';
import { browserServices } from './services.ts';

export interface ServeOptions {
  readonly port: number;
  readonly open: boolean;
  readonly print: (line: string) => void;
}

/** Serves until Ctrl-C or SIGTERM. Rejects with Node's error where the port cannot be had. */
export async function serve({ port, open, print }: ServeOptions): Promise<void> {
  const { env, platform } = process;
  const engine = new EngineChild(ENGINE_ENTRY, configDir({ env, platform, home: homedir() }));
  const server = new StudioServer({
    port,
    pageDir: PAGE_DIR,
    services: browserServices(engine, EXAMPLES_DIR),
    engine,
  });
  const address = await server.listen();
  print(`Weir runs at ${address}`);
  print('The address works once, in one browser. Ctrl-C ends Weir.');
  if (open) openBrowser(address);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  await server.close();
}
