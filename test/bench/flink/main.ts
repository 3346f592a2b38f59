/**
 * `npm run bench:flink`: Apache Flink on this machine, in a JVM of its own with a local cluster of one slot, beside this engine in the
 * same rounds. Needs Java 17 and Maven, which fetches Flink's jars once (pom.xml) into .cache/flink. Not part of `npm test`.
 */
import { fork, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../root.ts';
import type { CaseResult } from '../child.ts';
import type { NdjsonFiles } from '../entrant.ts';
import { writeNdjson } from '../ndjson.ts';
import { keep, kept, machine } from '../page.ts';
import { median } from '../report.ts';

const HELP = `npm run bench:flink -- [options]
  --queries a,b   of q0,q1,q2,q5,q8
  --events N      events of a run (1000000)
  --rounds N      rounds, each with this engine and Flink with and without object reuse (3)
  --from WHAT     memory, or ndjson (without q8, whose two files one source of Flink's would not give)
  --write         keeps the figures and writes docs/benchmarks.md anew`;

const HERE = import.meta.dirname;
const CACHE = join(ROOT, '.cache', 'flink');
const OPENS = ['lang', 'util', 'net', 'io', 'nio', 'text', 'time', 'lang.reflect', 'util.concurrent'].map(
  (name) => `--add-opens=java.base/java.${name}=ALL-UNNAMED`,
);
const RUN_MS_MAX = 600_000;
const REPEATS = 3;
/** The issue's bars: CPU time of Flink's to ours. */
const AT_LEAST = { memory: 20, ndjson: 5 } as const;

const { values } = parseArgs({
  options: {
    queries: { type: 'string', default: 'q0,q1,q2,q5,q8' },
    events: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    from: { type: 'string', default: 'memory' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

interface Found {
  readonly rows: number;
  readonly flink: number[];
  readonly weir: number[];
}

interface Line {
  readonly query: string;
  readonly reuse: boolean;
  readonly rows: number;
  readonly flinkNs: number;
  readonly weirNs: number;
  readonly ratio: number;
}

if (values.help) console.log(HELP);
else await main(values.from === 'ndjson' ? 'ndjson' : 'memory', Number(values.events), Number(values.rounds));

async function main(from: 'memory' | 'ndjson', events: number, rounds: number): Promise<void> {
  const classpath = build();
  const folder = mkdtempSync(join(tmpdir(), 'weir-flink-'));
  const found = new Map<string, Found>();
  try {
    const files = from === 'ndjson' ? writeNdjson(folder, events) : null;
    if (files !== null) {
      const [first = ''] = readFileSync(join(folder, 'bids.ndjson'), 'utf8').split('\n', 1);
      writeFileSync(join(folder, 'single.ndjson'), `${first}\n`);
    }
    for (let round = 0; round < rounds; round++) {
      for (const query of values.queries.split(',')) {
        if (from === 'ndjson' && query === 'q8') continue;
        const weir = await weirCase(query, events, files);
        for (const reuse of [false, true]) {
          const { rows, cpuNs } = flinkCase(classpath, query, reuse, events, folder, files);
          const key = `${query} ${reuse}`;
          const all = found.get(key) ?? { rows, flink: [], weir: [] };
          all.flink.push(cpuNs);
          all.weir.push(weir.cpuNs);
          found.set(key, all);
          if (values.write) write(from, events, round + 1, found);
          console.error(
            `round ${round + 1}: ${query}, object reuse ${reuse}: ${cpuNs.toFixed(0)} ns; Weir ${weir.cpuNs.toFixed(1)}`,
          );
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(textOf(from, events, rounds, linesOf(from, found)));
}

/** After every query, so that a run that is cut short keeps what it has; queries that are not measured stay as they were kept. */
function write(
  from: 'memory' | 'ndjson',
  events: number,
  rounds: number,
  found: ReadonlyMap<string, Found>,
): void {
  const lines = linesOf(from, found);
  const command = `npm run bench:flink -- --from ${from} --events ${events} --rounds ${rounds}`;
  const title = `Apache Flink, ${from === 'memory' ? 'in memory' : 'from NDJSON'}`;
  keep(`flink-${from}`, { title, command, text: textOf(from, events, rounds, lines), ...machine(), lines });
}

function linesOf(from: string, found: ReadonlyMap<string, Found>): Line[] {
  const before = values.write ? ((kept(`flink-${from}`)?.['lines'] ?? []) as Line[]) : [];
  const all = new Map(before.map((line) => [`${line.query} ${line.reuse}`, line]));
  for (const [key, { rows, flink, weir }] of found) {
    const [query = '', reuse] = key.split(' ');
    const ratio = median(flink.map((ns, n) => ns / (weir[n] ?? Number.NaN)));
    all.set(key, {
      query,
      reuse: reuse === 'true',
      rows,
      flinkNs: median(flink),
      weirNs: median(weir),
      ratio,
    });
  }
  return [...all.values()].sort((a, b) => a.query.localeCompare(b.query));
}

function textOf(from: 'memory' | 'ndjson', events: number, rounds: number, lines: readonly Line[]): string {
  const limit = AT_LEAST[from];
  return [
    `Flink 2.3.0, Java ${javaVersion()}, parallelism 1, near-default settings, heap state, no checkpoints; ${events} events, ${rounds} rounds. CPU ns an`,
    `event of the whole process, warm; what a job of one event costs is taken off Flink's. ${from === 'memory' ? 'Rows are ready in memory, in its own row form.' : 'From a file of NDJSON; its rows are counted, ours written as NDJSON too.'}`,
    '',
    'query  object reuse  rows out   Flink ns  Weir ns  ratio',
    ...lines.map(
      (l) =>
        `${l.query.padEnd(5)}  ${String(l.reuse).padEnd(12)}  ${String(l.rows).padStart(8)}  ${l.flinkNs.toFixed(0).padStart(9)}  ${l.weirNs.toFixed(1).padStart(7)}  ${l.ratio.toFixed(1).padStart(4)}×  ${l.ratio >= limit ? 'met' : `MISSED: at least ${limit}×`}`,
    ),
  ].join('\n');
}

/** Jars and classes; the class path. */
function build(): string {
  const jars = join(CACHE, 'jars');
  const classes = join(CACHE, 'classes');
  mkdirSync(classes, { recursive: true });
  if (!existsSync(jars))
    must('mvn', [
      '-q',
      '-B',
      '-f',
      join(HERE, 'pom.xml'),
      'dependency:copy-dependencies',
      `-DoutputDirectory=${jars}`,
    ]);
  const sources = globSync('src/main/java/weir/*.java', { cwd: HERE }).map((path) => join(HERE, path));
  must('javac', ['-cp', `${jars}/*`, '-d', classes, ...sources]);
  cpSync(join(HERE, 'src', 'main', 'resources'), classes, { recursive: true });
  return `${classes}:${jars}/*`;
}

function must(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: RUN_MS_MAX,
  });
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr.slice(-2000)}`);
  return stdout;
}

const javaVersion = (): string =>
  /version "([^"]*)"/.exec(spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr)?.[1] ?? '?';

function flinkCase(
  classpath: string,
  query: string,
  reuse: boolean,
  events: number,
  folder: string,
  files: NdjsonFiles | null,
): { rows: number; cpuNs: number } {
  const file = files === null ? '-' : join(folder, 'bids.ndjson');
  const count = files === null ? events : (files.records['bids'] ?? 0);
  const args = [
    ...OPENS,
    '-Xmx2g',
    '-cp',
    classpath,
    'weir.Bench',
    query,
    String(reuse),
    String(count),
    String(REPEATS),
    file,
  ];
  const last = must('java', args).trim().split('\n').at(-1) ?? '';
  const { rows, cpuNs } = JSON.parse(last) as { rows: number; cpuNs: number[] };
  return { rows, cpuNs: median(cpuNs) };
}

function weirCase(query: string, events: number, files: NdjsonFiles | null): Promise<CaseResult> {
  return new Promise((resolve, reject) => {
    const one = { entrant: 'engine', query, events, repeats: 5, warmups: files === null ? 12 : 2, files };
    const child = fork(join(HERE, '..', 'child.ts'), [JSON.stringify(one)]);
    let result: CaseResult | null = null;
    child.once('message', (message) => {
      result = message as CaseResult;
    });
    child.once('error', reject);
    child.once('exit', () => (result === null ? reject(new Error(`Weir ${query} failed`)) : resolve(result)));
  });
}
