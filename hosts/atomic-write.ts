/** Writing so that a reader, or a crash at any instant, sees the old file or the new one, never a part. */
import { randomBytes } from 'node:crypto';
import { open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Rejects with Node's file system errors; the file at `path` is then as it was.
 * @param newMode of a file that is not there yet; the umask takes from it
 */
export async function writeAtomically(path: string, text: string, newMode = 0o666): Promise<void> {
  // A rename would replace a link by a file: write where the link points.
  const target = await realpath(path).catch(() => path);
  const mode = await stat(target).then(
    (found) => found.mode & 0o777,
    () => newMode,
  );
  const folder = dirname(target);
  const aside = join(folder, `.${basename(target).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(aside, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, target);
  } catch (error) {
    await unlink(aside).catch(() => {});
    throw error;
  }
  await syncFolder(folder);
}

/** Without this a power cut may lose the rename. Windows has no such call, and some file systems refuse it. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {}
}
