import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Row, rowsOf } from '../../batch/batch.ts';
import type { Problem } from '../../contract/problems.ts';
import { printType } from '../../contract/types.ts';
import { type Clock, SystemClock, VirtualClock } from '../../runtime/clock.ts';
import type { Source, SourceContext, SourcePosition } from '../../runtime/contracts.ts';
import { schemaOf } from './plan.ts';
import { generatorSource } from './source.ts';
import { type GeneratorConfig, generatorSpec } from './spec.ts';

const FIELDS = [
  { name: 'at', value: { kind: 'time' } },
  { name: 'id', value: { kind: 'sequence', start: 100, step: 2 } },
  { name: 'small', value: { kind: 'integer', min: -5, max: 5 } },
  { name: 'big', value: { kind: 'integer', min: 0, max: 1e12 } },
  { name: 'even', value: { kind: 'number', min: 10, max: 20 } },
  { name: 'bell', value: { kind: 'normal', mean: 50, deviation: 10, decimals: 2 } },
  { name: 'wait', value: { kind: 'exponential', mean: 3 } },
  { name: 'key', value: { kind: 'key', distinct: 7, prefix: 'k' } },
  {
    name: 'pick',
    value: { kind: 'choice', choices: [{ value: 'often', weight: 9 }, { value: 'seldom' }] },
  },
  { name: 'flag', value: { kind: 'boolean', probability: 0.25 }, nulls: 0.5 },
  { name: 'same', value: { kind: 'constant', value: 'x' } },
];

const parse = (data: object, rest: object = {}): GeneratorConfig =>
  generatorSpec.config.parse({ data, ...rest });

function contextOf(config: GeneratorConfig, clock: Clock, seed = 42): SourceContext<GeneratorConfig> {
  return {
    nodeId: 'gen',
    config,
    clock,
    seed,
    baseDir: '.',
    signal: new AbortController().signal,
    batchRows: 1024,
    log: () => {},
    fields: schemaOf(config.data),
  };
}

interface Read {
  readonly rows: Row[];
  readonly partitions: number[];
}

/** Polls until nothing comes or `most` rows came. */
function read(source: Source, config: GeneratorConfig, batchRows: number, most = Infinity): Read {
  const rows: Row[] = [];
  const partitions: number[] = [];
  while (rows.length < most) {
    const output = source.poll(Math.min(batchRows, most - rows.length));
    if (output?.batch == null) break;
    rows.push(...rowsOf(output.batch, schemaOf(config.data)));
    partitions.push(...(output.partitions ?? new Int32Array(output.batch.count)));
  }
  return { rows, partitions };
}

async function readAll(config: GeneratorConfig, batchRows = 1024, seed = 42): Promise<Read> {
  const source = generatorSource.create(contextOf(config, new SystemClock(), seed));
  await source.open(null);
  const all = read(source, config, batchRows);
  assert.equal(source.ended, true);
  return all;
}

function problemsOf(data: object, rest: object = {}): Problem[] {
  const found: Problem[] = [];
  generatorSpec.schemas({ config: parse(data, rest), inputs: {}, report: (p) => found.push(p) });
  return found;
}

test('same seed, same rows, whatever the batch size; another seed, other rows', async () => {
  const config = parse(
    {
      kind: 'fields',
      fields: FIELDS,
      count: 3000,
      disorder: { share: 0.3, delay: '1 s' },
      stalls: [{ partition: 1, after: '100 ms', for: '500 ms' }],
    },
    { partitions: 3 },
  );
  const whole = await readAll(config);
  assert.equal(whole.rows.length, 3000);
  for (const batchRows of [1, 7, 4096]) assert.deepEqual(await readAll(config, batchRows), whole);
  assert.notDeepEqual(await readAll(config, 1024, 43), whole);
});

test('distributions have their stated shape', async () => {
  const count = 20_000;
  const { rows } = await readAll(parse({ kind: 'fields', fields: FIELDS, count }));
  const values = (name: string): number[] => rows.map((row) => Number(row[name]));
  const mean = (name: string): number => values(name).reduce((a, b) => a + b, 0) / count;
  const share = (name: string, value: unknown): number =>
    rows.filter((row) => row[name] === value).length / count;
  const near = (actual: number, expected: number, by: number): void =>
    assert.ok(Math.abs(actual - expected) <= by, `${actual} is not within ${by} of ${expected}`);
  assert.deepEqual(values('id').slice(0, 3), [100, 102, 104]);
  assert.deepEqual(
    [...new Set(values('small'))].sort((a, b) => a - b),
    [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5],
  );
  near(mean('big'), 5e11, 1e10);
  near(mean('even'), 15, 0.1);
  assert.ok(values('even').every((v) => v >= 10 && v < 20));
  near(mean('bell'), 50, 0.3);
  const variance = values('bell').reduce((sum, v) => sum + (v - 50) ** 2, 0) / count;
  near(Math.sqrt(variance), 10, 0.3);
  assert.ok(values('bell').every((v) => v === Math.round(v * 100) / 100));
  near(mean('wait'), 3, 0.1);
  assert.deepEqual(
    [...new Set(rows.map((row) => row['key']))].sort(),
    [0, 1, 2, 3, 4, 5, 6].map((n) => `k${n}`),
  );
  near(share('pick', 'often'), 0.9, 0.01);
  near(share('flag', null), 0.5, 0.02);
  near(share('flag', true), 0.125, 0.01);
  assert.equal(share('same', 'x'), 1);
});

test('fields are independent of each other', async () => {
  const field = (name: string) => ({ name, value: { kind: 'number', min: -1, max: 1 } });
  const { rows } = await readAll(
    parse({ kind: 'fields', fields: ['a', 'b', 'c'].map(field), count: 20_000 }),
  );
  for (const [x, y] of [
    ['a', 'b'],
    ['a', 'c'],
    ['b', 'c'],
  ] as const) {
    for (const shift of [0, 1, 2]) {
      const product = rows.slice(shift).map((row, i) => Number(row[x]) * Number(rows[i]?.[y]));
      const correlation = (3 * product.reduce((a, b) => a + b, 0)) / product.length;
      assert.ok(Math.abs(correlation) < 0.03, `${x} and ${y}, shifted by ${shift}: ${correlation}`);
    }
  }
});

test('event times: one interval apart; the stated share is moved back, by at most the stated delay', async () => {
  const data = {
    kind: 'fields',
    fields: FIELDS,
    count: 5000,
    start: '2001-01-01T00:00:00Z',
    interval: '10 ms',
  };
  const start = Date.parse('2001-01-01T00:00:00Z');
  const plain = await readAll(parse(data));
  assert.deepEqual(
    plain.rows.slice(0, 3).map((row) => row['at']),
    [start, start + 10, start + 20],
  );
  const mixed = await readAll(parse({ ...data, disorder: { share: 0.2, delay: '1 s' } }));
  const back = mixed.rows.map((row, i) => start + i * 10 - Number(row['at']));
  assert.ok(back.every((ms) => ms >= 0 && ms <= 1000));
  const moved = back.filter((ms) => ms > 0).length / back.length;
  assert.ok(Math.abs(moved - 0.2) < 0.02, String(moved));
  assert.ok(Math.max(...back) > 900);
});

test('a stalled partition gives nothing, then all of it in order, and nothing is lost', async () => {
  const data = {
    kind: 'fields',
    fields: [{ name: 'id', value: { kind: 'sequence' } }],
    count: 12,
    stalls: [{ partition: 1, after: '3 ms', for: '5 ms' }],
  };
  const { rows, partitions } = await readAll(parse(data, { partitions: 2 }));
  assert.deepEqual(
    rows.map((row) => row['id']),
    [0, 1, 2, 4, 6, 3, 5, 7, 8, 9, 10, 11],
  );
  assert.deepEqual(
    partitions,
    rows.map((row) => Number(row['id']) % 2),
  );
  const toTheEnd = await readAll(
    parse({ ...data, stalls: [{ partition: 0, after: '9 ms', for: '1 min' }] }, { partitions: 2 }),
  );
  assert.deepEqual(
    toTheEnd.rows.map((row) => row['id']),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 10],
  );
});

test('goes on exactly from any position', async () => {
  const config = parse(
    {
      kind: 'fields',
      fields: FIELDS,
      count: 60,
      stalls: [
        { partition: 0, after: '5 ms', for: '20 ms' },
        { partition: 2, after: '10 ms', for: '30 ms' },
      ],
    },
    { partitions: 3 },
  );
  const whole = await readAll(config);
  for (let at = 0; at <= 60; at++) {
    const first = generatorSource.create(contextOf(config, new SystemClock()));
    await first.open(null);
    read(first, config, 1024, at);
    const position = JSON.parse(JSON.stringify(first.position())) as SourcePosition;
    const second = generatorSource.create(contextOf(config, new SystemClock()));
    await second.open(position);
    assert.deepEqual(read(second, config, 7).rows, whole.rows.slice(at), `from ${at}`);
  }
});

test('goes on exactly after any poll, at a rate, with stalls, and with fixed rows', async () => {
  const fields = {
    kind: 'fields',
    fields: FIELDS,
    start: 'now',
    disorder: { share: 0.3, delay: '1 s' },
    stalls: [
      { partition: 1, after: '50 ms', for: '100 ms' },
      { partition: 0, after: '180 ms', for: '50 ms' },
    ],
  };
  const rows = {
    ...TABLE,
    partitionBy: 'n',
    rows: Array.from({ length: 40 }, (_, n) => ({ at: '2026-01-01T00:00:00Z', who: `w${n % 3}`, n: n * n })),
  };
  for (const config of [
    parse(fields, { rate: 200, partitions: 3 }),
    parse({ ...fields, count: 50, stalls: [] }, { rate: 1000 }),
    parse(rows, { partitions: 4 }),
    parse(rows, { rate: 130, partitions: 2 }),
  ]) {
    /** A poll every 7 ms, of another size each time. */
    const run = async (position: SourcePosition | null, from: number) => {
      const clock = new VirtualClock(5000 + from * 7);
      const source = generatorSource.create(contextOf(config, clock));
      await source.open(position);
      const seen: { row: string; partition: number }[] = [];
      const positions: SourcePosition[] = [];
      for (let step = from; step < 60; step++) {
        clock.advanceTo(5000 + step * 7);
        const output = source.poll(1 + (step % 5));
        positions.push(JSON.parse(JSON.stringify(source.position())));
        if (output?.batch == null) continue;
        const given = rowsOf(output.batch, schemaOf(config.data));
        given.forEach((row, i) => {
          seen.push({ row: JSON.stringify(row), partition: output.partitions?.[i] ?? 0 });
        });
      }
      return { seen, positions, source };
    };
    const whole = await run(null, 0);
    assert.ok(whole.seen.length >= 40);
    for (const [step, position] of whole.positions.entries()) {
      const { given } = position as { given: number[] };
      const before = given.reduce((sum, n) => sum + n, 0);
      const { seen } = await run(position, step + 1);
      // A rate begins anew, so fewer or more may have come by now; what comes is the same.
      const length = Math.min(seen.length, whole.seen.length - before);
      assert.deepEqual(seen.slice(0, length), whole.seen.slice(before, before + length), `${step}`);
      assert.ok(length > 0 || before >= whole.seen.length - 5, `${step}: ${length}`);
    }
  }
});

test('keeps its rate by the run’s clock, and says how far behind each partition is', async () => {
  const clock = new VirtualClock(1_000_000);
  const config = parse(
    {
      kind: 'fields',
      fields: [{ name: 'id', value: { kind: 'sequence' } }],
      stalls: [{ partition: 1, after: '1 s', for: '2 s' }],
    },
    { rate: 100, partitions: 2 },
  );
  const source = generatorSource.create(contextOf(config, clock));
  await source.open(null);
  assert.equal(read(source, config, 1024).rows.length, 1, 'the first is due at once');
  const ready = source.whenReady();
  clock.advanceTo(clock.nextTimer);
  await ready;
  assert.equal(clock.now(), 1_000_010);
  clock.advanceTo(1_002_000);
  assert.equal(read(source, config, 1024).rows.length, 150, 'all of partition 0, half of partition 1');
  assert.deepEqual(source.partitionLag?.(0), { records: 0, ms: 0 });
  assert.deepEqual(source.partitionLag?.(1), { records: 50, ms: 990 });
  assert.deepEqual(source.lag(), { records: 50, ms: 990 });
  clock.advanceTo(1_003_000);
  assert.equal(read(source, config, 1024).rows.length, 150);
  assert.equal(source.lag().records, 0);
  assert.equal(source.ended, false);
  await source.close();
});

test('a wait ends when the run is stopped', async () => {
  const config = parse({ kind: 'fields', fields: FIELDS }, { rate: 0.001 });
  const stop = new AbortController();
  const source = generatorSource.create({
    ...contextOf(config, new VirtualClock(0)),
    signal: stop.signal,
  });
  await source.open(null);
  read(source, config, 10);
  const ready = source.whenReady();
  stop.abort();
  await ready;
});

const TABLE = {
  kind: 'rows',
  schema: [
    { name: 'at', type: 'TIMESTAMP', nullable: false },
    { name: 'who', type: 'STRING' },
    { name: 'n', type: 'INT' },
  ],
  rows: [
    { at: '2026-01-01T00:00:00Z', who: 'a', n: 0 },
    { at: '1969-12-31T23:59:59.999Z', who: 'b', n: 1 },
    { at: '9999-12-31T23:59:59Z', n: 5 },
  ],
};

test('fixed rows come in their order, with NULL where a value is left out', async () => {
  const config = parse({ ...TABLE, partitionBy: 'n' }, { partitions: 2 });
  for (const batchRows of [1, 2, 1024]) {
    const { rows, partitions } = await readAll(config, batchRows);
    assert.deepEqual(rows, [
      { at: Date.UTC(2026, 0, 1), who: 'a', n: 0 },
      { at: -1, who: 'b', n: 1 },
      { at: Date.UTC(9999, 11, 31, 23, 59, 59), who: null, n: 5 },
    ]);
    assert.deepEqual(partitions, [0, 1, 1]);
  }
});

test('states what is wrong with its settings, and where', () => {
  assert.deepEqual(problemsOf(TABLE), []);
  const at = (problems: Problem[]): string[] => problems.map((p) => `${p.code} ${p.path.join('.')}`);
  assert.deepEqual(at(problemsOf({ ...TABLE, rows: [{ at: 'soon' }, { at: '2026-01-01', m: 1 }] })), [
    'S-VALUE data.rows.0.at',
    'S-VALUE data.rows.1.m',
  ]);
  assert.deepEqual(at(problemsOf({ ...TABLE, rows: [{ who: 'x' }] })), ['S-VALUE data.rows.0.at']);
  assert.deepEqual(at(problemsOf({ ...TABLE, partitionBy: 'nope' })), ['T-FIELD data.partitionBy']);
  assert.deepEqual(at(problemsOf(TABLE, { time: { field: 'who', watermark: { kind: 'none' } } })), [
    'T-TYPE time.field',
  ]);
  const fields = { kind: 'fields', fields: [FIELDS[0], FIELDS[1], FIELDS[1]] };
  assert.deepEqual(at(problemsOf(fields, { time: { field: 'id', watermark: { kind: 'none' } } })), [
    'S-VALUE data.fields.2.name',
    'T-TYPE time.field',
  ]);
  const stalls = [
    { partition: 1, after: '1 s', for: '1 s' },
    { partition: 0, after: '1 s', for: '1 s' },
    { partition: 0, after: '1500 ms', for: '1 s' },
  ];
  assert.deepEqual(at(problemsOf({ kind: 'fields', fields: [FIELDS[0]], stalls })), [
    'S-VALUE data.stalls.0.partition',
    'S-VALUE data.stalls.2.after',
  ]);
});

test('the schema follows from the fields', () => {
  const schema = schemaOf(parse({ kind: 'fields', fields: FIELDS }).data);
  assert.deepEqual(
    schema.map((f) => `${f.name} ${printType(f.type)}${f.nullable ? '' : ' NOT NULL'}`),
    [
      'at TIMESTAMP NOT NULL',
      'id BIGINT NOT NULL',
      'small INT NOT NULL',
      'big BIGINT NOT NULL',
      'even DOUBLE NOT NULL',
      'bell DOUBLE NOT NULL',
      'wait DOUBLE NOT NULL',
      'key STRING NOT NULL',
      'pick STRING NOT NULL',
      'flag BOOLEAN',
      'same STRING NOT NULL',
    ],
  );
});

test('every example of the spec is valid', () => {
  for (const { config } of generatorSpec.examples) {
    const { data, ...rest } = config as { data: object };
    assert.deepEqual(problemsOf(data, rest), []);
  }
});
