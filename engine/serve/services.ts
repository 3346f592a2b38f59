/** The whole `HostApi` of the browser host. */
import { homedir } from 'node:os';
import { configDir } from '../../hosts/config-dir.ts';
import { fileServices, platformName } from '../../hosts/services.ts';
import type { HostServices } from '../contract/host-calls.ts';
import { problem } from '../contract/problems.ts';
import type { EngineChild } from './engine-child.ts';

export function browserServices(engine: EngineChild, examplesDir: string): HostServices {
  const { env, platform } = process;
  const home = homedir();
  const files = fileServices({
    examplesDir,
    configDir: configDir({ env, platform, home }),
    homeDir: home,
    now: Date.now,
  });
  const noDialogs = async () => ({
    ok: false as const,
    problem: problem('L-MESSAGE', {
      path: [],
      message: 'This host has no dialogs of its own.',
      expected: 'a call of "list", "open" or "save"',
      next: 'Use the file list of the studio.',
    }),
  });
  return {
    ...files,
    capabilities: async () => ({ dialogs: false, nativeMenu: false, platform: platformName(platform) }),
    openDialog: noDialogs,
    saveDialog: noDialogs,
    restartEngine: async () => {
      await engine.restart();
      return { ok: true, value: null };
    },
  };
}
