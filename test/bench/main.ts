/**
 * `npm run bench`: Nexmark queries in memory or from NDJSON to NDJSON, this engine against a hand-written columnar loop, RxJS and
 * @most/core, each where it has the query.
 *
 * Every case is a fresh process; the entrants take turns within each round, so that what disturbs the machine disturbs
 * all; a figure is only printed when all gave the same result. Headlines are medians of ratios within a round.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Case, CaseResult } from './child.ts';
import { FROM, type From } from './entrant.ts';
import { ENTRANTS, LOADERS } from './entrants.ts';
import { writeNdjson } from './ndjson.ts';
import { keep, machine } from './page.ts';
import { QUERIES } from './queries.ts';
import { bars, type CaseRun, disagreements, lines, printBars, table } from './report.ts';

const HELP = `npm run bench -- [options]
  --rounds N        rounds, at least 1 (7)
  --events N        events of a run (1000000); the first quarter is not timed
  --repeats N       runs within a process, of which the median counts (5)
  --warmups N       runs before them that are not timed, at least 1 (12; from NDJSON 2); 1 shows
                    what a young process costs
  --queries a,b     of ${QUERIES.join(',')}
  --entrants a,b    of ${ENTRANTS.join(',')}
  --from WHAT       memory, or ndjson: from files of NDJSON to lines of NDJSON
  --json FILE       writes all figures
  --write           keeps them in test/bench/results and writes docs/benchmarks.md anew
  --as NAME         under which --write keeps them (memory or ndjson); a section of the page each
  --strict          exit code 1 where a bar is missed`;

const CASE_MS_MAX = 300_000;
const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    events: { type: 'string', default: '1000000' },
    repeats: { type: 'string', default: '5' },
    warmups: { type: 'string' },
    from: { type: 'string', default: 'memory' },
    write: { type: 'boolean', default: false },
    as: { type: 'string' },
    queries: { type: 'string', default: QUERIES.join(',') },
    entrants: { type: 'string', default: ENTRANTS.join(',') },
    json: { type: 'string' },
    strict: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(HELP);
} else {
  process.exitCode = await main();
}

async function main(): Promise<number> {
  const from = oneOf('from', values.from, FROM)[0] ?? 'memory';
  const rounds = whole('rounds', values.rounds, 1);
  const events = whole('events', values.events, 10_000);
  const repeats = whole('repeats', values.repeats, 1);
  const warmups = whole('warmups', values.warmups ?? (from === 'memory' ? '12' : '2'), 1);
  const queries = oneOf('queries', values.queries, QUERIES);
  const entrants = oneOf('entrants', values.entrants, ENTRANTS);
  const folder = from === 'memory' ? null : mkdtempSync(join(tmpdir(), 'weir-bench-'));
  const runs: CaseRun[] = [];
  try {
    const files = folder === null ? null : writeNdjson(folder, events);
    for (let round = 1; round <= rounds; round++) {
      for (const query of queries) {
        // Another one begins in each round.
        const turn = (round - 1) % entrants.length;
        for (const entrant of [...entrants.slice(turn), ...entrants.slice(0, turn)]) {
          if (!(await LOADERS[entrant]()).has(query, from)) continue;
          const result = await runCase({ entrant, query, events, repeats, warmups, files });
          runs.push({ ...result, round, query, entrant });
        }
      }
      console.error(`round ${round} of ${rounds}`);
    }
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
  const wrong = disagreements(runs);
  if (wrong.length > 0) {
    console.log(`The results differ, so there are no figures:\n${wrong.join('\n')}`);
    return 1;
  }
  const all = lines(runs);
  const checked = bars(runs, from);
  const how = about(from, events, rounds, repeats, warmups);
  const text = `${how}\n\n${table(all)}\n\n${printBars(checked)}`;
  console.log(text);
  const figures = { ...machine(), from, events, rounds, repeats, warmups, lines: all, bars: checked };
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ ...figures, runs }, null, 2)}\n`);
  if (values.write) {
    const command = ['npm run bench --', ...process.argv.slice(2).filter((arg) => arg !== '--write')].join(
      ' ',
    );
    keep(values.as ?? from, {
      title: `Nexmark, ${from === 'memory' ? 'in memory' : 'NDJSON to NDJSON'}`,
      command,
      text,
      ...figures,
    });
  }
  return values.strict && checked.some((b) => !b.passed) ? 1 : 0;
}

function about(from: From, events: number, rounds: number, repeats: number, warmups: number): string {
  const how = `${events} events (1 person, 3 auctions, 46 bids in 50), Node ${process.version}, one thread.
Medians of ${rounds} rounds; each case a fresh process, in it the median of ${repeats} runs after ${warmups} to warm up. Results were equal.`;
  if (from === 'ndjson')
    return `Nexmark from files of NDJSON to lines of NDJSON in memory, ${how}
An event is a record of the files that a query reads. RxJS and @most/core read with JSON.parse and write with JSON.stringify.`;
  return `Nexmark in memory, ${how} The first quarter of each run is not timed.
Not timed: making events, columns and, for RxJS and @most/core, row objects (their figures leave out what building rows costs; a
real source would pay it). Timed for Weir: polling, event times, watermarks, operators, ports, counters, telemetry, the sink's sum.`;
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  return usage(`--${name} ${text}: a whole number of at least ${least} is expected`);
}

function oneOf<T extends string>(name: string, text: string, known: readonly T[]): readonly T[] {
  const wanted = text.split(',').map((part) => part.trim());
  const unknown = wanted.find((part) => !(known as readonly string[]).includes(part));
  if (unknown !== undefined) usage(`--${name} ${unknown}: expected ${known.join(', ')}`);
  return known.filter((k) => wanted.includes(k));
}

function usage(message: string): never {
  console.error(`${message}\n\n${HELP}`);
  process.exit(2);
}

function runCase(one: Case): Promise<CaseResult> {
  return new Promise((resolve, reject) => {
    const child = fork(CHILD, [JSON.stringify(one)]);
    const timer = setTimeout(() => child.kill('SIGKILL'), CASE_MS_MAX);
    let result: CaseResult | null = null;
    child.once('message', (message) => {
      result = message as CaseResult;
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      if (result !== null && code === 0) resolve(result);
      else reject(new Error(`${one.entrant} ${one.query} ended with ${signal ?? `code ${code}`}`));
    });
  });
}
