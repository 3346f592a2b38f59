import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { rowsOf } from '../../batch/batch.ts';
import { BatchBuilder } from '../../batch/builder.ts';
import type { GraphDocument } from '../../contract/document.ts';
import type { NodeSpec } from '../../contract/spec.ts';
import { appendOnly, type EdgeSchema, field, INT, STRING, updating } from '../../contract/types.ts';
import { VirtualClock } from '../../runtime/clock.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { runLocally } from '../../runtime/local.ts';
import { type ExpectedRow, verifyOperator } from '../../testing/verify.ts';
import { lookupJoinRuntime } from './operator.ts';
import { lookupJoinSpec } from './spec.ts';

type Config = Readonly<Record<string, unknown>>;
const OPERATOR = {
  spec: lookupJoinSpec as unknown as NodeSpec,
  runtime: lookupJoinRuntime as StatefulRuntime<Config>,
};
const SCHEMA = [
  { name: 'code', type: 'STRING' },
  { name: 'city', type: 'STRING' },
  { name: 'rank', type: 'INT' },
];
const ON = [{ left: 'origin', right: 'code' }];
const TABLE = {
  kind: 'rows',
  schema: SCHEMA,
  rows: [
    { code: 'ATL', city: 'Atlanta', rank: 1 },
    { code: 'NYC', city: 'New York', rank: 2 },
    { code: 'NYC', city: 'Newark', rank: 3 },
    { code: null, city: 'nowhere', rank: 0 },
  ],
};
const FLIGHTS = appendOnly([field('id', INT), field('origin', STRING)], true);

test('all rows of the table with the key, in its order; NULL meets nothing; event times stay', () => {
  const flight = (id: number, origin: string | null) => ({ time: id * 10, row: { id, origin } });
  const verify = (config: Config, expected: readonly [number, string | null, number | null][]): void => {
    verifyOperator({
      ...OPERATOR,
      config: {
        table: TABLE,
        on: ON,
        select: [{ from: 'id' }, { from: 'city' }, { from: 'rank' }],
        ...config,
      },
      inputs: { left: FLIGHTS },
      steps: [flight(1, 'NYC'), flight(2, 'XXX'), flight(3, null), flight(4, 'ATL'), { end: true }],
      expected: expected.map(([id, city, rank]) => ({ row: { id, city, rank }, time: id * 10 })),
      order: 'exact',
    });
  };
  verify({}, [
    [1, 'New York', 2],
    [1, 'Newark', 3],
    [4, 'Atlanta', 1],
  ]);
  verify({ join: 'left' }, [
    [1, 'New York', 2],
    [1, 'Newark', 3],
    [2, null, null],
    [3, null, null],
    [4, 'Atlanta', 1],
  ]);
  verify({ join: 'left', condition: 'left.id > right.rank' }, [
    [1, null, null],
    [2, null, null],
    [3, null, null],
    [4, 'Atlanta', 1],
  ]);
});

test('changes of an updating input pass through', () => {
  const inputs = { left: updating(FLIGHTS.fields, false) };
  const row = { id: 1, origin: 'ATL' };
  verifyOperator({
    ...OPERATOR,
    config: { table: TABLE, on: ON, select: [{ from: 'city' }] },
    inputs,
    steps: [
      { time: 0, row },
      { time: 0, row, change: '-U' },
      { time: 0, row: { ...row, origin: 'NYC' }, change: '+U' },
    ],
    expected: [
      { row: { city: 'Atlanta' } },
      { row: { city: 'Atlanta' }, change: '-U' },
      { row: { city: 'New York' }, change: '+U' },
      { row: { city: 'Newark' }, change: '+U' },
    ],
    order: 'exact',
  });
});

test('equals a naive search of the table', () => {
  const key = fc.constantFrom('a', 'b', 'c', null);
  const tables = fc.array(fc.record({ code: key, city: fc.constantFrom('x', 'y'), rank: fc.nat(5) }), {
    maxLength: 8,
  });
  const flights = fc.array(fc.record({ id: fc.nat(5), origin: key }), { maxLength: 20 });
  fc.assert(
    fc.property(tables, flights, fc.boolean(), (rows, inputs, isLeft) => {
      const expected = inputs.flatMap((flight): ExpectedRow[] => {
        const met = rows.filter((r) => r.code !== null && r.code === flight.origin && flight.id <= r.rank);
        const found = met.map((r) => ({ row: { ...flight, ...r } }));
        return found.length > 0 || !isLeft
          ? found
          : [{ row: { ...flight, code: null, city: null, rank: null } }];
      });
      verifyOperator({
        ...OPERATOR,
        config: {
          join: isLeft ? 'left' : 'inner',
          table: { ...TABLE, rows },
          on: ON,
          condition: 'id <= rank',
        },
        inputs: { left: FLIGHTS },
        steps: inputs.map((row, time) => ({ time, row })),
        expected,
        order: 'exact',
      });
    }),
    { numRuns: 60 },
  );
});

/** Three flights through a lookup in a file. */
const graph = (table: Config): GraphDocument => ({
  weir: 1,
  nodes: {
    flights: {
      type: 'generator',
      config: {
        data: {
          kind: 'rows',
          schema: [{ name: 'origin', type: 'STRING' }],
          rows: [{ origin: 'ATL' }, { origin: 'XXX' }, { origin: 'NYC' }],
        },
      },
    },
    lookup: {
      type: 'lookup-join',
      config: {
        join: 'left',
        table: { kind: 'file', schema: SCHEMA, ...table },
        on: ON,
        select: [{ from: 'city' }],
      },
    },
    out: { type: 'table', config: {} },
    bad: { type: 'table', config: {} },
  },
  edges: [
    { from: 'flights:out', to: 'lookup' },
    { from: 'lookup:out', to: 'out' },
    { from: 'lookup:errors', to: 'bad' },
  ],
});

async function inFolder<T>(
  files: Readonly<Record<string, string | Buffer>>,
  run: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-lookup-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a file in any format is read before the first row; what cannot be read goes to the errors port', async () => {
  const csv = 'code,city,rank\nATL,Atlanta,1\nNYC,New York,2\nBAD,Bad,x\n';
  const json = JSON.stringify([
    { code: 'ATL', city: 'Atlanta', rank: 1 },
    { code: 'NYC', city: 'New York', rank: 2 },
    { code: 'BAD', city: 'Bad', rank: 'x' },
  ]);
  await inFolder({ 'a.csv': csv, 'a.json': json, 'a.csv.gz': gzipSync(csv) }, async (baseDir) => {
    for (const path of ['a.csv', 'a.json', 'a.csv.gz']) {
      const result = await runLocally(graph({ path }), { baseDir, clock: new VirtualClock(0) });
      assert.deepEqual(result.problems, [], path);
      assert.deepEqual(
        result.rows['out']?.map((row) => row['city']),
        ['Atlanta', null, 'New York'],
        path,
      );
      assert.equal(result.rows['bad']?.length, 1, path);
    }
  });
});

test('a missing file and too many rows are told at the setting', async () => {
  await inFolder({ 'a.csv': 'code,city,rank\nATL,Atlanta,1\nNYC,New York,2\n' }, async (baseDir) => {
    const told = async (table: Config): Promise<string | undefined> => {
      const { problems } = await runLocally(graph(table), { baseDir, clock: new VirtualClock(0) }).catch(
        (error: { problem: { code: string; path: string[] } }) => ({ problems: [error.problem] }),
      );
      return problems.map((p) => `${p.code} ${p.path.join('.')}`)[0];
    };
    assert.equal(await told({ path: 'no.csv' }), 'C-MISSING nodes.lookup.config.table.path');
    assert.equal(await told({ path: 'a.csv', rowsMax: 1 }), 'C-LIMIT nodes.lookup.config.table.rowsMax');
    assert.equal(await told({ path: 'a.csv', rowsMax: 2 }), undefined);
  });
});

test('the file is read again, and a failure to do so leaves the table as it was', async () => {
  await inFolder({ 'a.csv': 'code,city,rank\nATL,Atlanta,1\n' }, async (baseDir) => {
    const clock = new VirtualClock(0);
    const logs: string[] = [];
    const cities: unknown[] = [];
    const config = lookupJoinSpec.config.parse({
      join: 'left',
      table: { kind: 'file', path: 'a.csv', schema: SCHEMA, reload: '1 min' },
      on: ON,
      select: [{ from: 'city' }],
    });
    const inputs: EdgeSchema[] = [FLIGHTS];
    const output = appendOnly([field('city', STRING)], true);
    const operator = lookupJoinRuntime.create({
      nodeId: 'lookup',
      config,
      clock,
      seed: 1,
      baseDir,
      signal: new AbortController().signal,
      batchRows: 1024,
      log: (_level, text) => logs.push(text),
      inputs,
      input: FLIGHTS,
      outputs: { out: output },
      output,
      emit: (_port, batch) => cities.push(...rowsOf(batch, output.fields).map((row) => row['city'])),
      reject: () => {},
    });
    const flight = (): void => {
      const builder = new BatchBuilder(FLIGHTS.fields);
      builder.push([1, 'ATL']);
      operator.process(builder.take(0), 0);
    };
    const reload = async (): Promise<void> => {
      const due = operator.nextTimer;
      clock.advanceTo(due);
      operator.clock(due);
      while (operator.nextTimer === Infinity) await sleep(1);
    };
    await operator.open?.();
    flight();
    writeFileSync(join(baseDir, 'a.csv'), 'code,city,rank\nATL,Hotlanta,1\n');
    operator.clock(59_999);
    flight();
    await reload();
    flight();
    rmSync(join(baseDir, 'a.csv'));
    await reload();
    flight();
    assert.deepEqual(cities, ['Atlanta', 'Atlanta', 'Hotlanta', 'Hotlanta']);
    assert.equal(logs.length, 1);
    assert.match(logs[0] ?? '', /stays/);
  });
});

test('what is wrong with the table is told at its place', () => {
  const found = (table: Config, more: Config = {}): string[] => {
    const problems: string[] = [];
    lookupJoinSpec.schemas({
      config: lookupJoinSpec.config.parse({ table, on: ON, ...more }),
      inputs: { left: [FLIGHTS] },
      report: (p) => problems.push(`${p.code} ${p.path.join('.')}`),
    });
    return problems;
  };
  assert.deepEqual(found(TABLE), []);
  assert.deepEqual(found({ ...TABLE, rows: [{ code: 'A', rank: 'x' }] }), ['S-VALUE table.rows.0.rank']);
  assert.deepEqual(found({ ...TABLE, rows: [{ zip: 1 }] }), ['S-VALUE table.rows.0.zip']);
  assert.deepEqual(found({ ...TABLE, schema: [...SCHEMA, { name: 'code', type: 'INT' }] }), [
    'S-VALUE table.schema.3.name',
  ]);
  assert.deepEqual(found(TABLE, { on: [{ left: 'id', right: 'code' }] }), ['T-TYPE on.0.right']);
  assert.deepEqual(found(TABLE, { on: [{ left: 'id', right: 'rang' }] }), ['T-FIELD on.0.right']);
  assert.equal(lookupJoinSpec.config.safeParse({ table: TABLE, on: [] }).success, false);
});
