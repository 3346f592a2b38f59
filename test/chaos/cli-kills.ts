/** `weir run` in a process of its own that is killed at any instant, and started again from its newest checkpoint. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const CLI = join(import.meta.dirname, '..', '..', 'engine', 'cli.ts');
/** Of a start that is not killed: far more than any needs. */
const START_MS = 120_000;
/** How long a start may live before it is killed, ms: from its own beginning to well into the work. */
const LIFE_MS = [200, 1300] as const;

export interface Tally {
  kills: number;
  serverKills: number;
  restored: number;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly said: string }>;
}

export function startCli(folder: string, file: string, goesOn: boolean): Started {
  const args = ['run', file, '--json', '--checkpoints', 'state', '--checkpoint-every', '50ms'];
  const child = spawn(process.execPath, [CLI, ...args, ...(goesOn ? ['--restore', 'latest'] : [])], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
  const ended = once(child, 'close').then(([code]) => {
    clearTimeout(timer);
    return { code: code as number | null, said };
  });
  return { child, ended };
}

/**
 * By the clock, or as soon as the next checkpoint stands on the disk: between that and its commit. Whether it came in time.
 * @param killServer what else dies in one of ten kills
 */
export async function kill(
  { child, ended }: Started,
  folder: string,
  next: () => number,
  tally: Tally,
  killServer: (() => Promise<void>) | null,
): Promise<boolean> {
  const [least, most] = LIFE_MS;
  const until = performance.now() + least + next() * (most - least);
  const atManifest = next() < 0.5;
  const withServer = next() < 0.1;
  const delay = next() * 30;
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  await pause(Math.max(0, until - performance.now()));
  const before = (await manifests(folder)).at(-1);
  while (atManifest && !isOver && (await manifests(folder)).at(-1) === before) await pause(1);
  await pause(delay);
  if (isOver) return false;
  child.kill('SIGKILL');
  tally.kills++;
  if (withServer && killServer !== null) {
    await killServer();
    tally.serverKills++;
  }
  return true;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function manifests(folder: string): Promise<string[]> {
  const all = await readdir(join(folder, 'state')).catch(() => []);
  return all.filter((name) => /^chk-\d+\.json$/.test(name)).sort();
}
