/** `npm run bench:start`: what `weir run` adds to the start of Node, what waiting costs, what live metrics cost. */
import { parseArgs } from 'node:util';
import { type Bar, barLine, passed, writeSection } from '../section.ts';
import { idleBench } from './idle.ts';
import { launchBench } from './launch.ts';
import { metricsBench } from './metrics.ts';

const HELP = `npm run bench:start -- [options]
  --only a,b      of start, idle, metrics
  --rounds N      of the paired parts (15)
  --seconds N     that waiting is watched (20)
  --write         keeps the figures in docs/benchmarks-start-canvas.md
  --strict        exit code 1 where a bar is missed`;

export interface Part {
  readonly lines: readonly string[];
  readonly bars: readonly Bar[];
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'start,idle,metrics' },
    rounds: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '20' },
    write: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const PARTS: Readonly<Record<string, { readonly title: string; run(): Promise<Part> }>> = {
  start: { title: 'Start', run: () => launchBench(Number(values.rounds)) },
  idle: { title: 'Idle', run: () => idleBench(Number(values.seconds)) },
  metrics: { title: 'Live metrics', run: () => metricsBench(Number(values.rounds)) },
};

if (values.help) console.log(HELP);
else {
  for (const name of values.only.split(',')) {
    const part = PARTS[name];
    if (part === undefined) throw new Error(`--only ${name}\n${HELP}`);
    const { lines, bars } = await part.run();
    const text = [...lines, '', ...bars.map(barLine)].join('\n');
    console.log(`${part.title}\n${text}\n`);
    if (values.write) writeSection(part.title, `npm run bench:start -- --only ${name}`, text);
    if (values.strict && !bars.every(passed)) process.exitCode = 1;
  }
}
