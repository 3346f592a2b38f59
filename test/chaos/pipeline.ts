/**
 * A pipeline of operators that keep state, all or a third of them, whose output does not depend on timing: what differs between two runs was lost,
 * doubled or made up. Its sources give all they have in about `LASTS_MS`, or at once where nobody is to disturb it.
 */
import { gzipSync } from 'node:zlib';
import { random } from '../../engine/runtime/random.ts';
import { type Edges, type Nodes, ORDERS } from './order-branches.ts';
import { PAIRS } from './pair-branches.ts';

export const LASTS_MS = 400;
const START = Date.UTC(2026, 0, 1);
/** Of event time, all sources but the schedule. */
const SPAN_MS = 20_000;
const ORDER_COUNT = 500;
const CLICK_COUNT = 200;
const TICKS = 40;

export const CLICKS = 'clicks.ndjson.gz';

/**
 * How the files of a sink are compared: rows as they are, also without fields that hang on how far the watermark jumps, what is left of
 * updates, or sums of fields where the rows go by the clock.
 */
export type Comparison =
  | 'rows'
  | 'table'
  | { readonly sums: readonly string[] }
  | { readonly without: readonly string[] };

export interface Branches {
  readonly nodes: Nodes;
  readonly edges: Edges;
  /** By the port whose rows it gets, a sink's name and how it is compared. */
  readonly sinks: Readonly<Record<string, Comparison>>;
}

export interface Pipeline {
  /** Paced, for the run that is killed. */
  readonly disturbed: object;
  /** The same at full speed. */
  readonly calm: object;
  readonly clicks: Buffer;
  readonly sinks: Readonly<Record<string, Comparison>>;
}

/** @param now when the schedule begins, by the clock (ms) */
export function pipelineOf(seed: number, now: number): Pipeline {
  const { next } = random(seed);
  const below = (n: number): number => Math.floor(next() * n);
  const branches = [ORDERS, PAIRS, SCHEDULED];
  const all = Object.assign({}, ...branches.map((b) => b.sinks)) as Record<string, Comparison>;
  // Every eighth pipeline has all there is. A third of it, another third each time, starts and runs in half the time.
  const isWhole = seed % 8 === 0;
  const sinks = Object.fromEntries(Object.entries(all).filter(() => isWhole || below(3) === 0));
  const files: Nodes = {};
  const edges = branches.flatMap((b) => b.edges);
  for (const [port, comparison] of Object.entries(sinks)) {
    const name = sinkName(port);
    files[name] = { type: 'file-sink', config: { folder: 'out', name, ...fileOf(below, comparison) } };
    edges.push({ from: port, to: name });
  }
  const keep = 1 + below(3);
  const maxParallelism = 3 + below(3);
  const document = (paced: boolean): object => ({
    weir: 1,
    settings: { seed, maxParallelism, checkpoints: { keep, ...(seed % 4 === 3 ? { unaligned: true } : {}) } },
    ...above(files, {
      nodes: { ...sources(paced, now), ...Object.assign({}, ...branches.map((b) => b.nodes)), ...files },
      edges,
    }),
  });
  return {
    disturbed: document(true),
    calm: document(false),
    clicks: clicksOf(next),
    sinks: Object.fromEntries(Object.entries(sinks).map(([port, how]) => [sinkName(port), how])),
  };
}

/** What the sinks need. */
function above(sinks: Nodes, { nodes, edges }: { readonly nodes: Nodes; readonly edges: Edges }): object {
  const needed = new Set(Object.keys(sinks));
  // Grows while it is gone through.
  for (const id of needed)
    for (const { from, to } of edges) if (to.replace(/:.*/, '') === id) needed.add(from.replace(/:.*/, ''));
  return {
    nodes: Object.fromEntries(Object.entries(nodes).filter(([id]) => needed.has(id))),
    edges: edges.filter(({ to }) => needed.has(to.replace(/:.*/, ''))),
  };
}

export const sinkName = (port: string): string => port.replace(/:out$/, '').replace(':', '-').concat('-file');

/** Small files and one large file, whole ones at every size. Of a table the changes are written. */
function fileOf(below: (n: number) => number, comparison: Comparison): object {
  const rolls = [{ rows: 100 }, { rows: 700 }, { bytes: 30_000 }, { after: '70 ms' }, {}];
  const isText = comparison === 'table' || (typeof comparison === 'object' && 'without' in comparison);
  return {
    roll: rolls[below(rolls.length)],
    ...(isText ? { changes: 'op' } : { changes: 'op', format: below(4) === 0 ? 'csv' : 'ndjson' }),
  };
}

function sources(paced: boolean, now: number): Nodes {
  const rate = (count: number): object => (paced ? { rate: (count * 1000) / LASTS_MS } : {});
  return {
    orders: {
      type: 'generator',
      config: {
        data: {
          kind: 'fields',
          count: ORDER_COUNT,
          interval: `${SPAN_MS / ORDER_COUNT} ms`,
          disorder: { share: 0.2, delay: '1 s' },
          fields: [
            { name: 'at', value: { kind: 'time' } },
            { name: 'id', value: { kind: 'sequence' } },
            { name: 'k', value: { kind: 'key', distinct: 12, prefix: 'k' }, nulls: 0.03 },
            { name: 'n', value: { kind: 'integer', min: -5, max: 20 }, nulls: 0.05 },
            { name: 'x', value: { kind: 'number', min: 0, max: 100, decimals: 2 } },
            {
              name: 'tags',
              value: {
                kind: 'choice',
                choices: [{ value: 'a' }, { value: 'a,b' }, { value: 'c,b,a' }, { value: '' }],
              },
            },
          ],
        },
        ...rate(ORDER_COUNT),
        partitions: 2,
        // Shorter than the disorder: some are late.
        time: { field: 'at', watermark: { kind: 'bounded', delay: '800 ms' } },
      },
    },
    clicks: {
      type: 'file',
      config: {
        path: CLICKS,
        schema: [
          { name: 'at', type: 'TIMESTAMP', format: 'epoch-ms' },
          { name: 'page', type: 'STRING' },
          { name: 'click', type: 'BIGINT' },
        ],
        ...(paced ? { replay: { kind: 'time', speed: SPAN_MS / LASTS_MS } } : {}),
        // None is late: who comes first of two sources is for the clock to say.
        time: { field: 'at', watermark: { kind: 'bounded', delay: '2 s' } },
      },
    },
    views: {
      type: 'generator',
      config: {
        data: {
          kind: 'fields',
          count: CLICK_COUNT,
          interval: `${SPAN_MS / CLICK_COUNT} ms`,
          fields: [
            { name: 'at', value: { kind: 'time' } },
            { name: 'view', value: { kind: 'sequence' } },
            { name: 'page', value: { kind: 'key', distinct: 200, prefix: 'p' }, nulls: 0.02 },
          ],
        },
        ...rate(CLICK_COUNT),
        time: { field: 'at', watermark: { kind: 'ascending' } },
      },
    },
    ticks: {
      type: 'schedule',
      config: {
        when: { kind: 'interval', every: `${LASTS_MS / TICKS} ms` },
        start: new Date(now).toISOString(),
        count: TICKS,
      },
    },
  };
}

function clicksOf(next: () => number): Buffer {
  const lines = Array.from({ length: CLICK_COUNT }, (_, click) => {
    const at = START + (click * SPAN_MS) / CLICK_COUNT - (next() < 0.2 ? Math.floor(next() * 2000) : 0);
    const page = next() < 0.02 ? null : `p${Math.floor(next() * 200)}`;
    return JSON.stringify({ at: Math.floor(at), page, click });
  });
  // Several members: what is written by rotating loggers is a chain of them.
  const half = Math.floor(lines.length / 2);
  const parts = [lines.slice(0, half), lines.slice(half)].map((part) => gzipSync(`${part.join('\n')}\n`));
  return Buffer.concat(parts);
}

const SCHEDULED: Branches = {
  nodes: {
    beats: {
      type: 'over-aggregate',
      config: {
        frame: { kind: 'rows', preceding: 9 },
        aggregates: [
          { function: 'sum', of: 'n', as: 'sum' },
          { function: 'lead', of: 'n', as: 'following' },
        ],
      },
    },
  },
  edges: [{ from: 'ticks', to: 'beats' }],
  sinks: { ticks: 'rows', 'beats:out': 'rows' },
};
