import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Sample } from '../../../engine/contract/link.ts';
import { place, ticksOf, tickText } from './scale.ts';
import { RECORDS_MAX, TimeTrace } from './trace.ts';

const sample = (total: number, rows: Sample['rows'], columns: Sample['columns'] = []): Sample => ({
  columns,
  rows,
  total,
});
const row = (time: number, processed: number, cells: Sample['rows'][number]['cells'] = []) => ({
  time,
  processed,
  cells,
});
const BOUNDS = ['window_start', 'window_end', 'rows'].map((name) => ({ name, type: 'TIMESTAMP' }));

describe('what the time plot shows', () => {
  test('each record once, however often its sample comes', () => {
    const trace = new TimeTrace();
    trace.take('in', sample(2, [row(1, 10), row(2, 11)]), false);
    trace.take('in', sample(2, [row(1, 10), row(2, 11)]), false);
    trace.take('in', sample(3, [row(1, 10), row(2, 11), row(3, 12)]), false);
    trace.take('late', sample(1, [row(0, 12)]), true);
    assert.deepEqual(
      trace.records.map((r) => [r.event, r.processed, r.late]),
      [
        [1, 10, false],
        [2, 11, false],
        [3, 12, false],
        [0, 12, true],
      ],
    );
  });

  test('no more than fit, and nothing without event time', () => {
    const trace = new TimeTrace();
    for (let n = 1; n <= 2000; n++) trace.take('in', sample(n * 3, [row(n, n), row(n, n), row(n, n)]), false);
    assert.equal(trace.records.length, RECORDS_MAX);
    assert.equal(trace.records.at(-1)?.event, 2000);
    trace.take('other', sample(1, [{ time: null, processed: 5, cells: [] }]), false);
    assert.equal(trace.records.at(-1)?.event, 2000);
  });

  test('a window is open, fires with all its keys, and fires again', () => {
    const trace = new TimeTrace();
    const columns = [
      { name: 'key', type: 'STRING', role: 'key' },
      { name: 'rows', type: 'BIGINT', role: 'aggregate' },
    ] as const;
    const open = (cells: [string, number][]) => ({
      columns: [...columns],
      rows: cells.map((own) => ({ start: 0, end: 10, due: 9, cells: own })),
      total: cells.length,
      stateBytes: 0,
    });
    trace.takeOpen(open([['a', 1]]), 100);
    trace.takeOpen(
      open([
        ['a', 2],
        ['b', 3],
      ]),
      200,
    );
    const only = () => [...trace.windows.values()].map((w) => [w.since, w.firedAt, w.label, ...w.refiredAt]);
    assert.deepEqual(only(), [[100, null, '5']]);
    trace.takeFired('out', sample(2, [row(9, 300, [0, 10, 4]), row(9, 300, [0, 10, 3])], BOUNDS));
    assert.deepEqual(only(), [[100, 300, '7']]);
    trace.takeOpen(open([['a', 9]]), 350);
    assert.deepEqual(only(), [[100, 300, '7']]);
    trace.takeFired('out', sample(3, [row(9, 400, [0, 10, 8])], BOUNDS));
    assert.deepEqual(only(), [[100, 300, '8', 400]]);
  });

  test('the watermark as steps', () => {
    const trace = new TimeTrace();
    trace.takeWatermark(1, Number.NaN);
    trace.takeWatermark(2, 50);
    trace.takeWatermark(3, 50);
    trace.takeWatermark(4, 60);
    trace.takeWatermark(5, Infinity);
    assert.deepEqual(trace.steps, [
      { at: 2, watermark: 50 },
      { at: 4, watermark: 60 },
    ]);
  });
});

test('axes: lines stand at round times, and are called as short as that allows', () => {
  const axis = { from: 0, to: 60_000, low: 0, high: 600 };
  const ticks = ticksOf(axis, 90);
  assert.deepEqual(ticks, [0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
  assert.deepEqual([tickText(10_000, ticks, 'utc'), place(axis, 30_000)], ['00:00:10', 300]);
  const hours = ticksOf({ ...axis, to: 6 * 3_600_000 }, 90);
  assert.equal(tickText(hours[1] as number, hours, 'utc'), '01:00');
  const days = ticksOf({ ...axis, to: 20 * 86_400_000 }, 90);
  assert.equal(tickText(days[1] as number, days, 'utc'), '1970-01-08');
  assert.equal(tickText(1500, ticksOf({ ...axis, from: 1000, to: 3000 }, 90), 'utc'), '00:00:01.500');
});
