/** The shell's `HostApi`: shared file services, and native dialogs over them. */
import { homedir } from 'node:os';
import { extname } from 'node:path';
import { dialog } from 'electron';
import type { HostServices } from '../../engine/contract/host-calls.ts';
import { configDir } from '../../hosts/config-dir.ts';
import { DOCUMENT_EXTENSION } from '../../hosts/documents.ts';
import { fileServices, platformName } from '../../hosts/services.ts';
import type { EngineProcess } from '../engine-host/engine-process.ts';
import type { Windows } from './windows.ts';

const FILTERS = [{ name: 'Weir pipeline', extensions: [DOCUMENT_EXTENSION.slice(1)] }];

export function setupFiles(engine: EngineProcess, windows: Windows, examplesDir: string): HostServices {
  const { env, platform } = process;
  const home = homedir();
  const files = fileServices({
    examplesDir,
    configDir: configDir({ env, platform, home }),
    homeDir: home,
    now: Date.now,
  });
  return {
    ...files,
    capabilities: async () => ({ dialogs: true, nativeMenu: true, platform: platformName(platform) }),
    openDialog: async () => {
      const options = { filters: FILTERS, properties: ['openFile' as const] };
      const window = windows.current;
      const chosen = await (window === null
        ? dialog.showOpenDialog(options)
        : dialog.showOpenDialog(window, options));
      const path = chosen.filePaths[0];
      return chosen.canceled || path === undefined ? { ok: true, value: null } : files.open(path);
    },
    saveDialog: async (suggestedName, text) => {
      const options = { filters: FILTERS, defaultPath: suggestedName };
      const window = windows.current;
      const chosen = await (window === null
        ? dialog.showSaveDialog(options)
        : dialog.showSaveDialog(window, options));
      if (chosen.canceled || chosen.filePath === '') return { ok: true, value: null };
      return files.save(withExtension(chosen.filePath), text);
    },
    restartEngine: async () => {
      await engine.restart();
      return { ok: true, value: null };
    },
  };
}

/** Some Linux dialogs do not add the filter's extension. */
const withExtension = (path: string): string =>
  extname(path).toLowerCase() === DOCUMENT_EXTENSION ? path : path + DOCUMENT_EXTENSION;
