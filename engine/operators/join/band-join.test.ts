import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NodeSpec } from '../../contract/spec.ts';
import { appendOnly, BIGINT, field, INT, STRING, TIMESTAMP } from '../../contract/types.ts';
import type { Value } from '../../contract/values.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { type DriveStep, drive } from '../../testing/drive.ts';
import { waysToRun } from '../../testing/verify.ts';
import { bandOf } from '../joins/band.ts';
import { joinRuntime } from './operator.ts';
import { joinSpec } from './spec.ts';
import { ZONE_ROWS, Zones } from './zones.ts';

const OPERATOR = {
  spec: joinSpec as unknown as NodeSpec,
  runtime: joinRuntime as StatefulRuntime<Readonly<Record<string, unknown>>>,
};
const LEFT_FIELDS = [field('id', INT, false), field('k', BIGINT), field('seen', TIMESTAMP)];
const RIGHT_FIELDS = [
  field('id', INT, false),
  field('k', INT),
  field('opens', TIMESTAMP),
  field('closes', TIMESTAMP),
];
const INPUTS = { left: appendOnly(LEFT_FIELDS, true), right: appendOnly(RIGHT_FIELDS, true) };
const WITHIN = "left.seen BETWEEN right.opens - INTERVAL '2' SECOND AND right.closes";

interface Row {
  readonly port: 'left' | 'right';
  readonly k: Value;
  readonly at: number | null;
  readonly lasts: number | null;
}

const steps = (rows: readonly Row[]): DriveStep[] =>
  rows.map(({ port, k, at, lasts }, id) => ({
    port,
    time: id,
    row:
      port === 'left'
        ? { id, k, seen: at }
        : { id, k, opens: at, closes: at === null || lasts === null ? null : at + lasts },
  }));

interface Rule {
  readonly condition: string;
  readonly nullKeys: 'never' | 'equal';
  readonly meets: (at: number, begin: number, end: number) => boolean;
}
const RULES: readonly Rule[] = [
  { condition: WITHIN, nullKeys: 'never', meets: (at, begin, end) => at >= begin - 2000 && at <= end },
  { condition: WITHIN, nullKeys: 'equal', meets: (at, begin, end) => at >= begin - 2000 && at <= end },
  {
    condition: 'left.seen > right.opens AND (left.seen <= right.closes OR right.closes IS NULL)',
    nullKeys: 'never',
    meets: (at, begin, end) => at > begin && (at <= end || Number.isNaN(end)),
  },
  // The right side is the wide one.
  { condition: 'right.opens >= left.seen', nullKeys: 'never', meets: (at, begin) => begin >= at },
];

/** Pairs in the order in which a loop over the rows, as they come, finds them. */
function pairsOf(rows: readonly Row[], { nullKeys, meets }: Rule): string[] {
  const out: string[] = [];
  rows.forEach((row, id) => {
    rows.slice(0, id).forEach((other, otherId) => {
      if (other.port === row.port || row.k !== other.k || (row.k === null && nullKeys === 'never')) return;
      const [l, r] = row.port === 'left' ? [row, other] : [other, row];
      if (l.at === null || r.at === null) return;
      if (!meets(l.at, r.at, r.lasts === null ? Number.NaN : r.at + r.lasts)) return;
      out.push(row.port === 'left' ? `${id} ${otherId}` : `${otherId} ${id}`);
    });
  });
  return out;
}

const found = (rows: readonly { readonly row: Readonly<Record<string, Value>> }[]): string[] =>
  rows.map(({ row }) => `${row['id']} ${row['right_id']}`);

const randomRow = fc.record<Row>({
  port: fc.constantFrom('left', 'left', 'right'),
  k: fc.option(fc.constantFrom<Value>(1, 2, 3, 70_000), { freq: 12 }),
  at: fc.option(
    fc.integer({ min: 0, max: 20 }).map((s) => s * 1000),
    { freq: 12 },
  ),
  lasts: fc.option(fc.constantFrom(0, 1000, 5000), { freq: 12 }),
});

test('where a condition bounds a field, the pairs and their order are those of a loop, at every way of running it', () => {
  fc.assert(
    fc.property(fc.array(randomRow, { maxLength: 40 }), fc.constantFrom(...RULES), (rows, rule) => {
      const config = { on: [{ left: 'k', right: 'k' }], condition: rule.condition, nullKeys: rule.nullKeys };
      const expected = pairsOf(rows, rule);
      for (const way of waysToRun()) {
        const given = found(drive({ ...OPERATOR, config, inputs: INPUTS }, steps(rows), way).rows);
        if (way.parallelism > 1) assert.deepEqual(given.sort(), [...expected].sort(), way.name);
        else assert.deepEqual(given, expected, way.name);
      }
    }),
    { numRuns: 60 },
  );
});

test('the same once a key is beyond 2^53', () => {
  const config = { on: [{ left: 'k', right: 'k' }], condition: 'left.seen >= right.opens' };
  const inputs = {
    ...INPUTS,
    right: appendOnly([field('id', INT, false), field('k', BIGINT), field('opens', TIMESTAMP)], true),
  };
  const row = (port: 'left' | 'right', id: number, k: Value): DriveStep => ({
    port,
    time: id,
    row: port === 'left' ? { id, k, seen: 5 } : { id, k, opens: 5 },
  });
  const large = 2n ** 60n;
  const all = [
    row('left', 0, 7),
    row('right', 1, 7),
    row('left', 2, large),
    row('left', 3, 7),
    row('right', 4, large),
  ];
  all.push(row('right', 5, 7), row('left', 6, large));
  for (const way of waysToRun()) {
    const given = found(drive({ ...OPERATOR, config, inputs }, all, way).rows).sort();
    assert.deepEqual(given, ['0 1', '0 5', '2 4', '3 1', '3 5', '6 4'], way.name);
  }
});

test('rows that are looked at too often go under their keys, and are found there in the same order', () => {
  const rows = Array.from(
    { length: 3000 },
    (_, n): Row => ({
      port: n % 2 === 0 ? 'left' : 'right',
      k: n % 7,
      at: 1000 * (n % 11),
      lasts: 5000,
    }),
  );
  const config = { on: [{ left: 'k', right: 'k' }], condition: WITHIN };
  const expected = pairsOf(rows, RULES[0] as Rule);
  for (const batchRows of [1, 1024]) {
    const given = found(drive({ ...OPERATOR, config, inputs: INPUTS }, steps(rows), { batchRows }).rows);
    // Not as lists: to show how so many differ takes minutes.
    assert.equal(given.length, expected.length);
    assert.equal(
      given.findIndex((pair, at) => pair !== expected[at]),
      -1,
    );
  }
});

test('rows that are to be forgotten do not wait', () => {
  const config = { on: [{ left: 'k', right: 'k' }], condition: WITHIN, leftTtl: '1 h' };
  const rows = Array.from(
    { length: 40 },
    (_, n): Row => ({ port: n % 2 ? 'left' : 'right', k: n % 3, at: 0, lasts: 0 }),
  );
  const { rows: given } = drive({ ...OPERATOR, config, inputs: INPUTS }, steps(rows));
  assert.deepEqual(found(given), pairsOf(rows, RULES[0] as Rule));
});

test('a band: which side it bounds, and what it does not take', () => {
  const band = (condition: string) => {
    const left = [...LEFT_FIELDS, field('text', STRING)];
    const of = bandOf(condition, left, RIGHT_FIELDS);
    return of === null ? null : `${of.wide} ${of.column} ${of.high !== null}`;
  };
  assert.equal(band(WITHIN), '0 2 true');
  assert.equal(band('right.opens BETWEEN left.seen AND left.seen'), '1 2 true');
  assert.equal(band('right.closes >= left.seen AND left.seen >= right.opens'), '0 2 true');
  assert.equal(band('left.seen >= right.opens'), '0 2 false');
  assert.equal(band('left.seen = right.opens'), '0 2 true');
  // From above only, of one side only, of both sides at once, of texts.
  assert.equal(band("left.seen < right.opens - INTERVAL '1' SECOND"), null);
  assert.equal(band("left.seen >= TIMESTAMP '2025-01-01 00:00:00'"), null);
  assert.equal(band('left.id >= right.id + left.k'), null);
  assert.equal(band('left.text >= CAST(right.id AS STRING)'), null);
  // What could fail over a pair must be asked of every pair.
  assert.equal(band(`${WITHIN} AND left.id / right.id > 1`), null);
});

test('what is kept and how it is found is told', () => {
  const config = joinSpec.config.parse({
    on: [{ left: 'k', right: 'k' }],
    condition: WITHIN,
    select: [{ from: 'left.id' }],
  });
  const told = (more: object) => joinRuntime.choices?.({ ...config, ...more }, [INPUTS.left, INPUTS.right]);
  assert.deepEqual(told({}), [
    'keeps id, k, seen of left; opens, closes of right',
    'rows of left wait in order of arrival and are found by seen, while that is cheaper than by key',
  ]);
  assert.deepEqual(told({ condition: undefined }), ['keeps id of left; no field of right']);
  assert.deepEqual(told({ join: 'left' }), ['keeps id, seen of left; opens, closes of right']);
});

test('zones: no number is where none is looked for', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.integer({ min: 0, max: 99 }), { nil: Number.NaN, freq: 9 }), {
        maxLength: 5 * ZONE_ROWS,
      }),
      fc.integer({ min: -1, max: 100 }),
      fc.integer({ min: -1, max: 100 }),
      (values, low, high) => {
        const zones = new Zones();
        // One by one, and the rest together.
        for (const value of values.slice(0, 5)) zones.add(value);
        const rows = values.slice(5).map((_, k) => k + 5);
        const validity = Uint8Array.from(values, (v) => (Number.isNaN(v) ? 0 : 1));
        zones.addAll(values, rows, rows.length, validity);
        const seen: number[] = [];
        for (let zone = zones.from(low); zone < zones.count; zone++)
          if (zones.has(zone, low, high))
            seen.push(...values.slice(zone * ZONE_ROWS, (zone + 1) * ZONE_ROWS));
        const within = (all: number[]): number[] => all.filter((v) => v >= low && v <= high);
        assert.deepEqual(within(seen), within(values));
      },
    ),
  );
});
