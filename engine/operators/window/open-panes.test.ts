import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { appendOnly, BIGINT, field, STRING } from '../../contract/types.ts';
import { drive } from '../../testing/drive.ts';
import type { DriveStep } from '../../testing/steps.ts';
import { windowRuntime } from './operator.ts';
import { windowSpec } from './spec.ts';

const FIELDS = [field('key', STRING), field('n', BIGINT)];
const open = (window: object, steps: readonly DriveStep[], more: object = {}) => {
  const config = {
    window,
    keys: ['key'],
    aggregates: [
      { function: 'count', as: 'rows' },
      { function: 'sum', of: 'n', as: 'sum' },
    ],
    ...more,
  };
  const runtime = windowRuntime as unknown as Parameters<typeof drive>[0]['runtime'];
  const { tasks } = drive(
    { spec: windowSpec, runtime, config, inputs: { in: appendOnly(FIELDS, true) } },
    steps,
  );
  const panes = tasks[0]?.operator.openPanes?.();
  assert.ok(panes !== undefined);
  return panes;
};
const row = (key: string | null, n: number, time: number): DriveStep => ({ row: { key, n }, time });
const shown = ({ rows }: ReturnType<typeof open>) => rows.map((r) => [r.start, r.end, r.due, ...r.cells]);

describe('open panes', () => {
  test('tumbling: key by key what stands in them, those that fire first in front', () => {
    const panes = open({ kind: 'tumbling', size: '10 s' }, [
      row('a', 1, 12_000),
      row('b', 2, 1000),
      row(null, 3, 2000),
      row('b', 4, 3000),
    ]);
    assert.deepEqual(
      panes.columns.map(({ name, type, role }) => `${name} ${type} ${role}`),
      ['key STRING key', 'rows BIGINT aggregate', 'sum BIGINT aggregate'],
    );
    assert.deepEqual(shown(panes), [
      [0, 10_000, 9999, 'b', 2, 6],
      [0, 10_000, 9999, null, 1, 3],
      [10_000, 20_000, 19_999, 'a', 1, 1],
    ]);
    assert.equal(panes.total, 3);
  });

  test('what has fired is gone; with allowed lateness it stays until it is given up', () => {
    const steps = [row('a', 1, 1000), { watermark: 15_000 }];
    assert.deepEqual(shown(open({ kind: 'tumbling', size: '10 s' }, steps)), []);
    assert.deepEqual(shown(open({ kind: 'tumbling', size: '10 s' }, steps, { lateness: '20 s' })), [
      [0, 10_000, 29_999, 'a', 1, 1],
    ]);
  });

  test('hopping: the panes that windows share', () => {
    const panes = open({ kind: 'hopping', size: '10 s', slide: '5 s' }, [
      row('a', 1, 6000),
      row('a', 2, 7000),
    ]);
    assert.deepEqual(shown(panes), [[5000, 10_000, 9999, 'a', 2, 3]]);
  });

  test('sessions, one after the other and grown together', () => {
    const panes = open({ kind: 'session', gap: '5 s' }, [
      row('a', 1, 0),
      row('a', 2, 20_000),
      row('a', 4, 3000),
    ]);
    assert.deepEqual(
      shown(panes).map(([start, end, , ...rest]) => [start, end, ...rest]),
      [
        [0, 8000, 'a', 2, 5],
        [20_000, 25_000, 'a', 1, 2],
      ],
    );
  });

  test('by count: no bounds, and nothing to wait for', () => {
    const panes = open({ kind: 'count', size: 3 }, [row('a', 1, 0), row('a', 2, 0), row('b', 5, 0)]);
    assert.deepEqual(shown(panes), [
      [null, null, null, 'a', 2, 3],
      [null, null, null, 'b', 1, 5],
    ]);
  });

  test('thousands: the first to fire are sent, all are counted', () => {
    const panes = open(
      { kind: 'tumbling', size: '10 s' },
      Array.from({ length: 3000 }, (_, n) => row(`k${n}`, n, n * 10)),
    );
    assert.deepEqual([panes.rows.length, panes.total], [500, 3000]);
    assert.ok(panes.rows.every((r) => r.due === 9999));
  });
});
