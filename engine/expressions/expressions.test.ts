import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BIGINT, BOOLEAN, DOUBLE, type Field, field, INT, STRING, TIMESTAMP } from '../contract/types.ts';
import { plainValue } from '../contract/value-text.ts';
import { checkExpression, evaluate, FORMS, FUNCTIONS } from './index.ts';

const FIELDS: Field[] = [
  field('a', INT),
  field('b', INT),
  field('big', BIGINT),
  field('x', DOUBLE),
  field('s', STRING),
  field('ok', BOOLEAN),
  field('t', TIMESTAMP),
];
const ROW = [7, null, 2 ** 40, 1.5, 'ATL', true, Date.UTC(2001, 1, 3, 4, 5, 6)];

function run(text: string): unknown {
  const result = checkExpression(text, FIELDS);
  if (!result.ok)
    throw new Error(result.problems.map((p) => `${p.code} ${p.message} ${p.expected}`).join('; '));
  return evaluate(result.expression, ROW);
}

function fault(text: string, expects: 'BOOLEAN' | null = null): string {
  const result = checkExpression(text, FIELDS, { expects });
  assert.ok(!result.ok, text);
  const [first] = result.problems;
  return `${first?.code} ${first?.span?.from}-${first?.span?.to}`;
}

test('every example of the function reference', () => {
  assert.ok(FUNCTIONS.length >= 60);
  for (const fn of [...FUNCTIONS, ...FORMS]) {
    const checked = checkExpression(fn.example.text, []);
    assert.ok(checked.ok, `${fn.example.text}: ${checked.ok ? '' : checked.problems[0]?.message}`);
    const value = plainValue(evaluate(checked.expression, []), checked.expression.type);
    assert.deepEqual(value, fn.example.result, fn.example.text);
  }
});

const CASES: readonly (readonly [string, unknown])[] = [
  ['a + 1', 8],
  ['a / 2', 3],
  ['-a / 2', -3],
  ['a % 4 = 3', true],
  ['2147483647 + 1 = 2147483648', false],
  ['a * 1.5', 10.5],
  ['b + 1', null],
  ['b IS NULL AND a IS NOT NULL', true],
  ['b > 1 OR TRUE', true],
  ['b > 1 AND FALSE', false],
  ['NOT (b > 1)', null],
  ['a IN (1, 7)', true],
  ['a NOT IN (1, NULL)', null],
  ['a BETWEEN 1 AND 10 AND ok', true],
  ['a NOT BETWEEN 1 AND 10', false],
  ['a BETWEEN 10 AND b', false],
  ["s LIKE 'A_L'", true],
  ["s LIKE '%!%' ESCAPE '!'", false],
  ["CASE WHEN a > 10 THEN 'big' WHEN a > 5 THEN 'mid' ELSE 'small' END", 'mid'],
  ["CASE s WHEN 'ATL' THEN 1 END", 1],
  ['CASE a WHEN b THEN 1 WHEN 7.0 THEN 2 ELSE 3 END', 2],
  ['CASE b WHEN NULL THEN 1 ELSE 2 END', 2],
  ["TRIM(LEADING FROM '  x ')", 'x '],
  ['-2147483648 = 2147483647 + 1', true],
  ['- -2147483648', -2147483648],
  ['ABS(-2147483648)', -2147483648],
  ['ROUND(1.005, 2)', 1.01],
  ['ROUND(-2.5)', -3],
  ['ROUND(1e300)', 1e300],
  ['ROUND(1e-7, 3)', 0],
  ['ROUND(1250, -2)', 1300],
  ['MOD(1.5, 0.0) = 0.0', false],
  ['CAST(1e7 AS STRING)', '1.0E7'],
  ['CAST(0.00015 AS STRING)', '1.5E-4'],
  ['CAST(x AS STRING)', '1.5'],
  ["GREATEST('a', s, 'B')", 'a'],
  ["LEAST(t, TIMESTAMP '9999-12-31 23:59:59') = t", true],
  ["TIMESTAMPDIFF(SECOND, TIMESTAMP '0001-01-01', TIMESTAMP '9999-12-31')", 315537811200],
  ["'%' LIKE '!%' ESCAPE '!'", true],
  ["'\u{1f600}' LIKE '_'", true],
  ["CAST('12' AS INT) + CAST(x AS INT)", 13],
  ["TRY_CAST('x' AS INT)", null],
  ['COALESCE(b, a, 0)', 7],
  ['NULLIF(a, 7)', null],
  ["s || '-' || a", 'ATL-7'],
  ["t + INTERVAL '5' MINUTE > t", true],
  ["YEAR(t + INTERVAL '1' YEAR)", 2002],
  ["t > '2001-01-01 00:00:00'", true],
  ['EXTRACT(DAY FROM t)', 3],
  ["TRIM(LEADING 'A' FROM s)", 'TL'],
  ["POSITION('L' IN s)", 3],
  ['SUBSTRING(s FROM 2 FOR 1)', 'T'],
  ['b IS NOT DISTINCT FROM NULL', true],
  ['`a` -- a comment', 7],
  ["'it''s'", "it's"],
  ['a <> 0 AND 10 / a = 1', true],
  ['a = 0 OR 10 / a = 1', true],
];
for (const [text, expected] of CASES) test(text, () => assert.deepEqual(run(text), expected));

test('faults say where', () => {
  assert.equal(fault('delai > 60'), 'T-FIELD 0-5');
  assert.equal(fault('a + '), 'T-SYNTAX 4-4');
});

test('faults by kind', () => {
  assert.match(fault('a + s'), /^T-TYPE 4-5/);
  assert.match(fault('UPER(s)'), /^T-FUNCTION 0-7/);
  assert.match(fault('a', 'BOOLEAN'), /^T-TYPE 0-1/);
  assert.match(fault('s = 1'), /^T-TYPE/);
  assert.match(fault("'open"), /^T-SYNTAX/);
  assert.match(fault('COUNT(*)'), /^T-TYPE/);
  assert.match(fault("DATE_FORMAT(t, 'QQ')"), /^T-TYPE 15-19/);
  assert.match(fault("DATE_FORMAT(t, 'yyyy')", 'BOOLEAN'), /^T-TYPE 0-22/);
  assert.match(fault(`${'('.repeat(9000)}a${')'.repeat(9000)}`), /^T-SYNTAX/);
  assert.match(fault(`a${' + a'.repeat(4000)}`), /^T-SYNTAX/);
  assert.match(fault('x'.repeat(30_000)), /^T-SYNTAX/);
  assert.match(fault(''), /^T-SYNTAX/);
});

test('what a stranger writes ends soon: nested CASE, LIKE with many runs', () => {
  const nested = Array.from({ length: 150 }).reduce<string>(
    (inner) => `CASE ${inner} WHEN 1 THEN 1 WHEN 2 THEN 2 END`,
    'a',
  );
  assert.equal(run(nested), null);
  assert.equal(run(`a${' + 1'.repeat(450)}`), 457);
  assert.equal(run(`REPEAT('a', 5000) LIKE '${'%a'.repeat(500)}b'`), false);
});

test('names of two inputs: with their side, without it, and both at once', () => {
  const both = [
    field('left.id', INT),
    field('left.Name', STRING),
    field('right.id', INT),
    field('right.price', INT),
  ];
  const index = (text: string): number | string => {
    const result = checkExpression(text, both);
    if (!result.ok) return `${result.problems[0]?.message} ${result.problems[0]?.expected}`;
    return result.expression.kind === 'field' ? result.expression.index : -1;
  };
  assert.deepEqual(
    ['left.id', 'right.id', 'RIGHT . ID', '`left`.`id`', '`right.id`', 'name', 'left.name', 'PRICE'].map(
      index,
    ),
    [0, 2, 2, 0, 2, 1, 1, 3],
  );
  assert.match(String(index('id')), /Both inputs .* left.id or right.id/);
  assert.match(String(index('left.price')), /There is no field "left.price".*right.price/);
  assert.match(String(index('price.cents')), /INT has no fields/);
  const joined = checkExpression('left.id = right.id AND name IN (left.name) AND right.price>.5', both);
  assert.ok(joined.ok);
  assert.equal(evaluate(joined.expression, [1, 'a', 1, 2]), true);
});

test('errors of a row', () => {
  assert.throws(() => run("EXTRACT('constructor', t)"), /no part/);
  assert.throws(() => run("FLOOR_TO(t, 'constructor')"), /no unit/);
  assert.throws(() => run('a / 0'), /division by zero/);
  assert.throws(() => run("CAST('x' AS INT)"), /cannot cast/);
  assert.throws(() => run('REPEAT(s, 100000000)'), /characters long/);
});
