/** Many runs, some at once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MOMENTS } from './kills.ts';
import { type ChaosRun, chaosRun, engineOf, shortLived } from './run.ts';

export interface RunsOptions {
  readonly runs: number;
  readonly seed: number;
  readonly jobs: number;
  readonly keep?: boolean;
  told?(run: ChaosRun, done: number): void;
}

export async function chaosRuns({ runs, seed, jobs, keep = false, told }: RunsOptions): Promise<ChaosRun[]> {
  const done: ChaosRun[] = [];
  const cache = await mkdtemp(join(shortLived(), 'weir-chaos-code-'));
  const engine = engineOf(cache);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < runs) {
      const own = seed + next++;
      const run = await chaosRun(own, engine, keep).catch(
        (error: unknown): ChaosRun => ({
          seed: own,
          kills: [],
          killed: [],
          restored: 0,
          passedOver: 0,
          faults: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
          ms: 0,
        }),
      );
      done.push(run);
      told?.(run, done.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, runs) }, lane));
  await rm(cache, { recursive: true, force: true });
  return done.sort((a, b) => a.seed - b.seed);
}

export interface Summary {
  readonly runs: number;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  readonly kills: number;
  readonly restored: number;
  readonly passedOver: number;
  /** By moment, the kills that came then. */
  readonly moments: Readonly<Record<string, number>>;
  readonly failures: readonly { readonly seed: number; readonly faults: readonly string[] }[];
}

export function summaryOf(runs: readonly ChaosRun[], ms: number): Summary {
  const failures = runs.filter((run) => run.faults.length > 0).map(({ seed, faults }) => ({ seed, faults }));
  const sum = (of: (run: ChaosRun) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const came = runs.flatMap((run) => run.kills.filter((_, n) => run.killed[n] === true).map((k) => k.moment));
  return {
    runs: runs.length,
    passed: runs.length - failures.length,
    failed: failures.length,
    seconds: ms / 1000,
    kills: came.length,
    restored: sum((run) => run.restored),
    passedOver: sum((run) => run.passedOver),
    moments: Object.fromEntries(MOMENTS.map((m) => [m, came.filter((c) => c === m).length])),
    failures,
  };
}
