/**
 * `npm run node -- test/bench/profile.ts q1 [entrant]`: where the CPU time of a steady run goes, as ns an event by function.
 * The whole may be more than the bench says: being watched costs.
 */
import { type Profiler, Session } from 'node:inspector/promises';
import { BATCH_ROWS, makeColumns } from './corpus.ts';
import { type EntrantName, LOADERS } from './entrants.ts';
import { Meter } from './meter.ts';
import { QUERIES } from './queries.ts';

const [EVENTS, RUNS] = [1_000_000, 10];
const SHOWN = 25;

const [query = 'q1', entrant = 'engine'] = process.argv.slice(2);
if (!QUERIES.includes(query) || !Object.hasOwn(LOADERS, entrant)) {
  console.error(
    `expected a query (${QUERIES.join(', ')}) and an entrant (${Object.keys(LOADERS).join(', ')})`,
  );
  process.exit(2);
}
const run = (await LOADERS[entrant as EntrantName]()).prepare(query, makeColumns(EVENTS));
for (let n = 0; n < 3; n++) await run(new Meter(EVENTS, BATCH_ROWS));

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: 100 });
await session.post('Profiler.start');
for (let n = 0; n < RUNS; n++) await run(new Meter(EVENTS, BATCH_ROWS));
const { profile } = await session.post('Profiler.stop');
session.disconnect();

for (const [name, us] of selfTimes(profile).slice(0, SHOWN)) {
  console.log(`${((us * 1000) / RUNS / EVENTS).toFixed(2).padStart(7)} ns  ${name}`);
}

/** µs by function, most first. */
function selfTimes({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): [string, number][] {
  const names = new Map(
    nodes.map(({ id, callFrame }) => [
      id,
      `${callFrame.functionName || '(anonymous)'} ${callFrame.url.split('/').slice(-2).join('/')}:${callFrame.lineNumber + 1}`,
    ]),
  );
  const times = new Map<string, number>();
  samples.forEach((id, i) => {
    const name = names.get(id) ?? '';
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[i] ?? 0));
  });
  return [...times].sort((a, b) => b[1] - a[1]);
}
