/** The small pipelines of these benches, in a folder of their own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Node = { readonly type: string; readonly config: Readonly<Record<string, unknown>> };

export const chain = (...nodes: readonly Node[]): string =>
  JSON.stringify({
    weir: 1,
    nodes: Object.fromEntries(nodes.map((node, i) => [`n${i}`, node])),
    edges: nodes.slice(1).map((_, i) => ({ from: `n${i}:out`, to: `n${i + 1}` })),
  });

const ID = { name: 'id', type: 'BIGINT', nullable: false };

export const SMALL_ROWS = 20;
export const small = chain(
  {
    type: 'file',
    config: {
      path: 'in.ndjson',
      format: { kind: 'ndjson' },
      schema: [ID, { name: 'at', type: 'TIMESTAMP', format: 'epoch-ms', nullable: false }],
      time: { field: 'at', watermark: { kind: 'bounded', delay: '1 s' } },
    },
  },
  { type: 'filter', config: { condition: 'id > 2' } },
  { type: 'file-sink', config: { folder: 'out', overwrite: true } },
);

export const smallInput = Array.from({ length: SMALL_ROWS }, (_, id) =>
  JSON.stringify({ id, at: 1_700_000_000_000 + id * 1000 }),
).join('\n');

const counted = {
  type: 'window',
  config: {
    window: { kind: 'tumbling', size: '10 s' },
    time: 'processing',
    keys: [],
    aggregates: [{ function: 'count', as: 'n' }],
  },
};
const shown = { type: 'table', config: {} };

export const waitingForHttp = chain(
  { type: 'http', config: { port: 0, path: '/events', schema: [ID] } },
  counted,
  shown,
);

export const oneASecond = chain(
  {
    type: 'generator',
    config: {
      rate: 1,
      data: { kind: 'fields', fields: [{ name: 'id', value: { kind: 'sequence' } }] },
    },
  },
  counted,
  shown,
);

/** Writes the files and gives them to `work`; they are gone afterwards. */
export async function inFolder<T>(
  files: Readonly<Record<string, string>>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As fast as it can, to the end. */
export const busy = (records: number): string =>
  chain(
    {
      type: 'generator',
      config: {
        data: {
          kind: 'fields',
          count: records,
          interval: '1 ms',
          fields: [
            { name: 'at', value: { kind: 'time' } },
            { name: 'key', value: { kind: 'integer', min: 1, max: 100 } },
            { name: 'price', value: { kind: 'number', min: 1, max: 1000 } },
          ],
        },
        time: { field: 'at', watermark: { kind: 'bounded', delay: '1 s' } },
      },
    },
    { type: 'filter', config: { condition: 'price > 100' } },
    { type: 'map', config: { compute: [{ name: 'twice', expression: 'price * 2' }] } },
    {
      type: 'window',
      config: {
        window: { kind: 'tumbling', size: '10 s' },
        keys: ['key'],
        aggregates: [{ function: 'max', of: 'twice', as: 'highest' }],
      },
    },
    shown,
  );
