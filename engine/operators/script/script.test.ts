import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BIGINT, DOUBLE, field, INT, parseType, STRING, TIMESTAMP } from '../../contract/types.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { drive } from '../../testing/drive.ts';
import { verifyOperator } from '../../testing/verify.ts';
import { scriptRuntime } from './operator.ts';
import { loadQuickJs } from './sandbox.ts';
import { scriptSpec } from './spec.ts';

const runtime = scriptRuntime as unknown as StatefulRuntime<Readonly<Record<string, unknown>>>;
const base = { spec: scriptSpec, runtime, order: 'exact' as const };
const FIELDS = [field('k', STRING), field('v', INT)];
const at = (time: number, k: string | null, v: number | null) => ({ time, row: { k, v } });

await loadQuickJs();

test('nothing, one record or several; event time goes along; fields that are left out are NULL', () => {
  verifyOperator({
    ...base,
    config: {
      code: `function onRecord({ k, v }) {
        if (v === null) return;
        if (v === 0) return [];
        return v === 1 ? { k } : [{ k, v }, null, { k: k + '!', v: v + 1 }];
      }`,
    },
    inputs: FIELDS,
    steps: [at(1, 'a', 1), at(2, 'b', null), at(3, 'c', 0), at(4, 'd', 5), { end: true }],
    expected: [
      { row: { k: 'a', v: null }, time: 1 },
      { row: { k: 'd', v: 5 }, time: 4 },
      { row: { k: 'd!', v: 6 }, time: 4 },
    ],
  });
});

const SUMS = `function onRecord({ k, v }, context) {
  if (v === null) { context.state = null; return; }
  context.state.sum = (context.state.sum ?? 0) + v;
  return { k, v: context.state.sum };
}`;

test('state by key, NULL among the keys; null forgets', () => {
  const { tasks } = verifyOperator({
    ...base,
    config: { code: SUMS, keys: ['k'] },
    inputs: FIELDS,
    steps: [at(1, 'a', 1), at(2, null, 5), at(3, 'a', 2), at(4, 'a', null), at(5, 'a', 7), at(6, null, 1)],
    expected: [
      { row: { k: 'a', v: 1 } },
      { row: { k: null, v: 5 } },
      { row: { k: 'a', v: 3 } },
      { row: { k: 'a', v: 7 } },
      { row: { k: null, v: 6 } },
    ],
  });
  const [operator] = tasks.map((task) => task.operator);
  assert.equal(operator?.stateRows, 2);
  assert.ok((operator?.stateBytes ?? 0) > 1000);
});

test('property: sums by key as a plain loop makes them', () => {
  const row = fc.record({
    k: fc.constantFrom('a', 'b', null),
    v: fc.option(fc.integer({ min: -9, max: 9 }), { nil: null }),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 25 }), (rows) => {
      const sums = new Map<string | null, number>();
      const expected = rows.flatMap(({ k, v }) => {
        if (v === null) {
          sums.delete(k);
          return [];
        }
        sums.set(k, (sums.get(k) ?? 0) + v);
        return [{ row: { k, v: sums.get(k) ?? 0 } }];
      });
      verifyOperator({
        ...base,
        config: { code: SUMS, keys: ['k'] },
        inputs: FIELDS,
        steps: rows.map(({ k, v }, i) => at(i, k, v)),
        expected,
      });
    }),
    { numRuns: 15 },
  );
});

test('timers fire when the watermark passes, in order of time, once; with the key’s state', () => {
  verifyOperator({
    ...base,
    config: {
      keys: ['k'],
      code: `function onRecord({ k, v }, context) {
        context.state.n = (context.state.n ?? 0) + 1;
        if (v < 0) context.clearTimer(-v);
        else { context.setTimer(v); context.setTimer(v); }
      }
      function onTimer(time, context) {
        if (time === 40) context.setTimer(41);
        return { k: context.key.k + context.state.n + ' ' + context.watermark, v: time };
      }`,
    },
    inputs: FIELDS,
    steps: [
      at(1, 'a', 30),
      at(2, 'b', 20),
      at(3, 'a', 10),
      { watermark: 10 },
      at(12, 'b', 25),
      at(13, 'b', -25),
      at(14, 'a', 40),
      { watermark: 35 },
      at(36, 'a', 90),
      { end: true },
    ],
    expected: [
      { row: { k: 'a2 null', v: 10 }, time: 10 },
      { row: { k: 'b3 10', v: 20 }, time: 20 },
      { row: { k: 'a3 10', v: 30 }, time: 30 },
      { row: { k: 'a4 35', v: 40 }, time: 40 },
      { row: { k: 'a4 35', v: 41 }, time: 41 },
      { row: { k: 'a4 35', v: 90 }, time: 90 },
    ],
  });
});

test('values of every type go in and out as they are', () => {
  const type = (text: string) => parseType(text) ?? STRING;
  const fields = [
    field('constructor', STRING),
    field('n', BIGINT),
    field('x', DOUBLE),
    field('at', TIMESTAMP),
    field('d', type('DECIMAL(20, 2)')),
    field('b', type('BYTES')),
    field('xs', type('ARRAY<BIGINT>')),
    field('r', type('ROW<a BOOLEAN, b ARRAY<STRING>>')),
  ];
  const rows = [
    { n: 5, x: 0.1, at: 7, d: 1230n, b: Uint8Array.of(1, 255), xs: [1, null], r: [true, ['é"\n']] },
    { n: 2n ** 62n, x: Number.NaN, at: -1, d: -5n, b: null, xs: [], r: [null, null] },
    { n: null, x: -Infinity, at: null, d: 10n ** 17n, b: new Uint8Array(0), xs: null, r: null },
  ].map((row) => ({ constructor: 'own', ...row }));
  verifyOperator({
    ...base,
    config: { code: 'const onRecord = (record) => record;' },
    inputs: fields,
    steps: rows.map((row, i) => ({ time: i, row })),
    expected: rows.map((row) => ({ row })),
  });
});

test('what throws or does not fit goes to the errors port with its line, and nothing of it passes', () => {
  const result = verifyOperator({
    ...base,
    config: {
      code: `function onRecord({ k, v }) {
  switch (k) {
    case 'throws': throw new RangeError('no');
    case 'text': throw 'just text';
    case 'null': return null.x;
    case 'type': return [{ k, v: 1 }, { k, v: 'x' }];
    case 'float': return { v: 1.5 };
    case 'extra': return { k, w: 1 };
    case 'number': return 7;
    case 'async': return Promise.resolve({ k });
    case 'deep': return (function f() { return f(); })();
    case 'random': return { v: Math.random() };
    case 'clock': return { v: Date.now() };
  }
  return { k, v };
}`,
    },
    inputs: FIELDS,
    steps: [
      'ok',
      'throws',
      'text',
      'null',
      'type',
      'float',
      'extra',
      'number',
      'async',
      'deep',
      'random',
      'clock',
      'ok',
    ].map((k, i) => at(i, k, i)),
    expected: [{ row: { k: 'ok', v: 0 } }, { row: { k: 'ok', v: 12 } }],
    deadLetters: Array.from({ length: 11 }, () => 'R-RECORD'),
  });
  const messages = result.deadLetters.map((l) => l.problem.message);
  const has = (part: RegExp): void =>
    assert.ok(
      messages.some((m) => part.test(m)),
      `${part} in ${messages.join('; ')}`,
    );
  has(/^RangeError: no \(line 3\)$/);
  has(/^thrown: just text$/);
  has(/^TypeError: .*line 5/);
  has(/"x" for v, which is INT/);
  has(/1\.5 for v, which is INT/);
  has(/no field "w"/);
  has(/not number/);
  has(/a promise/);
  has(/stack/i);
  has(/Math\.random/);
  has(/Date/);
  assert.equal(
    result.deadLetters.find((l) => /just text/.test(l.problem.message))?.raw,
    '{"k":"text","v":2}',
  );
});

test('two equal runs give equal rows, and batches of any size', () => {
  const code = `let n = 0; function onRecord({ k }) { return { k, v: ++n }; }`;
  const steps = Array.from({ length: 30 }, (_, i) => at(i, `k${i}`, 0));
  const one = drive({ ...base, config: { code }, inputs: FIELDS }, steps, { batchRows: 1 }).rows;
  const all = drive({ ...base, config: { code }, inputs: FIELDS }, steps, { batchRows: 1024 }).rows;
  assert.deepEqual(
    one.map((r) => r.row),
    all.map((r) => r.row),
  );
});
