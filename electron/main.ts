/** The shell: a list of what is set up. Each line's reasons are in its own file. */
import { homedir } from 'node:os';
import { app } from 'electron';
import { configDir } from '../hosts/config-dir.ts';
import { EngineProcess } from './engine-host/engine-process.ts';
import { setupFiles } from './features/files.ts';
import { setupMenu } from './features/menu.ts';
import { setupNavigation } from './features/navigation.ts';
import { setupOpening } from './features/opening.ts';
import { setupPermissions } from './features/permissions.ts';
import { declareScheme, setupPage } from './features/protocol.ts';
import { setupQuitting } from './features/quitting.ts';
import { setupRecovery } from './features/recovery.ts';
import { Windows } from './features/windows.ts';
import { setupCalls } from './ipc/main-side.ts';
import { installation } from './paths.ts';

const paths = installation(app.getAppPath());
const { env, platform } = process;
const engine = new EngineProcess(paths.engineEntry, configDir({ env, platform, home: homedir() }));
const windows = new Windows(paths.preload);

declareScheme(); // has to come before the app is ready
if (setupOpening(windows, process.argv)) {
  setupNavigation();
  setupRecovery();
  setupQuitting(engine, windows);
  await app.whenReady();
  setupPermissions();
  setupPage(paths.page);
  setupCalls(setupFiles(engine, windows, paths.examples), engine);
  setupMenu(windows);
  windows.open();
} else {
  app.quit(); // the first instance opens the file
}
