/** `weir run` in a process of its own that is killed at any instant, and started again from its newest checkpoint. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { random } from '../../engine/runtime/random.ts';

const FILE = 'chaos.weir';
const CLI = join(import.meta.dirname, '..', '..', 'engine', 'cli.ts');
/** Of a start that is not killed: far more than any needs. */
const START_MS = 120_000;
/** How long a start may live before it is killed, ms: from its own beginning to well into the work. */
const LIFE_MS = [200, 1300] as const;

interface Tally {
  kills: number;
  serverKills: number;
  restored: number;
}

/** What became of one document under kills. */
export interface KilledRun extends Readonly<Tally> {
  readonly seed: number;
  readonly ms: number;
  /** Records that are there again, of those that may be. */
  readonly doubled: number;
  readonly faults: readonly string[];
}

/** What its outputs hold, once it has ended. */
export type Judged = Pick<KilledRun, 'doubled' | 'faults'>;

/**
 * Runs the document to its end, with one to four kills before.
 * @param killServer what else dies in one of ten kills
 * @param judge looks at the outputs; not asked where the last start failed
 */
export async function killedRun(
  document: object,
  seed: number,
  { killServer, judge }: { readonly killServer: (() => Promise<void>) | null; judge(): Promise<Judged> },
): Promise<KilledRun> {
  const beganAt = performance.now();
  const { next } = random(seed);
  const folder = await mkdtemp(join(tmpdir(), 'weir-chaos-'));
  await writeFile(join(folder, FILE), JSON.stringify(document));
  const tally: Tally = { kills: 0, serverKills: 0, restored: 0 };
  const wanted = 1 + Math.floor(next() * 4);
  let judged: Judged = { doubled: 0, faults: ['the run was left'] };
  try {
    for (let start = 0; ; start++) {
      const goesOn = (await manifests(folder)).length > 0;
      if (goesOn) tally.restored++;
      const child = startCli(folder, goesOn);
      const killed = start < wanted && (await kill(child, folder, next, tally, killServer));
      const { code, said } = await child.ended;
      if (killed) continue;
      judged =
        code === 0
          ? await judge()
          : { doubled: 0, faults: [`a start ended with ${code}: ${said.slice(-1500)}`] };
      break;
    }
  } finally {
    if (judged.faults.length === 0) await rm(folder, { recursive: true, force: true });
    else console.log(`       kept: ${folder}`);
  }
  return { seed, ...tally, ms: performance.now() - beganAt, ...judged };
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly said: string }>;
}

function startCli(folder: string, goesOn: boolean): Started {
  const args = ['run', FILE, '--json', '--checkpoints', 'state', '--checkpoint-every', '50ms'];
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

/** By the clock, or as soon as the next checkpoint stands on the disk: between that and its commit. Whether it came in time. */
async function kill(
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

async function manifests(folder: string): Promise<string[]> {
  const all = await readdir(join(folder, 'state')).catch(() => []);
  return all.filter((name) => /^chk-\d+\.json$/.test(name)).sort();
}
