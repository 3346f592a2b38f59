/** Where the parts of an installation lie, seen from the sources or from a bundle. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const fromSource = import.meta.url.endsWith('.ts');
// Bundles are in dist/engine/, or in a folder of .cache/engine/: look for the examples upwards.
function findRoot(): string {
  for (const up of ['../../', '../../../']) {
    const folder = fileURLToPath(new URL(up, import.meta.url));
    if (existsSync(join(folder, 'examples'))) return folder;
  }
  return fileURLToPath(new URL('../../', import.meta.url));
}

export const ROOT = findRoot();
export const PAGE_DIR = join(ROOT, 'dist', 'renderer');
export const EXAMPLES_DIR = join(ROOT, 'examples');
export const ENGINE_ENTRY = fromSource
  ? join(ROOT, 'engine', 'host.ts')
  : fileURLToPath(new URL('./host.js', import.meta.url)); // beside all chunks
/** Builds the page in a checkout; absent in an installation, where it is always built. */
export const PAGE_BUILDER = join(ROOT, 'tools', 'page.ts');
