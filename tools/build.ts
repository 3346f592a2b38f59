/**
 * `npm run build`: everything that ships, bundled into dist/ by Vite. Nothing in dist/ needs node_modules.
 *
 *   dist/renderer/   the studio's page
 *   dist/electron/   main.js, and preload.cjs: a sandboxed preload has to be CommonJS
 *   dist/engine/     host.js, worker.js, writer-thread.js, cli.js and their shared chunks, side by side: code that finds
 *                    a thread by URL sees `./worker.js` from wherever it was bundled to
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build, type InlineConfig, type Plugin } from 'vite';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NODE_TARGET = 'node24'; // what Electron 45 embeds

/** Entries by the name of their bundle. */
const ENGINE = {
  host: 'engine/host.ts',
  worker: 'engine/runtime/worker.ts',
  'writer-thread': 'engine/checkpoints/writer-thread.ts',
  cli: 'engine/cli.ts',
};
const MAIN = { main: 'electron/main.ts' };
const PRELOAD = { preload: 'electron/preload.ts' };
const PAGE = 'renderer/index.html';

/** Builds all of `out`; throws with the paths of entries that do not exist. */
export async function buildAll(out = join(ROOT, 'dist')): Promise<void> {
  const entries = [PAGE, ...[ENGINE, MAIN, PRELOAD].flatMap((bundle) => Object.values(bundle))];
  const missing = entries.filter((entry) => !existsSync(join(ROOT, entry)));
  if (missing.length > 0) throw new Error(`cannot build: missing ${missing.join(', ')}`);

  await rm(out, { recursive: true, force: true }); // no build empties its own folder
  await build(rendererConfig(join(out, 'renderer')));
  await build(nodeConfig(ENGINE, join(out, 'engine'), 'es'));
  await build(nodeConfig(MAIN, join(out, 'electron'), 'es'));
  await build(nodeConfig(PRELOAD, join(out, 'electron'), 'cjs'));
}

/** The engine alone. @returns the files that it was made from, packages included; absolute paths. */
export async function bundleEngine(out: string): Promise<readonly string[]> {
  const inputs = new Set<string>();
  const recorder: Plugin = {
    name: 'weir:inputs',
    moduleParsed: ({ id }) => {
      if (isAbsolute(id) && existsSync(id)) inputs.add(id);
    },
  };
  const config = nodeConfig(ENGINE, out, 'es');
  await build({ ...config, plugins: [recorder] });
  return [...inputs];
}

/** Every Chromium reads WOFF2: the packages' WOFF copies, 240 files for Japanese, stay behind. */
const woff2Only: Plugin = {
  name: 'weir:woff2-only',
  enforce: 'pre',
  transform: {
    filter: { id: /@fontsource.*\.css$/ },
    handler: (css) => css.replaceAll(/,\s*url\([^)]*\.woff\) format\('woff'\)/g, ''),
  },
};

/** The studio's page. Paths are relative, so that it works from a file, an app protocol and a server. */
export function rendererConfig(outDir = join(ROOT, 'dist/renderer')): InlineConfig {
  return {
    configFile: false,
    root: join(ROOT, 'renderer'),
    base: './',
    logLevel: 'warn',
    plugins: [react(), woff2Only],
    build: { outDir, emptyOutDir: false, target: 'chrome140', sourcemap: true, chunkSizeWarningLimit: 2000 },
  };
}

/** Bundles for Node: packages are bundled too, and only Node's and Electron's own modules stay outside. */
function nodeConfig(input: Record<string, string>, outDir: string, format: 'es' | 'cjs'): InlineConfig {
  const extension = format === 'cjs' ? 'cjs' : 'js';
  return {
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, external: ['electron'], target: 'node' },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: false, // as main and preload share a folder
      target: NODE_TARGET,
      sourcemap: true,
      rolldownOptions: {
        input,
        output: {
          format,
          entryFileNames: `[name].${extension}`,
          chunkFileNames: `[name]-[hash].${extension}`,
        },
      },
    },
  };
}

if (import.meta.main) {
  try {
    await buildAll();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
