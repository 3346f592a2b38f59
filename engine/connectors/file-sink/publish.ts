/**
 * Gives whole parts their final names, so that a crash between any two steps leaves every part either hidden or visible, and doing
 * it again does the rest.
 */
import { join } from 'node:path';
import { errorCode, type Files } from '../../files/files.ts';
import { type PartPlace, pathOf } from './part-file.ts';

export interface PublishOptions {
  readonly files: Files;
  /** Whether a file under the final name is replaced. */
  readonly replace: boolean;
  /** Where the final name is taken: another one, each time it is asked. */
  nextName(): string;
}

/** Those that had to get their names now; the others had them, or are gone. Their names are on the disk when it resolves. */
export async function publish<P extends Pick<PartPlace, 'folder' | 'part' | 'name'>>(
  parts: readonly P[],
  options: PublishOptions,
): Promise<P[]> {
  const { files } = options;
  const found: P[] = [];
  for (const part of parts) if (await name(part, options)) found.push(part);
  for (const folder of new Set(parts.map((part) => part.folder))) await files.syncFolder(folder);
  // Only now: a hidden name that is gone must mean that the final one is safe.
  for (const part of found) await files.remove(pathOf(part));
  return found;
}

/** False where there is no such part. */
async function name(
  part: Pick<PartPlace, 'folder' | 'part' | 'name'>,
  options: PublishOptions,
): Promise<boolean> {
  const { files, replace } = options;
  const info = await files.info(pathOf(part));
  if (info === null) return false;
  if (info.links > 1 && (await visibleName(files, part.folder, info.id)) !== null) return true;
  const target = join(part.folder, part.name);
  if (replace) await files.rename(pathOf(part), target);
  else if (!(await give(files, pathOf(part), target)))
    while (!(await give(files, pathOf(part), join(part.folder, options.nextName()))));
  return true;
}

/** The name of the file `id` that readers see; null where it has none. */
export async function visibleName(files: Files, folder: string, id: string): Promise<string | null> {
  for (const other of await files.list(folder)) {
    if (other.startsWith('.')) continue;
    const info = await files.info(join(folder, other));
    if (info?.id === id) return other;
  }
  return null;
}

/** False where the name is taken. A hard link fails then, whoever took it in the meantime; a rename would replace it. */
async function give(files: Files, part: string, target: string): Promise<boolean> {
  try {
    await files.link(part, target);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    // Some file systems have no hard links.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errorCode(error))) throw error;
  }
  const reserved = await files.open(target, 'create').catch((error: unknown) => {
    if (errorCode(error) === 'EEXIST') return null;
    throw error;
  });
  // One that is empty was reserved before a crash.
  if (reserved === null && (await files.info(target))?.size !== 0) return false;
  await reserved?.close();
  await files.rename(part, target);
  return true;
}
