import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';
import { ROOT } from './root.ts';

/**
 * Finds a Chromium for the e2e specs and launches it. In order: WEIR_CHROMIUM, the one inside the npm package
 * @sparticuz/chromium (Linux x64: no root, no download beyond npm), Playwright's own, the system's.
 */
export async function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const executablePath = await findChromium();
  try {
    return await chromium.launch({ ...options, executablePath });
  } catch (error) {
    const message = `${executablePath} does not start. If a library is missing: apt-get install libnss3 libnspr4 libexpat1`;
    throw new Error(message, { cause: error });
  }
}

export async function findChromium(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const chosen = env['WEIR_CHROMIUM'];
  if (chosen && !existsSync(chosen)) throw new Error(`WEIR_CHROMIUM names '${chosen}', which does not exist`);
  const found = chosen || (await npmChromium()) || playwrightChromium() || systemChromium(env);
  if (found) return found;
  throw new Error(
    'no Chromium for the e2e specs: run `npx playwright-core install chromium`, or set WEIR_CHROMIUM to the path of ' +
      'a Chromium, Chrome or Edge, or leave the e2e specs out with `npm test -- --no-e2e`',
  );
}

/**
 * The package unpacks to the temp folder and reuses what lies there, of whatever version, whole or not. So it gets a
 * temp folder of its own, which takes its final name, with the version in it, when it is complete.
 */
async function npmChromium(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const manifest = await readFile(join(ROOT, 'node_modules/@sparticuz/chromium/package.json'), 'utf8');
  const folder = join(ROOT, '.cache', `chromium-${JSON.parse(manifest).version}`);
  const executable = join(folder, 'chromium');
  if (existsSync(executable)) return executable;

  await mkdir(join(ROOT, '.cache'), { recursive: true });
  const unpacking = await mkdtemp(join(ROOT, '.cache', 'unpacking-'));
  const { default: sparticuz } = await import('@sparticuz/chromium');
  const temp = process.env['TMPDIR'];
  process.env['TMPDIR'] = unpacking;
  try {
    await sparticuz.executablePath();
    await rename(unpacking, folder);
  } catch (error) {
    await rm(unpacking, { recursive: true, force: true });
    if (!existsSync(executable)) throw error; // else another process was faster
  } finally {
    if (temp === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = temp;
  }
  return executable;
}

function playwrightChromium(): string | undefined {
  const path = chromium.executablePath(); // where it would be
  return existsSync(path) ? path : undefined;
}

function systemChromium(env: NodeJS.ProcessEnv): string | undefined {
  return systemPaths(env).find((path) => existsSync(path));
}

function systemPaths(env: NodeJS.ProcessEnv): readonly string[] {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (app) => `/Applications/${app}.app/Contents/MacOS/${app}`,
    );
  }
  if (process.platform === 'win32') {
    const roots = ['ProgramFiles', 'ProgramFiles(x86)', 'LocalAppData'].flatMap((name) => env[name] ?? []);
    const apps = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];
    return roots.flatMap((root) => apps.map((app) => join(root, app)));
  }
  const names = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'microsoft-edge'];
  const folders = (env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name)));
}
