/**
 * The time from starting a process to its end, paired: in each round bare Node and `weir run` of 20 records take turns. Both as
 * the pinned Node runs them, and both through the launcher that `npx weir` starts, on the Node that runs this bench.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bundledCli, compiledOf } from '../../../tools/bundle-of.mjs';
import { ROOT } from '../../root.ts';
import { median } from '../section.ts';
import type { Part } from './main.ts';
import { inFolder, small, smallInput } from './pipelines.ts';

const ADDED_MS_MAX = 300;

function timed(args: readonly string[], env: NodeJS.ProcessEnv = process.env): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')}: exit code ${status}\n${stderr}`);
  return performance.now() - start;
}

export async function launchBench(rounds: number): Promise<Part> {
  const cli = bundledCli(ROOT, process.execPath);
  if (cli === null) throw new Error('no bundle could be made');
  const env = { ...process.env, NODE_COMPILE_CACHE: compiledOf(cli) };
  return inFolder({ 'small.weir': small, 'in.ndjson': smallInput, 'bare.mjs': '' }, async (folder) => {
    const run = ['run', join(folder, 'small.weir')];
    const cases: readonly { readonly label: string; once(): number }[] = [
      { label: 'bare Node', once: () => timed([join(folder, 'bare.mjs')]) },
      { label: 'weir run, as the bundle', once: () => timed([cli, ...run], env) },
      { label: 'weir run, launcher and bundle', once: () => timed([join(ROOT, 'bin/weir.mjs'), ...run]) },
      { label: 'weir run, from the sources', once: () => timed([join(ROOT, 'engine/cli.ts'), ...run]) },
    ];
    for (const { once } of cases) once(); // fills the caches
    const ms = cases.map((): number[] => []);
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < cases.length; turn++) {
        const i = (round + turn) % cases.length;
        ms[i]?.push((cases[i] as (typeof cases)[number]).once());
      }
    }
    const added = ms.map((own) => median(own.map((value, round) => value - (ms[0]?.[round] ?? 0))));
    const ms0 = (value: number): string => `${value.toFixed(0).padStart(5)} ms`;
    const lines = cases.map(({ label }, i) => {
      const own = ms[i] ?? [];
      const least = Math.min(...own) - Math.min(...(ms[0] ?? []));
      return `${label.padEnd(32)}${ms0(median(own))}  added ${ms0(added[i] ?? 0)}  least ${ms0(Math.min(...own))}  added ${ms0(least)}`;
    });
    return {
      lines: [
        `Medians of ${rounds} rounds; what is added is the median of the differences within a round. Least: what the machine does when others let it.`,
        ...lines,
      ],
      bars: [
        {
          what: 'npx weir run adds to bare Node',
          value: added[2] ?? Number.NaN,
          unit: 'ms',
          limit: ADDED_MS_MAX,
        },
      ],
    };
  });
}
