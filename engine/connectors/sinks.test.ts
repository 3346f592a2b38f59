import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchBuilder } from '../batch/builder.ts';
import { DELETE, INSERT, UPDATE_AFTER, UPDATE_BEFORE } from '../batch/changes.ts';
import type { Value } from '../batch/column.ts';
import type { Problem } from '../contract/problems.ts';
import {
  appendOnly,
  BIGINT,
  DOUBLE,
  type EdgeSchema,
  field,
  STRING,
  TIMESTAMP,
  updating,
} from '../contract/types.ts';
import { SystemClock } from '../runtime/clock.ts';
import type { SinkContext } from '../runtime/contracts.ts';
import { chartSink } from './chart/sink.ts';
import { chartSpec } from './chart/spec.ts';
import { nothingSink } from './nothing/sink.ts';
import { tableSink } from './table/sink.ts';
import { tableSpec } from './table/spec.ts';

const INPUT = appendOnly(
  [field('origin', STRING), field('start', TIMESTAMP), field('flights', BIGINT), field('delay', DOUBLE)],
  true,
);

function contextOf<C>(config: C): SinkContext<C> {
  return {
    nodeId: 'sink',
    config,
    clock: new SystemClock(),
    seed: 1,
    baseDir: '.',
    signal: new AbortController().signal,
    batchRows: 1024,
    log: () => {},
    input: INPUT,
  };
}

function batchOf(rows: readonly (readonly Value[])[]) {
  const builder = new BatchBuilder(INPUT.fields);
  for (const row of rows) builder.push(row);
  return builder.take(0);
}

function problemsOf(config: unknown, input: EdgeSchema = INPUT): Problem[] {
  const found: Problem[] = [];
  chartSpec.schemas({
    config: chartSpec.config.parse(config),
    inputs: { in: [input] },
    report: (p) => found.push(p),
  });
  return found;
}

test('table: shows the last rows and counts all of them', async () => {
  const sink = tableSink.create(contextOf(tableSpec.config.parse({ rows: 2 })));
  await sink.open();
  await sink.write(batchOf([1, 2, 3].map((n) => ['SFO', 0, n, 0])));
  assert.equal(sink.committed, 3);
  assert.deepEqual(
    sink.view?.().view.sample.rows.map((row) => row.cells[2]),
    [2, 3],
  );
});

test('table: refuses more rows than it may keep', () => {
  assert.equal(tableSpec.config.safeParse({ rows: 1001 }).success, false);
});

test('chart: keeps only drawn columns, and a point that comes again moves', async () => {
  const sink = chartSink.create(
    contextOf(chartSpec.config.parse({ x: 'start', y: ['delay'], series: 'origin' })),
  );
  await sink.open();
  await sink.write(
    batchOf([
      ['SFO', 0, 1, 5],
      ['LAX', 0, 1, 7],
    ]),
  );
  await sink.write(batchOf([['SFO', 0, 2, 9]]));
  const view = sink.view?.();
  assert.deepEqual(view?.view.chart, { mark: 'line', x: 'start', y: ['delay'], series: 'origin' });
  assert.deepEqual(
    view?.view.sample.columns.map((c) => c.name),
    ['start', 'origin', 'delay'],
  );
  assert.deepEqual(
    view?.view.sample.rows.map((row) => row.cells),
    [
      [0, 'LAX', 7],
      [0, 'SFO', 9],
    ],
  );
  assert.equal(sink.committed, 3);
});

test('chart: says which field does not arrive or does not fit', () => {
  assert.deepEqual(problemsOf({ x: 'start', y: ['delay'] }), []);
  const [missing] = problemsOf({ x: 'star', y: ['delay'] });
  assert.equal(missing?.code, 'T-FIELD');
  assert.equal(missing?.next, 'Did you mean start?');
  const [text] = problemsOf({ x: 'start', y: ['delay', 'origin'] });
  assert.deepEqual([text?.code, text?.path], ['T-TYPE', ['y', 1]]);
  assert.equal(problemsOf({ x: 'origin', y: ['delay'] })[0]?.code, 'T-TYPE');
  assert.deepEqual(problemsOf({ mark: 'bar', x: 'origin', y: ['delay'] }), []);
});

test('nothing: counts', async () => {
  const sink = nothingSink.create(contextOf({}));
  await sink.open();
  await sink.write(batchOf([['SFO', 0, 1, 5]]));
  assert.equal(sink.committed, 1);
});

const TOTALS = updating([field('origin', STRING, false), field('n', BIGINT)], false, ['origin']);
function changes(rows: readonly (readonly [number, string, number])[]) {
  const builder = new BatchBuilder(TOTALS.fields);
  for (const [, ...row] of rows) builder.push(row);
  return { ...builder.take(0), changes: Uint8Array.from(rows, ([change]) => change) };
}

test('table: shows an updating stream as its changes, or as the table that stands', async () => {
  const rows = [
    [INSERT, 'ATL', 1],
    [INSERT, 'ORD', 1],
    [UPDATE_BEFORE, 'ATL', 1],
    [UPDATE_AFTER, 'ATL', 2],
    [DELETE, 'ORD', 1],
  ] as const;
  const shown = async (show: string, input: EdgeSchema) => {
    const sink = tableSink.create({ ...contextOf(tableSpec.config.parse({ show })), input });
    await sink.write(changes(rows));
    return sink.view?.().view.sample.rows.map((row) => [row.change ?? '', ...row.cells]);
  };
  assert.deepEqual(
    (await shown('changes', TOTALS))?.map(([change]) => change),
    ['+I', '+I', '-U', '+U', '-D'],
  );
  assert.deepEqual(await shown('table', TOTALS), [['', 'ATL', 2]]);
  // Without a key rows are told apart by all their values, and equal ones are counted.
  assert.deepEqual(await shown('table', updating(TOTALS.fields, false)), [['', 'ATL', 2]]);
});

test('chart: the point of an updating stream moves, and goes with its delete', async () => {
  const config = chartSpec.config.parse({ mark: 'bar', x: 'origin', y: ['n'] });
  const sink = chartSink.create({ ...contextOf(config), input: TOTALS });
  await sink.write(
    changes([
      [INSERT, 'ATL', 1],
      [INSERT, 'ORD', 1],
      [UPDATE_BEFORE, 'ATL', 1],
      [UPDATE_AFTER, 'ATL', 2],
      [DELETE, 'ORD', 1],
    ]),
  );
  assert.deepEqual(
    sink.view?.().view.sample.rows.map((row) => row.cells),
    [['ATL', 2]],
  );
});
