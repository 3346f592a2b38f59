/** `npm run bench:growth`: what an event costs as keys, windows, sinks and nodes become more; nothing may be worse than O(log n). */
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../root.ts';
import { keep, machine } from '../page.ts';
import { GROWING } from './cases.ts';
import { svg } from './plot.ts';

const HELP = `npm run bench:growth -- [options]
  --only a,b      of ${Object.keys(GROWING).join(', ')}
  --largest N     sizes up to this (1000000)
  --write         keeps the figures, draws docs/benchmarks-growth.svg and writes docs/benchmarks.md anew`;

const CHILD = join(import.meta.dirname, 'child.ts');
const CASE_MS_MAX = 300_000;
/** What caches cost as well as what log n costs: an event may cost this much more for ten times the size. */
const A_DECADE_MAX = 2.5;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(GROWING).join(',') },
    largest: { type: 'string', default: '1000000' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

interface Point {
  readonly size: number;
  readonly ns: number;
  readonly peakBytes: number;
}

if (values.help) console.log(HELP);
else await main();

async function main(): Promise<void> {
  const series: { name: string; title: string; unit: string; points: Point[] }[] = [];
  const lines: string[] = [];
  for (const name of values.only.split(',')) {
    const growing = GROWING[name];
    if (growing === undefined) throw new Error(`--only ${name}\n${HELP}`);
    const points: Point[] = [];
    for (const size of growing.sizes.filter((n) => n <= Number(values.largest))) {
      const { cpuNs, peakBytes } = await runCase(name, size);
      points.push({ size, ns: cpuNs, peakBytes });
      console.error(`${name} ${size}: ${cpuNs.toFixed(1)} ns`);
    }
    series.push({ name, title: growing.title, unit: growing.unit, points });
    lines.push(`${growing.title}`, ...points.map(line(growing.unit)), `  ${verdict(points)}`, '');
  }
  const text = lines.join('\n').trimEnd();
  console.log(text);
  if (!values.write) return;
  writeFileSync(join(ROOT, 'docs', 'benchmarks-growth.svg'), svg(series));
  const title = 'Cost as work grows';
  const command = `npm run bench:growth -- --largest ${values.largest}`;
  keep('growth', { title, command, text, picture: 'benchmarks-growth.svg', ...machine(), series });
}

function line(unit: string): (point: Point) => string {
  return ({ size, ns, peakBytes }) =>
    `  ${String(size).padStart(9)} ${unit.padEnd(16)} ${ns.toFixed(1).padStart(8)} ns an event  ${(peakBytes / 1e6).toFixed(0).padStart(6)} MB`;
}

/** From the smallest to the largest size, how much dearer for each ten times: log n gives less than 2 from 100 on. */
function verdict(points: readonly Point[]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || first === last) return 'one size only';
  const decades = Math.log10(last.size / first.size);
  const factor = (last.ns / first.ns) ** (1 / decades);
  return `${factor.toFixed(2)}× for ten times as many: ${factor <= A_DECADE_MAX ? 'no worse than log n and the caches' : 'WORSE than log n'}`;
}

function runCase(name: string, size: number): Promise<{ cpuNs: number; peakBytes: number }> {
  return new Promise((resolve, reject) => {
    const child = fork(CHILD, [name, String(size)], { execArgv: ['--max-old-space-size=3000'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), CASE_MS_MAX);
    let result: { cpuNs: number; peakBytes: number } | null = null;
    child.once('message', (message) => {
      result = message as { cpuNs: number; peakBytes: number };
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      if (result === null) reject(new Error(`${name} ${size} ended with code ${code}`));
      else resolve(result);
    });
  });
}
