/** Generated code against the interpreter: random typed expressions over random columns with NULLs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BIGINT, BOOLEAN, DOUBLE, type Field, field, INT, STRING, TIMESTAMP } from '../contract/types.ts';
import { type Checked, checkExpression, emitExpression, evaluate, HELPERS, RowError } from './index.ts';

type Kind = 'INT' | 'BIGINT' | 'DOUBLE' | 'STRING' | 'BOOLEAN' | 'TIMESTAMP';

import type { Value } from '../contract/values.ts';

/** 0 ≤ next(n) < n, whole. */
type Random = (n: number) => number;

const TYPES = { INT, BIGINT, DOUBLE, STRING, BOOLEAN, TIMESTAMP };
const KINDS = Object.keys(TYPES) as Kind[];
/** Two columns of each type: `int0` may be NULL, `int1` never is. */
const FIELDS: readonly Field[] = KINDS.flatMap((kind) => [
  field(`${kind.toLowerCase()}0`, TYPES[kind]),
  field(`${kind.toLowerCase()}1`, TYPES[kind], false),
]);
const ROWS = 12;
const TREES = 2000;

function randomOf(seed: number): Random {
  let state = seed | 0;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}
const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;

const SAMPLES: Readonly<Record<Kind, readonly Value[]>> = {
  INT: [0, 1, -1, 2, 7, -3, 2147483647, -2147483648],
  BIGINT: [0, 1, -5, 12, 2 ** 40, 9007199254740991, -9007199254740991],
  DOUBLE: [0, -0, 1.5, -2.25, 1e21, 1e-7, Number.NaN, Infinity, -Infinity],
  STRING: ['', 'a', 'ATL', 'ab%c', '12', ' x ', '2001-01-31 12:00:00', '\u{1f600}z', '\uffee'],
  BOOLEAN: [true, false],
  TIMESTAMP: [0, -1, 978307200000, 253402300799999, -62135596800001],
};
const LITERALS: Readonly<Record<Kind, readonly string[]>> = {
  INT: ['0', '1', '3', '2147483647', '-2147483648', '-7'],
  BIGINT: ['3000000000', '9007199254740991', '-4000000000'],
  DOUBLE: ['0.0', '1.5', '-2.5e3', '1e21', '1e-7', '-0.0'],
  STRING: ["''", "'a'", "'ATL'", "'12'", "'it''s'", "'%'", "'_'"],
  BOOLEAN: ['TRUE', 'FALSE'],
  TIMESTAMP: ["TIMESTAMP '2001-01-31 12:00:00'", "TIMESTAMP '1969-12-31 23:59:59.999'"],
};

/** An expression of a type as text. */
function write(kind: Kind, depth: number, random: Random): string {
  if (depth <= 0 || random(6) === 0) {
    if (random(12) === 0) return `CAST(NULL AS ${kind})`;
    return random(3) === 0 ? pick(random, LITERALS[kind]) : `${kind.toLowerCase()}${random(2)}`;
  }
  const of = (k: Kind): string => write(k, depth - 1, random);
  const any = (): Kind => pick(random, KINDS);
  const shared: readonly (() => string)[] = [
    () => `CASE WHEN ${of('BOOLEAN')} THEN ${of(kind)} WHEN ${of('BOOLEAN')} THEN ${of(kind)} END`,
    () => {
      const k = any();
      return `CASE ${of(k)} WHEN ${of(k)} THEN ${of(kind)} WHEN ${of(k)} THEN ${of(kind)} ELSE ${of(kind)} END`;
    },
    () => `COALESCE(${of(kind)}, ${of(kind)}, ${of(kind)})`,
    () => `NULLIF(${of(kind)}, ${of(kind)})`,
    () => `IF(${of('BOOLEAN')}, ${of(kind)}, ${of(kind)})`,
    () => `${pick(random, ['CAST', 'TRY_CAST'])}(${of(kind)} AS ${kind})`,
  ];
  const arithmetic = [
    () => `(${of(kind)} ${pick(random, ['+', '-', '*', '/', '%'])} ${of(kind)})`,
    () => `(${of(kind)} ${pick(random, ['+', '-', '*', '/', '%'])} ${of(kind)})`,
    () => `(- ${of(kind)})`,
    () => `${pick(random, ['ABS', 'SIGN', 'FLOOR', 'CEIL', 'ROUND'])}(${of(kind)})`,
    () => `ROUND(${of(kind)}, ${pick(random, ['1', '-1', '2'])})`,
    () => `${pick(random, ['GREATEST', 'LEAST'])}(${of(kind)}, ${of(kind)})`,
    () => `MOD(${of(kind)}, ${of(kind)})`,
    () => `${pick(random, ['CAST', 'TRY_CAST'])}(${of('STRING')} AS ${kind})`,
  ];
  const own: Readonly<Record<Kind, readonly (() => string)[]>> = {
    INT: [
      ...arithmetic,
      () => `CHAR_LENGTH(${of('STRING')})`,
      () => `POSITION('a' IN ${pick(random, ['string0', 'string1'])})`,
      () => `LOCATE(${of('STRING')}, ${of('STRING')})`,
      () => `ASCII(${of('STRING')})`,
      () =>
        `${pick(random, ['CAST', 'TRY_CAST'])}(${of(pick(random, ['DOUBLE', 'BIGINT', 'BOOLEAN']))} AS INT)`,
    ],
    BIGINT: [
      ...arithmetic,
      () => `(${of('INT')} ${pick(random, ['+', '-', '*'])} ${of('BIGINT')})`,
      () => `${pick(random, ['YEAR', 'MONTH', 'WEEK', 'HOUR', 'DAYOFWEEK'])}(${of('TIMESTAMP')})`,
      () => `EXTRACT(${pick(random, ['DAY', 'MINUTE', 'DOY', 'EPOCH'])} FROM ${of('TIMESTAMP')})`,
      () =>
        `CAST(TIMESTAMPDIFF(${pick(random, ['DAY', 'MONTH'])}, ${of('TIMESTAMP')}, ${of('TIMESTAMP')}) AS BIGINT)`,
      () => `${pick(random, ['CAST', 'TRY_CAST'])}(${of(pick(random, ['DOUBLE', 'INT']))} AS BIGINT)`,
    ],
    DOUBLE: [
      ...arithmetic,
      () => `(${of('INT')} / ${of('DOUBLE')})`,
      () => `${pick(random, ['SQRT', 'EXP', 'SIN', 'LN', 'DEGREES'])}(${of('DOUBLE')})`,
      () => `POWER(${of('DOUBLE')}, ${of('INT')})`,
      () => `CAST(${of(pick(random, ['INT', 'BIGINT']))} AS DOUBLE)`,
    ],
    STRING: [
      () => `(${of('STRING')} || ${of(pick(random, ['STRING', 'INT', 'DOUBLE', 'BOOLEAN', 'TIMESTAMP']))})`,
      () => `${pick(random, ['UPPER', 'LOWER', 'TRIM', 'REVERSE', 'INITCAP'])}(${of('STRING')})`,
      () => `SUBSTRING(${of('STRING')} FROM ${pick(random, ['1', '2', '-1', 'int0'])} FOR 2)`,
      () => `${pick(random, ['LEFT', 'RIGHT'])}(${of('STRING')}, 2)`,
      () => `REPLACE(${of('STRING')}, 'a', ${of('STRING')})`,
      () => `LPAD(${of('STRING')}, ${pick(random, ['3', '-1', 'int1'])}, ${of('STRING')})`,
      () => `CAST(${of(any())} AS STRING)`,
      () => `DATE_FORMAT(${of('TIMESTAMP')}, 'yyyy-MM-dd HH')`,
      () => `TRIM(LEADING FROM ${of('STRING')})`,
    ],
    BOOLEAN: [
      () => `(${of('BOOLEAN')} ${pick(random, ['AND', 'OR'])} ${of('BOOLEAN')})`,
      () => `(${of('BOOLEAN')} ${pick(random, ['AND', 'OR'])} ${of('BOOLEAN')})`,
      () => `(NOT ${of('BOOLEAN')})`,
      () => {
        const k = any();
        const op = pick(random, [
          '=',
          '<>',
          '<',
          '<=',
          '>',
          '>=',
          'IS DISTINCT FROM',
          'IS NOT DISTINCT FROM',
        ]);
        return `(${of(k)} ${op} ${of(k)})`;
      },
      () => `(${of('INT')} < ${of('DOUBLE')})`,
      () => {
        const k = any();
        return `(${of(k)} ${pick(random, ['', 'NOT '])}IN (${of(k)}, ${of(k)}, ${of(k)}))`;
      },
      () => {
        const k = any();
        return `(${of(k)} ${pick(random, ['', 'NOT '])}BETWEEN ${of(k)} AND ${of(k)})`;
      },
      () => `(${of(any())} IS ${pick(random, ['', 'NOT '])}NULL)`,
      () => `(${of('BOOLEAN')} IS ${pick(random, ['', 'NOT '])}${pick(random, ['TRUE', 'FALSE'])})`,
      () => `(${of('STRING')} LIKE ${pick(random, ["'%a%'", "'_T_'", "'12'", 'string0'])})`,
      () => `CAST(${of(pick(random, ['STRING', 'INT', 'DOUBLE']))} AS BOOLEAN)`,
    ],
    TIMESTAMP: [
      () =>
        `(${of('TIMESTAMP')} ${pick(random, ['+', '-'])} INTERVAL '${1 + random(40)}' ${pick(random, ['MINUTE', 'DAY', 'MONTH', 'YEAR'])})`,
      () => `TIMESTAMPADD(${pick(random, ['HOUR', 'WEEK', 'QUARTER'])}, ${of('INT')}, ${of('TIMESTAMP')})`,
      () =>
        `${pick(random, ['FLOOR', 'CEIL'])}(${of('TIMESTAMP')} TO ${pick(random, ['HOUR', 'WEEK', 'MONTH', 'YEAR'])})`,
      () => `TO_TIMESTAMP(${of('STRING')})`,
      () => `${pick(random, ['CAST', 'TRY_CAST'])}(${of('STRING')} AS TIMESTAMP)`,
      () => `${pick(random, ['GREATEST', 'LEAST'])}(${of('TIMESTAMP')}, ${of('TIMESTAMP')})`,
    ],
  };
  return pick(random, random(4) === 0 ? shared : own[kind])();
}

interface Batch {
  readonly rows: readonly (readonly Value[])[];
  /** `c`: per column its values, validity and strings. */
  readonly columns: readonly {
    values: ArrayLike<number>;
    validity: Uint8Array | null;
    table: { strings: string[] };
  }[];
}

function batchOf(random: Random): Batch {
  const rows = Array.from({ length: ROWS }, () =>
    FIELDS.map((f) => (f.nullable && random(3) === 0 ? null : pick(random, SAMPLES[f.type.kind as Kind]))),
  );
  const columns = FIELDS.map((f, c) => {
    const cells = rows.map((row) => row[c] ?? null);
    const strings = f.type.kind === 'STRING' ? cells.map((cell) => (cell === null ? '' : String(cell))) : [];
    const numbers = cells.map((cell, i) =>
      typeof cell === 'string' ? i : cell === null ? 77 : Number(cell),
    );
    const anyNull = cells.includes(null);
    return {
      values: f.type.kind === 'INT' ? Int32Array.from(numbers) : Float64Array.from(numbers),
      validity: anyNull ? Uint8Array.from(cells, (cell) => (cell === null ? 0 : 1)) : null,
      table: { strings },
    };
  });
  return { rows, columns };
}

type RunRow = (columns: Batch['columns'], from: number, to: number, out: Value[]) => void;

function compile(expression: Checked): { text: string; run: RunRow } {
  const constants: unknown[] = [];
  let temps = 0;
  const { statements, value, isNull } = emitExpression(expression, {
    constant: (v) => `k[${constants.push(v) - 1}]`,
    column: (c) => ({ values: `v${c}`, validity: FIELDS[c]?.nullable ? `n${c}` : null, table: `t${c}` }),
    temp: () => `x${temps++}`,
  });
  const head = FIELDS.map(
    (_, c) =>
      `const v${c} = columns[${c}].values, n${c} = columns[${c}].validity, t${c} = columns[${c}].table;`,
  );
  const text = `${head.join('\n')}
for (let i = from; i < to; i++) {
${statements.join('\n')}
out[i] = ${isNull} ? null : ${value};
}`;
  const factory = new Function('k', 'f', `return function (columns, from, to, out) {\n${text}\n};`);
  return { text, run: factory(constants, HELPERS) as RunRow };
}

/** The value, or that there is none: both sides must fail for the same rows. */
function outcome(get: () => Value): Value | 'fails' {
  try {
    return get();
  } catch (error) {
    if (error instanceof RowError) return 'fails';
    throw error;
  }
}

test(`generated code is the interpreter, on ${TREES} random expressions`, () => {
  let values = 0;
  let failures = 0;
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = randomOf(seed);
      const kind = pick(random, KINDS);
      const text = write(kind, 4, random);
      const checked = checkExpression(text, FIELDS);
      assert.ok(checked.ok, `${text}\n${checked.ok ? '' : JSON.stringify(checked.problems)}`);
      assert.equal(checked.expression.type.kind, kind, text);
      const { rows, columns } = batchOf(random);
      const compiled = compile(checked.expression);
      rows.forEach((row, i) => {
        const expected = outcome(() => evaluate(checked.expression, row));
        const out: Value[] = [];
        const actual = outcome(() => {
          compiled.run(columns, i, i + 1, out);
          return out[i] ?? null;
        });
        if (!Object.is(actual, expected)) {
          assert.fail(
            `${text}\nrow ${JSON.stringify(row)}\ninterpreted ${String(expected)}, generated ${String(actual)}\n${compiled.text.split('\n').slice(FIELDS.length).join('\n')}`,
          );
        }
        if (expected === 'fails') failures++;
        else if (expected !== null) {
          values++;
          checkDomain(kind, expected, text);
        } else assert.ok(checked.expression.nullable, `NULL of an expression that cannot be: ${text}`);
      });
    }),
    { numRuns: TREES },
  );
  // A generator that only made failures would prove nothing.
  assert.ok(values > TREES * 2, `only ${values} values`);
  assert.ok(failures > 0);
});

/** What a column of the type can hold. */
function checkDomain(kind: Kind, value: Value, text: string): void {
  const whole = { INT: 2 ** 31, BIGINT: 2 ** 53, TIMESTAMP: 8.64e15 + 1 }[kind as string];
  if (whole !== undefined) {
    assert.ok(Number.isInteger(value), `${String(value)} of ${text}`);
    assert.ok((value as number) >= -whole && (value as number) < whole, `${String(value)} of ${text}`);
    assert.ok(!Object.is(value, -0), `-0 of ${text}`);
  } else if (kind === 'BOOLEAN') assert.equal(typeof value, 'boolean', text);
  else assert.equal(typeof value, kind === 'STRING' ? 'string' : 'number', text);
}
