// Finds the bundle of the engine that belongs to the sources as they are now, and has it made where there is none.
// Plain JavaScript without dependencies, like run.mjs, and quick: it runs before every `weir`.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Relative to the checkout. */
export const BUNDLES = '.cache/engine';
export const CURRENT = `${BUNDLES}/current.json`;

/** Path of the bundled `weir`; null where it cannot be made, and the sources have to do. */
export function bundledCli(root, node) {
  const found = freshBundle(root);
  if (found !== null) return found;
  // What goes wrong here, say in a folder that is read-only, is no reason not to run.
  const maker = join(root, 'tools/engine-bundle.ts');
  const { status } = spawnSync(node, [maker], { cwd: root, stdio: 'ignore' });
  return status === 0 ? freshBundle(root) : null;
}

/** Null where a source changed since the bundle was made. */
export function freshBundle(root) {
  try {
    const { folder, inputs } = JSON.parse(readFileSync(join(root, CURRENT), 'utf8'));
    for (const [path, mtimeMs, size] of inputs) {
      const now = statSync(join(root, path));
      if (now.mtimeMs !== mtimeMs || now.size !== size) return null;
    }
    const cli = join(root, folder, 'cli.js');
    return existsSync(cli) ? cli : null;
  } catch {
    return null; // none yet, or a source is gone
  }
}

/** Where V8 keeps what it compiled, beside the bundle that it belongs to. */
export const compiledOf = (cli) => join(cli, '../compiled');
