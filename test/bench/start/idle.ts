/** What a run costs that only waits, and the engine process without a run: share of one core, whole process, threads included. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { bundledCli } from '../../../tools/bundle-of.mjs';
import { ROOT } from '../../root.ts';
import type { Part } from './main.ts';
import { inFolder, oneASecond, waitingForHttp } from './pipelines.ts';

const SHARE_MAX = 1;
/** A young process still compiles and collects what its start left behind. */
const SETTLE_MS = 4000;
const PROBE = pathToFileURL(join(ROOT, 'test/bench/start/cpu-probe.ts')).href;

/** Percent of a core. */
async function watch(
  args: readonly string[],
  seconds: number,
  folder: string,
  name: string,
): Promise<number> {
  const file = join(folder, `${name}.json`);
  const child = spawn(process.execPath, ['--import', PROBE, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      WEIR_PROBE_FILE: file,
      WEIR_PROBE_FROM_MS: String(SETTLE_MS),
      WEIR_PROBE_MS: String(seconds * 1000),
    },
  });
  const gone = once(child, 'exit');
  const deadline = performance.now() + SETTLE_MS + seconds * 1000 + 10_000;
  while (!existsSync(file) && child.exitCode === null && performance.now() < deadline) await sleep(200);
  await sleep(100);
  if (child.exitCode === null) child.kill('SIGKILL');
  await gone;
  return JSON.parse(readFileSync(file, 'utf8')).share * 100;
}

export async function idleBench(seconds: number): Promise<Part> {
  const cli = bundledCli(ROOT, process.execPath);
  if (cli === null) throw new Error('no bundle could be made');
  return inFolder({ 'http.weir': waitingForHttp, 'one.weir': oneASecond }, async (folder) => {
    const shares = {
      'bare Node with a timer': await watch(['-e', 'setInterval(() => {}, 1e6)'], seconds, folder, 'bare'),
      'engine process without a run': await watch([join(dirname(cli), 'host.js')], seconds, folder, 'host'),
      'HTTP source without requests': await watch(
        [cli, 'run', join(folder, 'http.weir')],
        seconds,
        folder,
        'http',
      ),
      'one record a second': await watch([cli, 'run', join(folder, 'one.weir')], seconds, folder, 'one'),
    };
    const entries = Object.entries(shares);
    return {
      lines: [
        `Share of one core over ${seconds} s, all threads of the process.`,
        ...entries.map(([what, share]) => `${what.padEnd(32)}${share.toFixed(2).padStart(6)} %`),
      ],
      bars: entries.slice(1).map(([what, value]) => ({ what, value, unit: '% of a core', limit: SHARE_MAX })),
    };
  });
}
