/** Runs of a scenario with real servers, one after the other, and what is printed of them. */
import { writeFile } from 'node:fs/promises';
import type { KilledRun } from './cli-kills.ts';

export interface KilledRuns {
  readonly runs: number;
  /** Of the first; the others follow. */
  readonly seed: number;
  /** Where a report is written. */
  readonly json: string | undefined;
}

/** @param also what the scenario counts beside kills @returns the exit code */
export async function killedRuns(
  { runs, seed, json }: KilledRuns,
  once: (seed: number) => Promise<KilledRun>,
  also: (of: Pick<KilledRun, 'serverKills' | 'doubled'>) => string,
): Promise<number> {
  const beganAt = performance.now();
  const done: KilledRun[] = [];
  for (let n = 0; n < runs; n++) {
    const run = await once(seed + n);
    done.push(run);
    const state = run.faults.length === 0 ? 'ok    ' : 'FAILED';
    console.log(`${state} seed ${run.seed}  ${Math.round(run.ms)} ms  ${countsOf(run)}, ${also(run)}`);
    for (const fault of run.faults) console.log(`       ${fault}`);
  }
  const sum = (of: (run: KilledRun) => number): number => done.reduce((total, run) => total + of(run), 0);
  const all = {
    kills: sum((r) => r.kills),
    restored: sum((r) => r.restored),
    serverKills: sum((r) => r.serverKills),
    doubled: sum((r) => r.doubled),
  };
  const failed = sum((r) => (r.faults.length > 0 ? 1 : 0));
  const seconds = Math.round((performance.now() - beganAt) / 1000);
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ seconds, runs: done }, null, 2)}\n`);
  console.log(`${countsOf(all)}, ${also(all)}, ${seconds} s`);
  console.log(`${runs - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

const countsOf = ({ kills, restored }: Pick<KilledRun, 'kills' | 'restored'>): string =>
  `${kills} kills, ${restored} starts from a checkpoint`;
