/** Folders and `.weir` files, for the studio's own file dialog. Nothing else is listed. */
import { readdir, stat } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join, normalize } from 'node:path';
import type { FolderEntry, FolderListing } from '../engine/contract/host.ts';
import { problem, showValue, WeirError } from '../engine/contract/problems.ts';
import { DOCUMENT_EXTENSION } from './documents.ts';

/** Entries of one listing: a folder of a million files must not become one message. */
export const ENTRIES_MAX = 2000;

export async function listFolder(path: string): Promise<FolderListing> {
  if (!isAbsolute(path)) {
    throw new WeirError(
      problem('S-VALUE', {
        path: [],
        message: 'The path is not absolute.',
        value: showValue(path),
        expected: 'an absolute path',
        next: 'Choose a folder from the list.',
      }),
    );
  }
  const folder = normalize(path);
  const entries: FolderEntry[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const full = join(folder, entry.name);
    const isFolder = entry.isSymbolicLink() ? await leadsToFolder(full) : entry.isDirectory();
    if (!isFolder && extname(entry.name).toLowerCase() !== DOCUMENT_EXTENSION) continue;
    entries.push({ name: entry.name, path: full, folder: isFolder });
    if (entries.length >= ENTRIES_MAX) break;
  }
  entries.sort((a, b) => Number(b.folder) - Number(a.folder) || a.name.localeCompare(b.name));
  const parent = dirname(folder);
  return { path: folder, parent: parent === folder ? null : parent, entries };
}

const leadsToFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
