import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NodeSpec } from '../../contract/spec.ts';
import { appendOnly, field, INT, STRING } from '../../contract/types.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { drive } from '../../testing/drive.ts';
import { type DriveStep, timeline } from '../../testing/steps.ts';
import { verifyOperator, waysToRun } from '../../testing/verify.ts';
import { sortRuntime } from './operator.ts';
import { sortSpec } from './spec.ts';

const NODE = {
  spec: sortSpec as NodeSpec,
  runtime: sortRuntime as StatefulRuntime<Readonly<Record<string, unknown>>>,
};
const FIELDS = [field('k', STRING), field('v', INT)];

const at = (time: number, k: string | null, v: number | null = null): DriveStep => ({ time, row: { k, v } });
const out = (time: number, k: string | null, v: number | null = null) => ({ row: { k, v }, time });

test('rows leave by event time when the watermark has reached it; equal times as they came', () => {
  const rows = Object.fromEntries([...'abcd'].map((k) => [k, { k, v: null }]));
  const line = (text: string): DriveStep[] => timeline(text, rows, { tickMs: 10 });
  const result = verifyOperator({
    ...NODE,
    config: {},
    inputs: FIELDS,
    steps: [
      at(50, 'x'),
      at(20, 'b'),
      at(10, 'a'),
      at(20, 'c'),
      { watermark: 19 },
      { watermark: 20 },
      ...line('|'),
    ],
    expected: [out(10, 'a'), out(20, 'b'), out(20, 'c'), out(50, 'x')],
    order: 'exact',
  });
  assert.deepEqual(
    result.rows.map((r) => r.step),
    [4, 5, 5, 6],
  );
});

test('late is what comes at or before the last row that left, not all that the watermark passed', () => {
  verifyOperator({
    ...NODE,
    config: {},
    inputs: FIELDS,
    steps: [
      at(10, 'a'),
      { watermark: 15 },
      at(10, 'late'),
      at(13, 'c'),
      at(12, 'b'),
      { watermark: 16 },
      at(13, 'late'),
      { end: true },
    ],
    expected: [
      out(10, 'a'),
      out(12, 'b'),
      out(13, 'c'),
      { ...out(10, 'late'), port: 'late' },
      { ...out(13, 'late'), port: 'late' },
    ],
    order: 'bag',
  });
});

test('records of one time by further fields, NULL as the smallest value unless told otherwise', () => {
  const steps = [at(1, 'b', 1), at(1, null, 2), at(1, 'b', 3), at(1, 'a', 4), { end: true } as const];
  const sorted = (config: object): unknown[] =>
    drive({ ...NODE, config, inputs: FIELDS }, steps).rows.map((r) => r.row['v']);
  assert.deepEqual(sorted({ thenBy: [{ field: 'k' }] }), [2, 4, 1, 3]);
  assert.deepEqual(sorted({ thenBy: [{ field: 'k', direction: 'desc' }] }), [1, 3, 4, 2]);
  assert.deepEqual(sorted({ thenBy: [{ field: 'k', nulls: 'last' }] }), [4, 1, 3, 2]);
  assert.deepEqual(sorted({ thenBy: [{ field: 'k' }, { field: 'v', direction: 'desc' }] }), [2, 4, 3, 1]);
});

test('an unknown field, a field twice and rows without event time are refused', () => {
  const found: string[] = [];
  const thenBy = [{ field: 'k' }, { field: 'w' }, { field: 'k' }].map((t) => ({
    ...t,
    direction: 'asc' as const,
  }));
  sortSpec.schemas({
    config: { thenBy },
    inputs: { in: [appendOnly(FIELDS, false)] },
    report: (p) => found.push(`${p.code} ${p.path.join('.')}`),
  });
  assert.deepEqual(found, ['G-FIT ', 'T-FIELD thenBy.1.field', 'S-VALUE thenBy.2.field']);
});

test('any rows and watermarks: what leaves is sorted, what is late is what the plain reading says', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ time: fc.integer({ min: 0, max: 40 }), v: fc.option(fc.nat(3)) }) },
    { weight: 1, arbitrary: fc.record({ watermark: fc.integer({ min: 0, max: 40 }) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (made) => {
      const steps: DriveStep[] = made.map((s, n) =>
        'watermark' in s ? { watermark: s.watermark } : at(s.time, String(n), s.v),
      );
      steps.push({ end: true });
      const wanted = plain(steps);
      for (const way of waysToRun()) {
        const { rows } = drive(
          { ...NODE, config: { thenBy: [{ field: 'v', direction: 'desc' }] }, inputs: FIELDS },
          steps,
          way,
        );
        for (const port of ['out', 'late'] as const)
          assert.deepEqual(
            rows.filter((r) => r.port === port).map((r) => r.row['k']),
            wanted[port],
            way.name,
          );
      }
    }),
  );
});

/** The rule written out over a plain array. */
function plain(steps: readonly DriveStep[]): { out: string[]; late: string[] } {
  const given: { out: string[]; late: string[] } = { out: [], late: [] };
  let waiting: { time: number; k: string; v: number }[] = [];
  let last = -Infinity;
  let watermark = -Infinity;
  for (const step of steps) {
    if ('row' in step) {
      const k = String(step.row['k']);
      if (step.time <= last) given.late.push(k);
      else waiting.push({ time: step.time, k, v: step.row['v'] === null ? -1 : Number(step.row['v']) });
      continue;
    }
    const next = 'watermark' in step ? step.watermark : Infinity;
    if (next <= watermark) continue;
    watermark = next;
    const leaving = waiting.filter((w) => w.time <= watermark).sort((a, b) => a.time - b.time || b.v - a.v);
    waiting = waiting.filter((w) => w.time > watermark);
    given.out.push(...leaving.map((w) => w.k));
    last = leaving.at(-1)?.time ?? last;
  }
  return given;
}
