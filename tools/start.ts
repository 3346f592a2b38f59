/**
 * `npm start`: the studio in Electron where its binary is there, else in the default browser.
 *
 *   --no-open      prints the address and opens nothing
 *   --browser      the browser, also where Electron is there
 *   --port N       of the browser host; any free one where it is left out
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { serve } from '../engine/serve/serve.ts';
import { electronBinary } from './electron-binary.ts';
import { ensurePage } from './page.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const { values, positionals } = parseArgs({
  options: {
    'no-open': { type: 'boolean', default: false },
    browser: { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
  },
  allowPositionals: true,
});
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`weir: --port ${values.port} is not a port; expected 0 to 65535`);
  process.exit(2);
}

const binary = values.browser ? null : electronBinary(join(ROOT, 'node_modules', 'electron'));
try {
  if (binary !== null) await startElectron(binary, positionals);
  else {
    if (!values.browser) console.log('Electron has no binary here, so the studio opens in the browser.');
    await ensurePage(console.log);
    await serve({ port, open: !values['no-open'], print: console.log });
  }
} catch (error) {
  console.error(`weir: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

/** The shell runs bundled, as it ships. */
async function startElectron(path: string, files: readonly string[]): Promise<void> {
  if ((await ensurePage(console.log)) || !existsSync(join(ROOT, 'dist', 'electron', 'main.js'))) {
    const { buildAll } = await import('./build.ts');
    await buildAll();
  }
  const child = spawn(path, [ROOT, ...files], { stdio: 'inherit' });
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
