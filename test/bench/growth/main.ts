/** `npm run bench:growth`: what an event costs as keys, windows, sinks and nodes become more; nothing may be worse than O(log n). */
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../root.ts';
import { keep, kept, machine } from '../page.ts';
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
  /** Null: was not looked at. */
  readonly peakBytes: number | null;
}

interface Series {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly points: readonly Point[];
}

if (values.help) console.log(HELP);
else await main();

/** Cases that are not measured now stay as they were kept. */
async function main(): Promise<void> {
  const before = values.write ? ((kept('growth')?.['series'] ?? []) as Series[]) : [];
  const series = new Map(before.map((one) => [one.name, one]));
  for (const name of values.only.split(',')) {
    const growing = GROWING[name];
    if (growing === undefined) throw new Error(`--only ${name}\n${HELP}`);
    const points: Point[] = [];
    for (const size of growing.sizes.filter((n) => n <= Number(values.largest))) {
      const { cpuNs, peakBytes } = await runCase(name, size);
      points.push({ size, ns: cpuNs, peakBytes });
      console.error(`${name} ${size}: ${cpuNs.toFixed(1)} ns`);
    }
    series.set(name, { name, title: growing.title, unit: growing.unit, points });
    if (values.write) write([...series.values()]);
  }
  console.log(textOf([...series.values()]));
}

function write(series: readonly Series[]): void {
  writeFileSync(join(ROOT, 'docs', 'benchmarks-growth.svg'), svg(series));
  const title = 'Cost as work grows';
  const command = 'npm run bench:growth';
  keep('growth', {
    title,
    command,
    text: textOf(series),
    picture: 'benchmarks-growth.svg',
    ...machine(),
    series,
  });
}

function textOf(series: readonly Series[]): string {
  return series
    .map(({ title, unit, points }) => [title, ...points.map(line(unit)), `  ${verdict(points)}`].join('\n'))
    .join('\n\n');
}

function line(unit: string): (point: Point) => string {
  return ({ size, ns, peakBytes }) => {
    const memory = peakBytes === null ? '' : `${(peakBytes / 1e6).toFixed(0)} MB`;
    return `  ${String(size).padStart(9)} ${unit.padEnd(16)} ${ns.toFixed(1).padStart(8)} ns an event  ${memory.padStart(9)}`.trimEnd();
  };
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
