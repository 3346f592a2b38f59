/** Benches keep what they print in one page, each in a section of its own that it writes anew. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, platform } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../root.ts';

const PAGE = join(ROOT, 'docs', 'benchmarks-start-canvas.md');
const HEAD =
  '# Benchmarks: start, idle, metrics, canvas\n\nWritten by `npm run bench:start -- --write` and `npm run bench:canvas -- --write`.\n';

/** @param command how to make it again @param text what was printed */
export function writeSection(title: string, command: string, text: string): void {
  const page = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : HEAD;
  const [head = HEAD, ...sections] = page.split(/^(?=## )/m);
  const load = (loadavg()[0] ?? 0).toFixed(1);
  const about = `\`${command}\`, ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores, ${platform()}, load average ${load}.`;
  const own = `## ${title}\n${about}\n\n\`\`\`\n${text}\n\`\`\`\n\n`;
  const others = sections.filter((section) => !section.startsWith(`## ${title}\n`));
  const all = [...others, own].sort();
  writeFileSync(PAGE, `${[head, ...all].join('').trimEnd()}\n`);
}

export interface Bar {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly limit: number;
  readonly atLeast?: boolean;
}

export const passed = ({ value, limit, atLeast = false }: Bar): boolean =>
  atLeast ? value >= limit : value <= limit;

export const barLine = (bar: Bar): string =>
  `${passed(bar) ? 'pass' : 'FAIL'}  ${bar.what}: ${bar.value.toFixed(2)} ${bar.unit} (at ${bar.atLeast ? 'least' : 'most'} ${bar.limit})`;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}
