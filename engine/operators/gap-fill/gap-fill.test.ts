import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NodeSpec } from '../../contract/spec.ts';
import { appendOnly, DOUBLE, field, INT, STRING, TIMESTAMP } from '../../contract/types.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { drive } from '../../testing/drive.ts';
import type { DriveStep } from '../../testing/steps.ts';
import { type ExpectedRow, verifyOperator, waysToRun } from '../../testing/verify.ts';
import { gapFillRuntime } from './operator.ts';
import { gapFillSpec } from './spec.ts';

const NODE = {
  spec: gapFillSpec as NodeSpec,
  runtime: gapFillRuntime as StatefulRuntime<Readonly<Record<string, unknown>>>,
};
const FIELDS = [field('k', STRING), field('value', DOUBLE), field('n', INT), field('name', STRING)];
const MINUTE = 60_000;
const LINE = { every: '1 min', fill: [{ field: 'value', with: 'interpolate' }] };

const at = (minute: number, value: number | null, k = 'a', n: number | null = 0, name = 'x'): DriveStep => ({
  time: minute * MINUTE,
  row: { k, value, n, name },
});
const out = (
  minute: number,
  value: number | null,
  more: object = { k: null, n: null, name: null },
): ExpectedRow => ({
  row: { k: 'a', value, n: 0, name: 'x', ...more },
  time: minute * MINUTE,
});
const REAL = { k: 'a', n: 0, name: 'x' };

test('between two records, released by the watermark, and nothing behind the last (RisingWave)', () => {
  verifyOperator({
    ...NODE,
    config: LINE,
    inputs: FIELDS,
    steps: [at(5, 15), at(0, 10), at(2, 12), at(8, 21), at(10, 25), { watermark: 10 * MINUTE - 5000 }],
    expected: [
      out(0, 10, REAL),
      out(1, 11),
      out(2, 12, REAL),
      out(3, 13),
      out(4, 14),
      out(5, 15, REAL),
      out(6, 17),
      out(7, 19),
      out(8, 21, REAL),
    ],
    order: 'exact',
  });
});

test('series by keys; the value before, the line between whole numbers, NULL, and the time as a field', () => {
  const fields = [...FIELDS, field('ts', TIMESTAMP)];
  const row = (minute: number, k: string | null, n: number | null, name: string): DriveStep => ({
    time: minute * MINUTE,
    row: { k, value: 1, n, name, ts: minute * MINUTE },
  });
  const result = (
    minute: number,
    k: string | null,
    n: number | null,
    name: string,
    value: number | null = 1,
  ): ExpectedRow => ({
    row: { k, value, n, name, ts: minute * MINUTE },
    time: minute * MINUTE,
  });
  verifyOperator({
    ...NODE,
    config: {
      every: '1 min',
      keys: ['k'],
      time: 'ts',
      fill: [
        { field: 'n', with: 'interpolate' },
        { field: 'name', with: 'previous' },
      ],
    },
    inputs: fields,
    steps: [
      row(0, 'a', 1, 'x'),
      row(1, null, 5, 'y'),
      row(3, 'a', 2, 'z'),
      row(3, null, null, 'y'),
      { end: true },
    ],
    expected: [
      result(0, 'a', 1, 'x'),
      result(1, null, 5, 'y'),
      result(1, 'a', 1, 'x', null),
      result(2, 'a', 2, 'x', null),
      result(3, 'a', 2, 'z'),
      result(2, null, null, 'y', null),
      result(3, null, null, 'y'),
    ],
  });
});

test('a gap that is too long stays open: no loop over ten thousand years', () => {
  verifyOperator({
    ...NODE,
    config: { ...LINE, longest: 2 },
    inputs: FIELDS,
    steps: [at(0, 0), at(3, 3), at(7, 7), at(5e9, 1), { end: true }],
    expected: [out(0, 0, REAL), out(1, 1), out(2, 2), out(3, 3, REAL), out(7, 7, REAL), out(5e9, 1, REAL)],
    order: 'exact',
  });
});

test('the watermark waits for the series that may still have a gap filled', () => {
  const { watermarks } = drive({ ...NODE, config: { ...LINE, keys: ['k'], longest: 3 }, inputs: FIELDS }, [
    at(0, 1, 'a'),
    at(1, 1, 'b'),
    { watermark: 2 * MINUTE },
    at(3, 1, 'b'),
    { watermark: 3 * MINUTE },
    { watermark: 4 * MINUTE },
    at(9, 1, 'a'),
    { watermark: 20 * MINUTE },
    at(21, 1, 'a'),
    { watermark: 21 * MINUTE },
  ]);
  // a at 0 holds until 4, when its gap would be too long; then b at 3; then nobody; then a at 21.
  assert.deepEqual(
    watermarks.map((w) => w.time / MINUTE),
    [0, 3, 20, 21],
  );
});

test('late records go to their port', () => {
  verifyOperator({
    ...NODE,
    config: LINE,
    inputs: FIELDS,
    steps: [at(5, 1), { watermark: 5 * MINUTE }, at(4, 2), { end: true }],
    expected: [out(5, 1, REAL), { ...out(4, 2, REAL), port: 'late' }],
  });
});

test('late is what the watermark passed, whatever other series let go before: so it does not hang on who runs them', () => {
  verifyOperator({
    ...NODE,
    config: LINE,
    inputs: FIELDS,
    steps: [at(5, 1), { watermark: 7 * MINUTE }, at(6, 2), { end: true }],
    expected: [out(5, 1, REAL), { ...out(6, 2, REAL), port: 'late' }],
  });
});

test('any rows: after the end no two records of a series are further apart than told', () => {
  const row = fc.record({ minute: fc.nat(60), k: fc.constantFrom('a', 'b') });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 25 }), (made) => {
      const steps: DriveStep[] = made.map((r, n) => at(r.minute, n, r.k));
      const wanted = ['a', 'b'].flatMap((k) => {
        const own = made.filter((r) => r.k === k).map((r) => r.minute);
        const low = Math.min(...own);
        const high = Math.max(...own);
        const times: number[] = [];
        for (let m = low; m <= high; m++) times.push(...(own.includes(m) ? own.filter((o) => o === m) : [m]));
        return times.map((m) => `${k} ${m}`);
      });
      for (const way of waysToRun()) {
        const driven = { ...NODE, config: { ...LINE, keys: ['k'] }, inputs: FIELDS };
        const { rows } = drive(driven, [...steps, { end: true }], way);
        const seen = rows.map((r) => `${r.row['k']} ${Number(r.time) / MINUTE}`);
        assert.deepEqual(seen.sort(), wanted.sort(), way.name);
      }
    }),
    { numRuns: 50 },
  );
});

test('wrong settings are refused with their place', () => {
  const problems = (config: object, eventTime = true): string[] => {
    const found: string[] = [];
    gapFillSpec.schemas({
      config: gapFillSpec.config.parse({ every: '1 min', ...config }),
      inputs: { in: [appendOnly(FIELDS, eventTime)] },
      report: (p) => found.push(`${p.code} ${p.path.join('.')}`),
    });
    return found;
  };
  assert.deepEqual(problems({}, false), ['G-FIT every']);
  assert.deepEqual(problems({ keys: ['no'] }), ['T-FIELD keys.0']);
  assert.deepEqual(problems({ time: 'value' }), ['T-TYPE time']);
  assert.deepEqual(problems({ fill: [{ field: 'name', with: 'interpolate' }] }), ['T-TYPE fill.0.field']);
  assert.deepEqual(problems({ keys: ['k'], fill: [{ field: 'k', with: 'previous' }] }), [
    'S-VALUE fill.0.field',
  ]);
});
