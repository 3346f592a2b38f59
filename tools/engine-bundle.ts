/**
 * Bundles the engine and the command line into a folder of `.cache/engine`, and names it in `current.json` together with the
 * files that it was made from; `bundle-of.mjs` runs it as long as none of them changed. From its 400 modules, `weir run` needs
 * more than a second to start; as a bundle, with what V8 compiled kept beside it, a fifth of that.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleEngine } from './build.ts';
import { BUNDLES, CURRENT } from './bundle-of.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Older bundles may still be what a `weir serve` loads its commands from. */
const KEEP_MS = 24 * 3600_000;

/** @returns the folder of the bundle. */
export async function makeBundle(root = ROOT): Promise<string> {
  const folder = join(root, BUNDLES);
  await mkdir(folder, { recursive: true });
  const out = await mkdtemp(join(folder, 'bundle-'));
  const sources = await bundleEngine(out);
  const inputs = await Promise.all(
    // Packages change with the lockfile only.
    [
      ...sources.filter((path) => !path.includes(`${sep}node_modules${sep}`)),
      join(root, 'package-lock.json'),
    ].map(async (path) => {
      const { mtimeMs, size } = await stat(path);
      return [relative(root, path), mtimeMs, size] as const;
    }),
  );
  const text = JSON.stringify({ folder: relative(root, out), inputs });
  // Another process may do the same at this moment; both bundles are good, and the last one is kept.
  const draft = join(out, 'current.json');
  await writeFile(draft, text);
  await rename(draft, join(root, CURRENT));
  await removeOld(folder, out);
  return out;
}

async function removeOld(folder: string, current: string): Promise<void> {
  const now = Date.now();
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!name.startsWith('bundle-') || path === resolve(current) || !existsSync(path)) continue;
    if (now - (await stat(path)).mtimeMs > KEEP_MS) await rm(path, { recursive: true, force: true });
  }
}

if (import.meta.main) await makeBundle();
