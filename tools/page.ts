/**
 * Builds the studio's page where a source is newer than what was built: `npm start` and `weir serve` in a checkout.
 * `node tools/page.ts` does just that.
 */
import { type Dirent, existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BUILT = join(ROOT, 'dist', 'renderer');
/** What the page is made of: the studio and the engine's pure code. */
const SOURCES = ['renderer', 'engine', 'electron/ipc', 'package-lock.json', 'tools/build.ts'];

/** Returns whether anything was built. Rejects with Vite's error. */
export async function ensurePage(say: (line: string) => void): Promise<boolean> {
  const index = join(BUILT, 'index.html');
  if (existsSync(index)) {
    const builtAt = (await stat(index)).mtimeMs;
    const newest = await Promise.all(SOURCES.map((source) => newestMs(join(ROOT, source))));
    if (Math.max(...newest) <= builtAt) return false;
  }
  say('weir: building the studio…');
  const [{ build }, { rendererConfig }] = await Promise.all([import('vite'), import('./build.ts')]);
  await rm(BUILT, { recursive: true, force: true });
  await build(rendererConfig());
  return true;
}

/** When anything below `path` was changed last, in ms since the epoch; tests do not count. */
async function newestMs(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  if (found === null) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const entries: Dirent[] = await readdir(path, { withFileTypes: true });
  const times = entries
    .filter(({ name }) => !name.includes('.test.'))
    .map(({ name }) => newestMs(join(path, name)));
  return Math.max(found.mtimeMs, ...(await Promise.all(times)));
}

if (import.meta.main) {
  try {
    await ensurePage(console.error);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
