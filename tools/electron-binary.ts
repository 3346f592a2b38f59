import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Electron's executable where it was downloaded before, or null. Asked here and not by `require('electron')`, which
 * would start a download.
 */
export function electronBinary(packageDir: string, env = process.env): string | null {
  const override = env['ELECTRON_OVERRIDE_DIST_PATH'];
  try {
    const name = readFileSync(join(packageDir, 'path.txt'), 'utf8').trim();
    const path = join(override ?? join(packageDir, 'dist'), name);
    return name !== '' && existsSync(path) ? path : null;
  } catch {
    return null;
  }
}
