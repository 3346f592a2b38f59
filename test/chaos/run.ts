/** One run that is killed and started again until it comes to its end, against one that nobody disturbed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from '../../engine/contract/parse.ts';
import { runLocally } from '../../engine/runtime/local.ts';
import { random } from '../../engine/runtime/random.ts';
import { bundledCli, compiledOf } from '../../tools/bundle-of.mjs';
import { ROOT } from '../root.ts';
import { differences, readSeen, type Seen, strangers } from './compare.ts';
import { type Kill, killAt, killsOf } from './kills.ts';
import { CLICKS, type Pipeline, pipelineOf } from './pipeline.ts';

/** One that takes longer hangs. */
const PATIENCE_MS = 120_000;
/** From here to when the engine of the first attempt is up, about. */
const STARTS_IN_MS = 300;
/** Mostly one worker, which is the cheapest; from start to start it changes all the same. */
const WORKERS = [1, 1, 1, 1, 2, 3];

export interface ChaosRun {
  readonly seed: number;
  readonly kills: readonly Kill[];
  /** Of each kill, whether it came before the run had ended by itself. */
  readonly killed: readonly boolean[];
  /** Starts from a checkpoint. */
  readonly restored: number;
  /** Torn checkpoints that were passed over, which was said. */
  readonly passedOver: number;
  readonly faults: readonly string[];
  readonly ms: number;
}

/** The command that is killed, and where V8 keeps what it compiled of it. */
export interface Engine {
  readonly cli: string;
  readonly compiled: string;
}

/** As `npm run weir` runs it: bundled, which starts in a fifth of the time; where it cannot be, from its sources. */
export function engineOf(compiledSources: string): Engine {
  const cli = bundledCli(ROOT, process.execPath);
  if (cli !== null) return { cli, compiled: compiledOf(cli) };
  return { cli: join(ROOT, 'engine', 'cli.ts'), compiled: compiledSources };
}

export async function chaosRun(seed: number, engine: Engine, keepFolder = false): Promise<ChaosRun> {
  const began = performance.now();
  const folder = await mkdtemp(join(shortLived(), `weir-chaos-${seed}-`));
  const { next } = random(seed ^ 0x5bd1e995);
  const below = (n: number): number => Math.floor(next() * n);
  const kills = killsOf(below);
  const pipeline = pipelineOf(seed, Date.now() + STARTS_IN_MS);
  const ran = new Disturbed(folder, engine, pipeline, () => WORKERS[below(WORKERS.length)] ?? 1);
  try {
    await ran.prepare();
    const { early, faults } = await ran.toTheEnd(kills);
    if (faults.length === 0) {
      const calm = await calmly(join(folder, 'calm'), pipeline);
      faults.push(...differences(calm, await readSeen(join(folder, 'out')), pipeline.sinks));
      for (const seen of early) faults.push(...strangers(calm, seen, pipeline.sinks));
    }
    const { killed, restored, passedOver } = ran;
    return { seed, kills, killed, restored, passedOver, faults, ms: performance.now() - began };
  } finally {
    if (keepFolder) console.error(`seed ${seed}: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
}

/** A kill loses nothing that was written, so memory will do: a disk would only make it slow. */
export const shortLived = (): string => (existsSync('/dev/shm') ? '/dev/shm' : tmpdir());

class Disturbed {
  readonly killed: boolean[] = [];
  restored = 0;
  passedOver = 0;
  readonly #folder: string;
  readonly #engine: Engine;
  readonly #pipeline: Pipeline;
  readonly #parallelism: () => number;
  /** A torn checkpoint lies there, and must be told. */
  #torn = false;

  constructor(folder: string, engine: Engine, pipeline: Pipeline, parallelism: () => number) {
    this.#folder = folder;
    this.#engine = engine;
    this.#pipeline = pipeline;
    this.#parallelism = parallelism;
  }

  async prepare(): Promise<void> {
    await writeFile(join(this.#folder, 'chaos.weir'), JSON.stringify(this.#pipeline.disturbed));
    await writeFile(join(this.#folder, CLICKS), this.#pipeline.clicks);
  }

  async toTheEnd(kills: readonly Kill[]): Promise<{ early: Seen[]; faults: string[] }> {
    const early: Seen[] = [];
    const out = join(this.#folder, 'out');
    for (const kill of kills) {
      const { code, text } = await this.#attempt(kill);
      this.killed.push(code === null);
      if (code !== null && code !== 0) return { early, faults: [`ended with ${code}: ${text}`] };
      early.push(await readSeen(out));
      if (kill.torn !== null) await this.#tear(kill.torn);
    }
    const { code, text } = await this.#attempt(null);
    if (code !== 0) return { early, faults: [`ended with ${code}: ${text}`] };
    const faults: string[] = [];
    if ((await readdir(join(this.#folder, 'state'))).includes('lock')) faults.push('the lock is still there');
    return { early, faults };
  }

  /** The code is null where it was killed. */
  async #attempt(kill: Kill | null): Promise<{ code: number | null; text: string }> {
    const manifests = await this.#manifests();
    const args = ['run', 'chaos.weir', '--json', '--checkpoints', 'state', '--checkpoint-every', '10ms'];
    if (manifests.length > 0) {
      args.push('--restore', 'latest');
      this.restored++;
    }
    const child = spawn(
      process.execPath,
      [this.#engine.cli, ...args, '--parallelism', String(this.#parallelism())],
      {
        cwd: this.#folder,
        env: { ...process.env, NODE_COMPILE_CACHE: this.#engine.compiled },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    const unwatch = kill === null ? () => {} : killAt(kill, child, this.#folder);
    let isStuck = false;
    const patience = setTimeout(() => {
      isStuck = true;
      child.kill('SIGKILL');
    }, PATIENCE_MS);
    const [code] = (await once(child, 'close')) as [number | null];
    clearTimeout(patience);
    unwatch();
    if (isStuck) return { code: -1, text: `still there after ${PATIENCE_MS} ms: ${text}` };
    const [wasTorn, isTold] = [this.#torn, text.includes('cannot be used')];
    this.#torn = false;
    if (wasTorn && isTold) this.passedOver++;
    // One that was killed may not have come to it.
    if (wasTorn && !isTold && code === 0) return { code: -1, text: 'a torn checkpoint was not told' };
    return { code, text };
  }

  async #manifests(): Promise<string[]> {
    const names = await readdir(join(this.#folder, 'state')).catch((): string[] => []);
    return names.filter((name) => /^chk-\d+\.json$/.test(name)).sort();
  }

  /** As a disk might leave one that was being written when the power went. */
  async #tear(share: number): Promise<void> {
    const newest = (await this.#manifests()).at(-1);
    if (newest === undefined) return;
    const state = join(this.#folder, 'state');
    const text = await readFile(join(state, newest), 'utf8');
    const next = `chk-${String(Number(newest.slice(4, -5)) + 1).padStart(6, '0')}`;
    await writeFile(join(state, `${next}.json`), text.slice(0, Math.floor(text.length * share)));
    this.#torn = true;
  }
}

/** On this thread, whose code is warm after the first: nobody disturbs it. */
async function calmly(folder: string, { calm, clicks }: Pipeline): Promise<Seen> {
  await mkdir(folder);
  await writeFile(join(folder, CLICKS), clicks);
  const parsed = parseDocument(JSON.stringify(calm));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { summary, problems } = await runLocally(parsed.value, { baseDir: folder, capture: false });
  if (summary.outcome !== 'finished')
    throw new Error(`the undisturbed run ${summary.outcome}: ${problems.map((p) => p.message).join('\n')}`);
  return readSeen(join(folder, 'out'));
}
