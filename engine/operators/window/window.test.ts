import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeSpec } from '../../contract/spec.ts';
import { BIGINT, DOUBLE, field, INT, STRING } from '../../contract/types.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { type DriveStep, driveOperator } from '../../testing/drive.ts';
import { windowRuntime } from './operator.ts';
import { windowSpec } from './spec.ts';

const FIELDS = [field('key', STRING), field('value', INT), field('big', BIGINT), field('real', DOUBLE)];
const COUNT = { function: 'count', as: 'n' };
const SUM = { function: 'sum', of: 'value', as: 'sum' };

const row = (time: number, key: string | null, value: number | null = 1): DriveStep => ({
  time,
  row: { key, value },
});
const wm = (watermark: number): DriveStep => ({ watermark });

/** Rows of each port as `key start end n sum…`, at every batch size: they must not differ. */
function drive(config: object, steps: readonly DriveStep[]): { out: string[]; late: string[] } {
  const results = [1, 2, 7, 1024].map((size) => {
    const driven = driveOperator(
      windowSpec as NodeSpec,
      windowRuntime as StatefulRuntime<Readonly<Record<string, unknown>>>,
      { keys: ['key'], aggregates: [COUNT, SUM], ...config },
      FIELDS,
      steps,
      size,
    );
    const text = (port: string): string[] =>
      driven.filter((d) => d.port === port).map((d) => Object.values(d.row).map(String).join(' '));
    return { out: text('out'), late: text('late') };
  });
  for (const other of results) assert.deepEqual(other, results[0]);
  return results[0] ?? { out: [], late: [] };
}

const tumbling = (size: string, more: object = {}): object => ({
  window: { kind: 'tumbling', size },
  ...more,
});

test('a tumbling window fires when the watermark reaches end − 1, once per key', () => {
  const steps = [
    row(0, 'a', 1),
    row(5, 'b', 2),
    row(9, 'a', 3),
    row(10, 'a', 4),
    wm(8),
    wm(9),
    { end: true } as const,
  ];
  assert.deepEqual(drive(tumbling('10 ms'), steps).out, ['a 0 10 2 4', 'b 0 10 1 2', 'a 10 20 1 4']);
});

test('negative times fall into windows before the epoch', () => {
  assert.deepEqual(
    drive(tumbling('10 ms'), [row(-1, 'a'), row(-10, 'a'), row(-11, 'a'), { end: true }]).out,
    ['a -20 -10 1 1', 'a -10 0 2 2'],
  );
});

test('a late row goes to the late port, and only when its last window is over', () => {
  const hopping = { window: { kind: 'hopping', size: '10 ms', slide: '5 ms' } };
  const steps = [row(7, 'a'), wm(9), row(8, 'a'), row(4, 'a'), wm(14), row(9, 'a'), { end: true } as const];
  const { out, late } = drive(hopping, steps);
  // [0,10) fired with one row; 8 still counts in [5,15); 4 has only [−5,5) and [0,10), both over.
  assert.deepEqual(out, ['a 0 10 1 1', 'a 5 15 2 2']);
  assert.deepEqual(late, ['a 1 null null', 'a 1 null null']);
});

test('allowed lateness fires a window again for each row, then forgets it', () => {
  const steps = [
    row(1, 'a', 1),
    wm(9),
    row(2, 'a', 2),
    wm(13),
    row(3, 'a', 4),
    wm(14),
    row(4, 'a', 8),
    { end: true } as const,
  ];
  const { out, late } = drive(tumbling('10 ms', { lateness: '5 ms' }), steps);
  assert.deepEqual(out, ['a 0 10 1 1', 'a 0 10 2 3', 'a 0 10 3 7']);
  assert.equal(late.length, 1);
});

test('hopping windows whose size is no multiple of the slide', () => {
  const steps = [row(21, 'a', 5), { end: true } as const];
  assert.deepEqual(drive({ window: { kind: 'hopping', size: '12 ms', slide: '5 ms' } }, steps).out, [
    'a 10 22 1 5',
    'a 15 27 1 5',
    'a 20 32 1 5',
  ]);
});

test('sessions extend, touch, and merge across a gap that a late row fills', () => {
  const session = { window: { kind: 'session', gap: '10 ms' } };
  assert.deepEqual(drive(session, [row(0, 'a'), row(10, 'a'), row(21, 'a'), { end: true }]).out, [
    'a 0 20 2 2',
    'a 21 31 1 1',
  ]);
  assert.deepEqual(drive(session, [row(0, 'a', 1), row(20, 'a', 2), row(10, 'a', 4), { end: true }]).out, [
    'a 0 30 3 7',
  ]);
});

test('a row too late for a session of its own still joins a session that is open', () => {
  const session = { window: { kind: 'session', gap: '10 ms' } };
  const steps = [
    row(15, 'a', 1),
    wm(16),
    row(6, 'a', 2),
    row(3, 'a', 4),
    row(1, 'b', 8),
    { end: true } as const,
  ];
  const { out, late } = drive(session, steps);
  assert.deepEqual(out, ['a 3 25 3 7']);
  assert.deepEqual(late, ['b 8 null null']);
});

test('NULL is a key, and does not count in aggregates', () => {
  const aggregates = [
    COUNT,
    { function: 'count', of: 'value', as: 'c' },
    SUM,
    { function: 'avg', of: 'value', as: 'avg' },
  ];
  const steps = [
    row(0, null, null),
    row(1, 'a', null),
    row(2, null, 3),
    row(3, null, 4),
    { end: true } as const,
  ];
  assert.deepEqual(drive(tumbling('10 ms', { aggregates }), steps).out, [
    'null 0 10 3 2 7 3',
    'a 0 10 1 0 null null',
  ]);
});

test('expressions, distinct counts, minimum and maximum', () => {
  const aggregates = [
    { function: 'sum', of: 'value * 2', as: 'twice' },
    { function: 'count-distinct', of: 'value', as: 'd' },
    { function: 'min', of: 'key', as: 'least' },
    { function: 'max', of: 'value', as: 'most' },
  ];
  const steps = [row(0, 'b', 3), row(1, 'a', 3), row(2, 'c', 5), { end: true } as const];
  assert.deepEqual(drive(tumbling('10 ms', { keys: [], aggregates }), steps).out, ['0 10 22 2 a 5']);
});

test('an offset moves the windows, whatever its sign', () => {
  const window = { kind: 'tumbling', size: '24 h', offset: '-8 h' };
  assert.deepEqual(drive({ window }, [row(0, 'a'), { end: true }]).out, [
    `a ${-8 * 3_600_000} ${16 * 3_600_000} 1 1`,
  ]);
});

test('a watermark that jumps 10,000 years passes over empty windows', () => {
  const far = 10_000 * 365 * 86_400_000;
  const steps = [row(0, 'a'), wm(far), row(far + 5, 'a'), { end: true } as const];
  assert.equal(
    drive({ window: { kind: 'hopping', size: '10 ms', slide: '1 ms' } }, steps).out.length,
    10 + 10,
  );
});

test('processing-time windows take the clock, and what is open at the end is given', () => {
  const steps = [
    row(99, 'a'),
    { clock: 5 },
    row(99, 'a'),
    { clock: 10 },
    row(99, 'a'),
    { end: true } as const,
  ];
  assert.deepEqual(drive(tumbling('10 ms', { time: 'processing' }), steps).out, [
    'a 0 10 2 2',
    'a 10 20 1 1',
  ]);
});

test('keys that come and go do not pile up', () => {
  const steps: DriveStep[] = [];
  for (let i = 0; i < 200_000; i++) {
    steps.push(row(i * 10, `k${i}`));
    if (i % 1000 === 999) steps.push(wm(i * 10));
  }
  steps.push({ end: true });
  const driven = driveOperator(
    windowSpec as NodeSpec,
    windowRuntime as StatefulRuntime<Readonly<Record<string, unknown>>>,
    { ...tumbling('10 ms'), keys: ['key'], aggregates: [COUNT] },
    FIELDS,
    steps,
  );
  assert.equal(driven.length, 200_000);
  assert.ok(driven.every((d, i) => d.row['key'] === `k${i}` && d.row['n'] === 1));
});
