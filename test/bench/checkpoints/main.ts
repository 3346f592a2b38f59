/**
 * `npm run bench:checkpoints`: what a checkpoint every second costs a run with many keys. Each case is a fresh process; with and without
 * take turns, and the figure is the median of the ratios within a round.
 */
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { CheckpointCase } from './child.ts';

const HELP = `npm run bench:checkpoints -- [options]
  --rounds N      pairs of runs, at least 1 (7)
  --keys N        (1000000), each touched about three times a second
  --kind KIND     of keys: numbers or texts (numbers)
  --seconds N     that are measured of each run (10)
  --json FILE     writes all figures`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    keys: { type: 'string', default: '1000000' },
    kind: { type: 'string', default: 'numbers' },
    seconds: { type: 'string', default: '10' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const BAR_LOSS = 0.05;
const BAR_STALL_MS = 50;

if (values.help) console.log(HELP);
else await main();

async function main(): Promise<void> {
  const pairs: { readonly off: CheckpointCase; readonly on: CheckpointCase }[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const first = round % 2 === 0 ? 'off' : 'on';
    const a = await runCase(first);
    const b = await runCase(first === 'off' ? 'on' : 'off');
    pairs.push(first === 'off' ? { off: a, on: b } : { off: b, on: a });
    console.error(`round ${round + 1} of ${values.rounds}: ${percent(lossOf(pairs.at(-1)))} lost`);
  }
  const losses = pairs.map(lossOf);
  const loss = median(losses);
  const stalls = pairs.map((p) => p.on.longestStallMs);
  const gaps = pairs.map((p) => p.on.longestGapMs);
  const on = pairs.map((p) => p.on);
  console.log(`${values.keys} keys (${values.kind}), count and sum, a checkpoint every second, ${values.seconds} s a run, ${pairs.length} pairs, Node ${process.version}

throughput lost   ${percent(loss)} (median; ${percent(Math.min(...losses))} to ${percent(Math.max(...losses))})   bar: under ${percent(BAR_LOSS)}: ${met(loss < BAR_LOSS)}
longest stall     ${Math.max(...stalls).toFixed(1)} ms for the copy; ${Math.max(...gaps).toFixed(1)} ms between two polls, ${Math.max(...pairs.map((p) => p.off.longestGapMs)).toFixed(1)} without checkpoints   bar: under ${BAR_STALL_MS} ms: ${met(Math.max(...gaps) < BAR_STALL_MS)}
a checkpoint      ${megabytes(median(on.map((c) => c.bytes)))} of state, ${megabytes(median(on.map((c) => c.writtenBytes)))} written, complete after ${Math.round(median(on.map((c) => c.medianTookMs)))} ms
CPU ns a row      ${median(on.map((c) => c.cpuNsPerRow)).toFixed(0)} with, ${median(pairs.map((p) => p.off.cpuNsPerRow)).toFixed(0)} without, all threads
peak memory       ${megabytes(median(on.map((c) => c.peakBytes)))} with, ${megabytes(median(pairs.map((p) => p.off.peakBytes)))} without`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ loss, pairs }, null, 2)}\n`);
}

function lossOf(pair: { readonly off: CheckpointCase; readonly on: CheckpointCase } | undefined): number {
  return pair === undefined ? Number.NaN : 1 - pair.on.rowsPerSecond / pair.off.rowsPerSecond;
}

function runCase(mode: 'on' | 'off'): Promise<CheckpointCase> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./child.ts', import.meta.url)), [
      mode,
      values.keys,
      values.kind,
      values.seconds,
    ]);
    let result: CheckpointCase | null = null;
    child.once('message', (message) => {
      result = message as CheckpointCase;
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (result !== null && code === 0) resolve(result);
      else reject(new Error(`a run ended with code ${code}`));
    });
  });
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
function met(is: boolean): string {
  return is ? 'met' : 'MISSED';
}
