/** One instance; a second start, or a double click on a `.weir` file, goes to the window that is there. */
import { resolve } from 'node:path';
import { app } from 'electron';
import type { Windows } from './windows.ts';

/** False: another instance runs and has been told. */
export function setupOpening(windows: Windows, argv: readonly string[]): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', (_event, args, folder) => {
    windows.open();
    for (const path of filesOf(args, folder)) windows.openFile(path);
  });
  // macOS tells of files this way, also before the app is ready.
  app.on('open-file', (event, path) => {
    event.preventDefault();
    windows.openFile(path);
    if (app.isReady()) windows.open();
  });
  app.on('activate', () => windows.open());
  for (const path of filesOf(argv, process.cwd())) windows.openFile(path);
  return true;
}

/** The `.weir` files of a command line; switches and the app's own path are no files. */
export const filesOf = (argv: readonly string[], folder: string): string[] =>
  argv
    .slice(1)
    .filter((arg) => !arg.startsWith('-') && arg.toLowerCase().endsWith('.weir'))
    .map((arg) => resolve(folder, arg));
