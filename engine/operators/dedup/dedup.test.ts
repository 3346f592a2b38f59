import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ChangeName } from '../../batch/changes.ts';
import type { NodeSpec } from '../../contract/spec.ts';
import { appendOnly, DOUBLE, field, INT, STRING, TIMESTAMP } from '../../contract/types.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { drive } from '../../testing/drive.ts';
import type { DriveStep } from '../../testing/steps.ts';
import { type ExpectedRow, verifyOperator, waysToRun } from '../../testing/verify.ts';
import { dedupRuntime } from './operator.ts';
import { dedupSpec } from './spec.ts';

const NODE = {
  spec: dedupSpec as NodeSpec,
  runtime: dedupRuntime as StatefulRuntime<Readonly<Record<string, unknown>>>,
};
const FIELDS = [field('key', STRING), field('value', INT)];
const EVENT_TIME = { kind: 'event-time' };

const row = (time: number, key: string | null, value: number): DriveStep => ({ time, row: { key, value } });
const out = (key: string | null, value: number, change: ChangeName = '+I', time?: number): ExpectedRow => ({
  row: { key, value },
  change,
  ...(time === undefined ? {} : { time }),
});

function verify(config: object, steps: readonly DriveStep[], expected: readonly ExpectedRow[]): void {
  verifyOperator({
    ...NODE,
    config: { keys: ['key'], ...config },
    inputs: FIELDS,
    steps,
    expected,
    order: 'exact',
  });
}

test('first by arrival: at once, append-only; NULL is a key', () => {
  verify(
    {},
    [row(5, 'a', 1), row(1, 'a', 2), row(2, null, 3), { watermark: 9 }, row(3, null, 4), row(4, 'b', 5)],
    [out('a', 1, '+I', 5), out(null, 3, '+I', 2), out('b', 5, '+I', 4)],
  );
});

test('last by arrival: the same record again changes nothing, unless keys are forgotten', () => {
  const steps = [row(1, 'a', 1), row(2, 'a', 1), row(3, 'a', 2)];
  verify({ keep: 'last' }, steps, [out('a', 1), out('a', 1, '-U'), out('a', 2, '+U')]);
  verify({ keep: 'last', results: { kind: 'changes', ttl: '1 h' } }, steps, [
    out('a', 1),
    out('a', 1, '-U'),
    out('a', 1, '+U'),
    out('a', 1, '-U'),
    out('a', 2, '+U'),
  ]);
});

test('last by event time (Flink, RowTimeDeduplicateFunctionTest): an equal time replaces, an earlier one does not', () => {
  verify(
    { keep: 'last', by: EVENT_TIME },
    [
      row(99, 'key1', 13),
      row(100, 'key1', 12),
      row(101, 'key2', 11),
      { watermark: 102 },
      row(300, 'key1', 12),
      row(301, 'key2', 11),
      row(299, 'key3', 5),
      row(300, 'key1', 7),
      row(250, 'key1', 8),
      { watermark: 302 },
    ],
    [
      out('key1', 13),
      out('key1', 13, '-U'),
      out('key1', 12, '+U'),
      out('key2', 11),
      out('key1', 12, '-U'),
      out('key1', 12, '+U'),
      out('key2', 11, '-U'),
      out('key2', 11, '+U'),
      out('key3', 5),
      out('key1', 12, '-U'),
      out('key1', 7, '+U'),
    ],
  );
});

test('first by event time, kept up to date: an earlier record corrects it, an equal one does not', () => {
  verify(
    { by: EVENT_TIME },
    [row(9, 'a', 1), row(9, 'a', 2), row(7, 'a', 3), { watermark: 20 }, row(5, 'a', 4)],
    [out('a', 1), out('a', 1, '-U'), out('a', 3, '+U'), out('a', 3, '-U'), out('a', 4, '+U')],
  );
});

test('first by event time, final: given when the watermark reaches it, late where its key was not given', () => {
  const result = verifyOperator({
    ...NODE,
    config: { keys: ['key'], by: EVENT_TIME, results: { kind: 'final' } },
    inputs: FIELDS,
    steps: [
      row(20, 'a', 1),
      row(10, 'a', 2),
      row(10, 'a', 3),
      row(15, 'b', 4),
      { watermark: 9 },
      { watermark: 10 },
      row(8, 'a', 5),
      row(9, 'b', 6),
      row(11, 'b', 7),
      { watermark: 30 },
      row(25, 'c', 8),
      row(40, 'a', 9),
      row(35, 'c', 10),
      { end: true },
    ],
    expected: [
      out('a', 2, '+I', 10),
      { ...out('b', 6, '+I', 9), port: 'late' },
      out('b', 7, '+I', 11),
      { ...out('c', 8, '+I', 25), port: 'late' },
      out('c', 10, '+I', 35),
    ],
    order: 'bag',
  });
  assert.deepEqual(
    result.rows.filter((r) => r.port === 'out').map((r) => r.step),
    [5, 9, 13],
  );
});

test('a forgotten key starts anew: counted from its record, not from those that were dropped', () => {
  const steps = [row(1, 'a', 1), { clock: 8 }, row(2, 'a', 2), { clock: 10 }, row(3, 'a', 3)];
  verify({ results: { kind: 'changes', ttl: '10 ms' } }, steps, [out('a', 1), out('a', 3)]);
  verify({ by: EVENT_TIME, results: { kind: 'changes', ttl: '10 ms' } }, steps, [out('a', 1), out('a', 3)]);
  verify({ keep: 'last', results: { kind: 'changes', ttl: '10 ms' } }, steps, [
    out('a', 1),
    out('a', 1, '-U'),
    out('a', 2, '+U'),
    out('a', 2, '-U'),
    out('a', 3, '+U'),
  ]);
});

test('final: a timer of a replaced record does not give a later one before its time', () => {
  verify(
    { by: EVENT_TIME, results: { kind: 'final', ttl: '10 ms' } },
    [
      row(30, 'a', 1),
      row(10, 'a', 2),
      { watermark: 15 },
      { clock: 10 },
      row(50, 'a', 3),
      { watermark: 40 },
      row(45, 'a', 4),
      { watermark: 60 },
    ],
    [out('a', 2), out('a', 4)],
  );
});

test('by a field: NULL is the smallest', () => {
  const fields = [field('key', STRING), field('value', INT), field('version', DOUBLE)];
  const at = (version: number | null, value: number): DriveStep => ({
    time: 0,
    row: { key: 'a', value, version },
  });
  const kept = (keep: string): unknown[] =>
    drive(
      { ...NODE, config: { keys: ['key'], keep, by: { kind: 'field', field: 'version' } }, inputs: fields },
      [at(2, 1), at(null, 2), at(3, 3), at(2.5, 4)],
    ).rows.map((r) => `${r.change}${r.row['value']}`);
  assert.deepEqual(kept('first'), ['+I1', '-U1', '+U2']);
  assert.deepEqual(kept('last'), ['+I1', '-U1', '+U3']);
});

const BIDS = [
  field('bidtime', TIMESTAMP),
  field('item', STRING),
  field('window_start', TIMESTAMP),
  field('window_end', TIMESTAMP),
];
const bid = (bidtime: number, item: string, start: number | null): DriveStep => ({
  time: bidtime,
  row: { bidtime, item, window_start: start, window_end: start === null ? null : start + 10 },
});
const given = (bidtime: number, item: string, start: number): ExpectedRow => ({
  row: { bidtime, item, window_start: start, window_end: start + 10 },
  time: start + 9,
});

test('one per window, when it closes (Flink, window deduplication)', () => {
  const steps = [
    bid(4, 'D', 0),
    bid(5, 'A', 0),
    bid(5, 'B', 0),
    bid(3, 'C', 0),
    bid(17, 'F', 10),
    { watermark: 8 },
    { watermark: 9 },
    bid(9, 'late', 0),
    bid(18, 'G', null),
    { end: true } as const,
  ];
  const by = { kind: 'field', field: 'bidtime' };
  for (const [keep, first] of [
    ['last', given(5, 'B', 0)],
    ['first', given(3, 'C', 0)],
  ] as const)
    verifyOperator({
      ...NODE,
      config: { keep, by, results: { kind: 'window' } },
      inputs: BIDS,
      steps,
      expected: [
        first,
        given(17, 'F', 10),
        { row: { bidtime: 9, item: 'late', window_start: 0, window_end: 10 }, port: 'late', time: 9 },
      ],
      deadLetters: ['R-RECORD'],
    });
});

test('keys and windows that come and go leave nothing behind', () => {
  const windowed = { keys: ['item'], by: EVENT_TIME, results: { kind: 'window' } };
  const final = { keys: ['item'], by: EVENT_TIME, results: { kind: 'final', ttl: '2 s' } };
  const steps: DriveStep[] = [];
  for (let n = 0; n < 90_000; n++) {
    steps.push(bid(n, `i${n}`, n));
    if (n % 1000 === 999) steps.push({ watermark: n - 500 }, { clock: n });
  }
  steps.push({ watermark: 1e14 }, { clock: 300_000 });
  for (const config of [windowed, final]) {
    const { rows, tasks } = drive({ ...NODE, config, inputs: BIDS }, steps);
    assert.equal(new Set(rows.map((r) => r.row['item'])).size, 90_000);
    assert.equal(rows.length, 90_000);
    assert.deepEqual([tasks[0]?.operator.stateRows, tasks[0]?.operator.openWindows], [0, 0]);
  }
});

test('any rows: what is kept is what looking at all of them gives', () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ time: fc.nat(30), key: fc.constantFrom('a', 'b', null) }) },
    { weight: 1, arbitrary: fc.record({ watermark: fc.nat(30) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom('first', 'last'), (made, keep) => {
      const steps = made.map((s, n): DriveStep => ('watermark' in s ? s : row(s.time, s.key, n)));
      const wanted = ['a', 'b', null].flatMap((key) => {
        const own = made.flatMap((s, n) => ('watermark' in s || s.key !== key ? [] : [{ time: s.time, n }]));
        own.sort((x, y) => x.time - y.time || x.n - y.n);
        const best = keep === 'first' ? own[0] : own.at(-1);
        return best === undefined ? [] : [`${key} ${best.n}`];
      });
      for (const way of waysToRun()) {
        const { rows } = drive(
          { ...NODE, config: { keys: ['key'], keep, by: EVENT_TIME }, inputs: FIELDS },
          steps,
          way,
        );
        const table = new Map<unknown, unknown>();
        for (const { row: r, change } of rows) {
          if (change === '-U') assert.equal(table.get(r['key']), r['value'], 'what is taken back was there');
          else table.set(r['key'], r['value']);
        }
        assert.deepEqual([...table].map(([k, v]) => `${k} ${v}`).sort(), wanted.sort(), way.name);
      }
    }),
  );
});

test('wrong settings are refused with their place', () => {
  const problems = (config: object, eventTime = true): string[] => {
    const found: string[] = [];
    dedupSpec.schemas({
      config: dedupSpec.config.parse(config),
      inputs: { in: [appendOnly([...FIELDS, field('tags', { kind: 'ARRAY', element: INT })], eventTime)] },
      report: (p) => found.push(`${p.code} ${p.path.join('.')}`),
    });
    return found;
  };
  assert.deepEqual(problems({ keys: ['key'], results: { kind: 'final' } }, false), []);
  assert.deepEqual(problems({ keys: ['no'] }), ['T-FIELD keys.0']);
  assert.deepEqual(problems({ by: EVENT_TIME }, false), ['G-FIT by.kind']);
  assert.deepEqual(problems({ by: { kind: 'field', field: 'no' } }), ['T-FIELD by.field']);
  assert.deepEqual(problems({ by: { kind: 'field', field: 'tags' } }), ['T-TYPE by.field']);
  assert.deepEqual(problems({ keep: 'last', results: { kind: 'final' } }), ['S-VALUE results.kind']);
  assert.deepEqual(problems({ results: { kind: 'window' } }), ['T-FIELD results.end']);
});
