/**
 * Nexmark q5 on one worker and on two, by turns: `node test/bench/parallel/main.ts [--events N] [--rounds N] [--parallelism N]`. Prints the median of the
 * paired ratios of wall times, from bytes (NDJSON in a file) and from a generator, and what each run's threads took of the processor.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import type { GraphDocument } from '../../../engine/contract/document.ts';
import { startRun } from '../../../engine/runtime/run.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
    parallelism: { type: 'string', default: '2' },
  },
});
const EVENTS = Number(values.events);
const WORKERS = Number(values.parallelism);

/** Bids by auction in hopping windows of half a million bids, and the most of each window. */
function q5(source: GraphDocument['nodes'][string], size: string, slide: string): GraphDocument {
  return {
    weir: 1,
    nodes: {
      bids: source,
      counts: {
        type: 'window',
        config: {
          window: { kind: 'hopping', size, slide },
          keys: ['auction'],
          aggregates: [{ function: 'count', as: 'num' }],
        },
      },
      most: {
        type: 'window',
        config: {
          window: { kind: 'tumbling', size: slide },
          aggregates: [{ function: 'max', of: 'num', as: 'maxn' }],
        },
      },
      out: { type: 'nothing', config: {} },
    },
    edges: [
      { from: 'bids:out', to: 'counts' },
      { from: 'counts:out', to: 'most' },
      { from: 'most:out', to: 'out' },
    ],
  };
}

const time = { field: 'dateTime', watermark: { kind: 'bounded', delay: '4 s' } };

const fromBytes = (path: string): GraphDocument =>
  q5(
    {
      type: 'file',
      config: {
        path,
        format: { kind: 'ndjson' },
        schema: [
          { name: 'auction', type: 'BIGINT', nullable: false },
          { name: 'bidder', type: 'BIGINT', nullable: false },
          { name: 'price', type: 'BIGINT', nullable: false },
          { name: 'dateTime', type: 'TIMESTAMP', nullable: false },
          { name: 'extra', type: 'STRING', nullable: false },
        ],
        time,
      },
    },
    '10 s',
    '2 s',
  );

const fromGenerator = (): GraphDocument =>
  q5(
    {
      type: 'generator',
      config: {
        data: {
          kind: 'fields',
          count: EVENTS * 4,
          interval: '1 ms',
          fields: [
            { name: 'dateTime', value: { kind: 'time' } },
            { name: 'auction', value: { kind: 'integer', min: 1, max: 10_000 } },
          ],
        },
        time,
      },
    },
    '500 s',
    '100 s',
  );

async function writeBids(path: string): Promise<void> {
  const out = createWriteStream(path);
  const start = Date.parse('2026-01-01T00:00:00Z');
  let seed = 1;
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return seed % below;
  };
  for (let n = 0; n < EVENTS; ) {
    const lines: string[] = [];
    for (let k = 0; k < 10_000 && n < EVENTS; k++, n++)
      lines.push(
        `{"auction":${next(10_000)},"bidder":${next(100_000)},"price":${next(1_000_000)},"dateTime":"${new Date(start + Math.floor(n / 50)).toISOString()}","extra":"${'x'.repeat(60 + next(60))}"}\n`,
      );
    if (!out.write(lines.join(''))) await once(out, 'drain');
  }
  out.end();
  await finished(out);
}

interface Measured {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly rows: number;
}

async function measure(document: GraphDocument, parallelism: number): Promise<Measured> {
  const cpu = process.cpuUsage();
  const handle = await startRun(
    { runId: 'bench', document, baseDir: '/', options: { parallelism } },
    {
      layout: () => {},
      log: () => {},
      sample: () => {},
      view: () => {},
      checkpoint: () => {},
      ended: (_, problems) => {
        for (const problem of problems) console.error(problem);
      },
    },
  );
  const { elapsedMs, outcome, nodes } = await handle.ended;
  if (outcome !== 'finished') throw new Error(outcome);
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: elapsedMs, cpuMs: (user + system) / 1000, rows: nodes.at(-1)?.recordsIn ?? 0 };
}

const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

const folder = await mkdtemp(join(tmpdir(), 'weir-bench-parallel-'));
try {
  const path = join(folder, 'bids.ndjson');
  await writeBids(path);
  const cases: readonly (readonly [string, GraphDocument, number])[] = [
    ['from bytes', fromBytes(path), EVENTS],
    ['generator', fromGenerator(), EVENTS * 4],
  ];
  for (const [name, document, events] of cases) {
    const ratios: number[] = [];
    const ns = {
      one: [] as number[],
      several: [] as number[],
      cpuOne: [] as number[],
      cpuSeveral: [] as number[],
    };
    for (let round = 0; round < Number(values.rounds); round++) {
      const one = await measure(document, 1);
      const several = await measure(document, WORKERS);
      if (one.rows !== several.rows) throw new Error(`${one.rows} rows, and ${several.rows}`);
      ratios.push(one.wallMs / several.wallMs);
      ns.one.push((one.wallMs * 1e6) / events);
      ns.several.push((several.wallMs * 1e6) / events);
      ns.cpuOne.push((one.cpuMs * 1e6) / events);
      ns.cpuSeveral.push((several.cpuMs * 1e6) / events);
    }
    console.log(
      `q5 ${name}: ${WORKERS} workers ${median(ratios).toFixed(2)}x one (${ratios.map((r) => r.toFixed(2)).join(' ')}); wall ns/event ${median(ns.one).toFixed(0)} → ${median(ns.several).toFixed(0)}, CPU ${median(ns.cpuOne).toFixed(0)} → ${median(ns.cpuSeveral).toFixed(0)}`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
