/** The part of `HostApi` that is the same in every host: files, examples, recent files. */
import { join } from 'node:path';
import type { HostApi } from '../engine/contract/host.ts';
import { openDocument, saveDocument } from './documents.ts';
import { readExamples } from './examples.ts';
import { listFolder } from './folders.ts';
import { attempt } from './problems.ts';
import { RecentFiles } from './recent-files.ts';

export interface ServiceOptions {
  readonly examplesDir: string;
  /** See `configDir`. */
  readonly configDir: string;
  readonly homeDir: string;
  /** ms since the epoch. */
  readonly now: () => number;
}

export type FileServices = Pick<HostApi, 'examples' | 'recent' | 'open' | 'save' | 'list'>;

export function fileServices({ examplesDir, configDir, homeDir, now }: ServiceOptions): FileServices {
  const recent = new RecentFiles(join(configDir, 'recent.json'));
  // A list that cannot be kept must not fail the opening or saving itself.
  const remember = (path: string): Promise<void> => recent.add(path, now()).catch(() => {});
  return {
    examples: () => attempt(examplesDir, () => readExamples(examplesDir)),
    recent: async () => ({ ok: true, value: await recent.list() }),
    open: (path) =>
      attempt(path, async () => {
        const file = await openDocument(path);
        await remember(file.path ?? path);
        return file;
      }),
    save: (path, text) =>
      attempt(path, async () => {
        const file = await saveDocument(path, text);
        await remember(file.path ?? path);
        return file;
      }),
    list: (path) => attempt(path ?? homeDir, () => listFolder(path ?? homeDir)),
  };
}

export const platformName = (platform: string): 'linux' | 'darwin' | 'win32' | 'other' =>
  platform === 'linux' || platform === 'darwin' || platform === 'win32' ? platform : 'other';
