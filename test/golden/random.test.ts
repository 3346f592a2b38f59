/** What must hold for any stream: every record is counted once, and the batch size changes nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateDocument } from '../../engine/contract/parse.ts';
import type { CapturedRow as Row } from '../../engine/runtime/captured.ts';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import { type LocalResult, runLocally } from '../../engine/runtime/local.ts';

const COUNT = 5000;

function documentOf(window: object, rest: object = {}): unknown {
  return {
    weir: 1,
    nodes: {
      source: {
        type: 'generator',
        config: {
          data: {
            kind: 'fields',
            fields: [
              { name: 'at', value: { kind: 'time' } },
              { name: 'key', value: { kind: 'key', distinct: 5 }, nulls: 0.1 },
              { name: 'v', value: { kind: 'integer', min: -100, max: 100 }, nulls: 0.2 },
            ],
            count: COUNT,
            interval: '20 ms',
            disorder: { share: 0.3, delay: '8 s' },
            stalls: [{ partition: 1, after: '30 s', for: '5 s' }],
          },
          partitions: 3,
          time: { field: 'at', watermark: { kind: 'bounded', delay: '1 s' } },
        },
      },
      filter: { type: 'filter', config: { condition: 'v > -90 OR v IS NULL' } },
      window: {
        type: 'window',
        config: {
          window,
          keys: ['key'],
          aggregates: [
            { function: 'count', as: 'n' },
            { function: 'sum', of: 'v', as: 'total' },
            { function: 'count-distinct', of: 'v', as: 'different' },
          ],
          ...rest,
        },
      },
      out: { type: 'table', config: {} },
      late: { type: 'table', config: {} },
    },
    edges: [
      { from: 'source:out', to: 'filter' },
      { from: 'filter:out', to: 'window' },
      { from: 'window:out', to: 'out' },
      { from: 'window:late', to: 'late' },
    ],
  };
}

async function run(json: unknown, batchRows: number, seed = 11): Promise<LocalResult> {
  const parsed = validateDocument(json);
  assert.ok(parsed.ok);
  return runLocally(parsed.value, { batchRows, seed, clock: new VirtualClock(0) });
}

const bag = (rows: readonly Row[] | undefined): string[] =>
  (rows ?? []).map((row) => JSON.stringify(row)).sort();
const counted = (rows: readonly Row[] | undefined): number =>
  (rows ?? []).reduce((sum, row) => sum + Number(row['n']), 0);

const WINDOWS = {
  tumbling: { kind: 'tumbling', size: '3 s' },
  hopping: { kind: 'hopping', size: '4 s', slide: '1 s' },
  session: { kind: 'session', gap: '300 ms' },
};

for (const [kind, window] of Object.entries(WINDOWS)) {
  test(`${kind}: the batch size changes nothing, and some records are late`, async () => {
    const whole = await run(documentOf(window), 1024);
    assert.ok((whole.rows['late']?.length ?? 0) > 10, 'the stream has late records');
    for (const batchRows of [1, 7, 4096]) {
      const other = await run(documentOf(window), batchRows);
      assert.deepEqual(bag(other.rows['out']), bag(whole.rows['out']), `batches of ${batchRows}`);
      assert.deepEqual(other.rows['late'], whole.rows['late'], `late at batches of ${batchRows}`);
    }
  });
}

for (const [kind, window] of Object.entries({ tumbling: WINDOWS.tumbling, session: WINDOWS.session })) {
  test(`${kind}: every record is filtered, counted in one window, or late`, async () => {
    const { rows, summary } = await run(documentOf(window), 1024);
    const filtered = summary.nodes.find((n) => n.node === 'filter')?.filtered ?? 0;
    assert.ok(filtered > 0);
    assert.equal(counted(rows['out']) + (rows['late']?.length ?? 0) + filtered, COUNT);
    assert.equal(summary.recordsRead, COUNT);
  });
}

test('same seed, same rows; another seed, other rows', async () => {
  const one = await run(documentOf(WINDOWS.tumbling), 512);
  assert.deepEqual((await run(documentOf(WINDOWS.tumbling), 512)).rows, one.rows);
  assert.notDeepEqual((await run(documentOf(WINDOWS.tumbling), 512, 12)).rows, one.rows);
});

/** What the rules say, row by row and window by window, with one partition: counts by key and window, and late rows. */
function byTheRules(rows: readonly Row[], size: number, slide: number, lateness: number): [string[], number] {
  const counts = new Map<string, number>();
  let watermark = -Infinity;
  let late = 0;
  for (const row of rows) {
    const time = Number(row['at']);
    let counted = false;
    const kept = row['v'] === null || Number(row['v']) > -90;
    for (let start = Math.floor(time / slide) * slide; kept && start + size > time; start -= slide) {
      if (start + size - 1 + lateness <= watermark) continue;
      counted = true;
      const window = `${row['key']} ${start}`;
      counts.set(window, (counts.get(window) ?? 0) + 1);
    }
    if (kept && !counted) late++;
    // Filtered records move it too.
    watermark = Math.max(watermark, time - 1000);
  }
  return [[...counts].map(([window, n]) => `${window}: ${n}`).sort(), late];
}

for (const lateness of [0, 2500]) {
  for (const [size, slide] of [
    [3000, 3000],
    [4000, 1000],
    [5000, 2000],
  ] as const) {
    test(`windows of ${size} ms every ${slide}, lateness ${lateness}: as the rules say, row by row`, async () => {
      const kind = slide === size ? { kind: 'tumbling' } : { kind: 'hopping', slide: `${slide} ms` };
      const window = { ...kind, size: `${size} ms` };
      const document = onePartition(documentOf(window, lateness === 0 ? {} : { lateness: `${lateness} ms` }));
      for (const seed of [1, 2, 3, 4, 5]) {
        const { rows } = await run(document, 1 + seed * 17, seed);
        const [counts, late] = byTheRules(rows['raw'] ?? [], size, slide, lateness);
        // A window that fires again gives its row again: the last one holds.
        const last = new Map(
          (rows['out'] ?? []).map((row) => [`${row['key']} ${row['window_start']}`, row['n']]),
        );
        assert.deepEqual([...last].map(([key, n]) => `${key}: ${n}`).sort(), counts, `seed ${seed}`);
        assert.equal(rows['late']?.length, late, `seed ${seed}`);
        assert.ok(late > 0);
      }
    });
  }
}

/** The same for sessions: each row merges with the sessions of its key that it touches and that have not fired. */
function sessionsByTheRules(rows: readonly Row[], gap: number): [string[], number] {
  interface Session {
    readonly key: string;
    readonly start: number;
    readonly end: number;
    readonly n: number;
  }
  const done: Session[] = [];
  let open: Session[] = [];
  let watermark = -Infinity;
  let late = 0;
  for (const row of rows) {
    const time = Number(row['at']);
    const key = String(row['key']);
    const own = { key, start: time, end: time + gap, n: 1 };
    const touching = open.filter((s) => s.key === key && s.start <= own.end && s.end >= own.start);
    const merged = touching.reduce(
      (a, b) => ({ key, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end), n: a.n + b.n }),
      own,
    );
    if (row['v'] === null || Number(row['v']) > -90) {
      if (merged.end - 1 <= watermark) late++;
      else open = [...open.filter((s) => !touching.includes(s)), merged];
    }
    watermark = Math.max(watermark, time - 1000);
    done.push(...open.filter((s) => s.end - 1 <= watermark));
    open = open.filter((s) => s.end - 1 > watermark);
  }
  return [[...done, ...open].map((s) => `${s.key} ${s.start} ${s.end}: ${s.n}`).sort(), late];
}

test('sessions: as the rules say, row by row', async () => {
  const document = onePartition(documentOf({ kind: 'session', gap: '150 ms' }));
  for (const seed of [1, 2, 3, 4, 5]) {
    const { rows } = await run(document, 1 + seed * 17, seed);
    const [sessions, late] = sessionsByTheRules(rows['raw'] ?? [], 150);
    const fired = (rows['out'] ?? []).map(
      (row) => `${row['key']} ${row['window_start']} ${row['window_end']}: ${row['n']}`,
    );
    assert.deepEqual(fired.sort(), sessions, `seed ${seed}`);
    assert.equal(rows['late']?.length, late, `seed ${seed}`);
    assert.ok(late > 0 && sessions.length > 100);
  }
});

/** The document with one partition of 1,000 records, all of which a table keeps. */
function onePartition(json: unknown): unknown {
  const document = structuredClone(json) as {
    nodes: Record<string, { type: string; config: Record<string, unknown> }>;
    edges: { from: string; to: string }[];
  };
  const source = document.nodes['source']?.config ?? {};
  Object.assign(source['data'] as object, { count: 1000, stalls: [] });
  source['partitions'] = 1;
  document.nodes['raw'] = { type: 'table', config: {} };
  document.edges.push({ from: 'source:out', to: 'raw' });
  return document;
}
