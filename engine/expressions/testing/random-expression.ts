/** Random typed expressions as text, and random values for the columns that they name: for property tests. */
import { type DataType, type Field, field, parseType, printType } from '../../contract/types.ts';
import type { Value } from '../../contract/values.ts';

export type Kind =
  | 'INT'
  | 'BIGINT'
  | 'DOUBLE'
  | 'DECIMAL'
  | 'STRING'
  | 'BYTES'
  | 'BOOLEAN'
  | 'TIMESTAMP'
  | 'ARRAY'
  | 'ROW';

/** 0 ≤ next(n) < n, whole. */
export type Random = (n: number) => number;

const type = (text: string): DataType => parseType(text) as DataType;
export const TYPES: Readonly<Record<Kind, DataType>> = {
  INT: type('INT'),
  BIGINT: type('BIGINT'),
  DOUBLE: type('DOUBLE'),
  DECIMAL: type('DECIMAL(20, 3)'),
  STRING: type('STRING'),
  BYTES: type('BYTES'),
  BOOLEAN: type('BOOLEAN'),
  TIMESTAMP: type('TIMESTAMP'),
  ARRAY: type('ARRAY<BIGINT>'),
  ROW: type('ROW<n INT, s STRING, big BIGINT>'),
};
export const KINDS = Object.keys(TYPES) as Kind[];
/** Kinds with an order. */
const ORDERED = KINDS.filter((k) => k !== 'ARRAY' && k !== 'ROW');
/** Two columns of each type: `int0` may be NULL, `int1` never is. */
export const FIELDS: readonly Field[] = KINDS.flatMap((kind) => [
  field(`${kind.toLowerCase()}0`, TYPES[kind]),
  field(`${kind.toLowerCase()}1`, TYPES[kind], false),
]);

export function randomOf(seed: number): Random {
  let state = seed | 0;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}
export const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;

export const SAMPLES: Readonly<Record<Kind, readonly Value[]>> = {
  INT: [0, 1, -1, 2, 7, -3, 2147483647, -2147483648],
  BIGINT: [
    0,
    1,
    -5,
    12,
    2 ** 40,
    9007199254740991,
    -9007199254740991,
    2n ** 53n,
    2n ** 63n - 1n,
    -(2n ** 63n),
  ],
  DOUBLE: [0, -0, 1.5, -2.25, 1e21, 1e-7, Number.NaN, Infinity, -Infinity],
  STRING: ['', 'a', 'ATL', 'ab%c', '12', ' x ', '2001-01-31 12:00:00', '\u{1f600}z', '\uffee'],
  DECIMAL: [0n, 1n, -1n, 500n, 12345n, -99999n, 10n ** 20n - 1n],
  BYTES: [Uint8Array.of(), Uint8Array.of(0), Uint8Array.of(65, 66), Uint8Array.of(255, 1)],
  BOOLEAN: [true, false],
  ARRAY: [[], [1], [1, null, 2n ** 60n], [3, 2, 1]],
  ROW: [
    [1, 'a', 5],
    [null, null, null],
    [-1, '', 2n ** 62n],
  ],
  TIMESTAMP: [0, -1, 978307200000, 253402300799999, -62135596800001],
};
const LITERALS: Readonly<Record<Kind, readonly string[]>> = {
  INT: ['0', '1', '3', '2147483647', '-2147483648', '-7'],
  BIGINT: ['3000000000', '9007199254740991', '-4000000000', '9223372036854775807', '-9223372036854775808'],
  DECIMAL: ['CAST(1.5 AS DECIMAL(20, 3))', 'CAST(-0.001 AS DECIMAL(20, 3))'],
  BYTES: ["X''", "X'41FF'"],
  ARRAY: ['CAST(ARRAY[1, 2] AS ARRAY<BIGINT>)', 'CAST(ARRAY[NULL, 7] AS ARRAY<BIGINT>)'],
  ROW: ["CAST(ROW(1, 'x', 2) AS ROW<n INT, s STRING, big BIGINT>)"],
  DOUBLE: ['0.0', '1.5', '-2.5e3', '1e21', '1e-7', '-0.0'],
  STRING: ["''", "'a'", "'ATL'", "'12'", "'it''s'", "'%'", "'_'"],
  BOOLEAN: ['TRUE', 'FALSE'],
  TIMESTAMP: ["TIMESTAMP '2001-01-31 12:00:00'", "TIMESTAMP '1969-12-31 23:59:59.999'"],
};

/** An expression of a type as text. */
export function write(kind: Kind, depth: number, random: Random): string {
  if (depth <= 0 || random(6) === 0) {
    if (random(12) === 0) return `CAST(NULL AS ${printType(TYPES[kind])})`;
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
    () => `${pick(random, ['CAST', 'TRY_CAST'])}(${of(kind)} AS ${printType(TYPES[kind])})`,
  ];
  const arithmetic = [
    () => `(${of(kind)} ${pick(random, ['+', '-', '*', '/', '%'])} ${of(kind)})`,
    () => `(${of(kind)} ${pick(random, ['+', '-', '*', '/', '%'])} ${of(kind)})`,
    () => `(- ${of(kind)})`,
    () => `${pick(random, ['ABS', 'SIGN', 'FLOOR', 'CEIL', 'ROUND'])}(${of(kind)})`,
    () => `ROUND(${of(kind)}, ${pick(random, ['1', '-1', '2'])})`,
    () => `${pick(random, ['GREATEST', 'LEAST'])}(${of(kind)}, ${of(kind)})`,
    () => `MOD(${of(kind)}, ${of(kind)})`,
    () => `${pick(random, ['CAST', 'TRY_CAST'])}(${of('STRING')} AS ${printType(TYPES[kind])})`,
  ];
  const own: Readonly<Record<Kind, readonly (() => string)[]>> = {
    INT: [
      ...arithmetic,
      () => `CHAR_LENGTH(${of('STRING')})`,
      () => `POSITION('a' IN ${pick(random, ['string0', 'string1'])})`,
      () => `LOCATE(${of('STRING')}, ${of('STRING')})`,
      () => `ASCII(${of('STRING')})`,
      () => `${of('ROW')}.n`,
      () => `CARDINALITY(${of('ARRAY')})`,
      () => `ARRAY_POSITION(${of('ARRAY')}, ${of('BIGINT')})`,
      () =>
        `${pick(random, ['CAST', 'TRY_CAST'])}(${of(pick(random, ['DOUBLE', 'BIGINT', 'BOOLEAN']))} AS INT)`,
    ],
    BIGINT: [
      ...arithmetic,
      () => `${of('ARRAY')}[${pick(random, ['1', '3', 'int0'])}]`,
      () => `${of('ROW')}.big`,
      () => `${pick(random, ['ARRAY_MAX', 'ARRAY_MIN'])}(${of('ARRAY')})`,
      () => `JSON_VALUE(JSON_OBJECT('a' VALUE ${of('BIGINT')}), '$.a' RETURNING BIGINT)`,
      () => `${pick(random, ['CAST', 'TRY_CAST'])}(${of('DECIMAL')} AS BIGINT)`,
      () => `(${of('INT')} ${pick(random, ['+', '-', '*'])} ${of('BIGINT')})`,
      () => `${pick(random, ['YEAR', 'MONTH', 'WEEK', 'HOUR', 'DAYOFWEEK'])}(${of('TIMESTAMP')})`,
      () => `EXTRACT(${pick(random, ['DAY', 'MINUTE', 'DOY', 'EPOCH'])} FROM ${of('TIMESTAMP')})`,
      () =>
        `CAST(TIMESTAMPDIFF(${pick(random, ['DAY', 'MONTH'])}, ${of('TIMESTAMP')}, ${of('TIMESTAMP')}) AS BIGINT)`,
      () => `${pick(random, ['CAST', 'TRY_CAST'])}(${of(pick(random, ['DOUBLE', 'INT']))} AS BIGINT)`,
    ],
    DECIMAL: [
      () =>
        `CAST((${of('DECIMAL')} ${pick(random, ['+', '-', '*', '/', '%'])} ${of(pick(random, ['DECIMAL', 'INT', 'BIGINT']))}) AS DECIMAL(20, 3))`,
      () =>
        `TRY_CAST((${of('DECIMAL')} ${pick(random, ['+', '-', '*', '/', '%'])} ${of('DECIMAL')}) AS DECIMAL(20, 3))`,
      () => `TRY_CAST((${of('DECIMAL')} * 1.25) AS DECIMAL(20, 3))`,
      () =>
        `TRY_CAST(${of(pick(random, ['INT', 'BIGINT', 'DOUBLE', 'STRING', 'BOOLEAN']))} AS DECIMAL(20, 3))`,
      () => `(- ${of('DECIMAL')})`,
      () => `${pick(random, ['ABS', 'SIGN'])}(${of('DECIMAL')})`,
      () =>
        `TRY_CAST(${pick(random, ['ROUND', 'TRUNCATE'])}(${of('DECIMAL')}, ${pick(random, ['1', '-1', '4'])}) AS DECIMAL(20, 3))`,
      () => `CAST(${pick(random, ['FLOOR', 'CEIL'])}(${of('DECIMAL')}) AS DECIMAL(20, 3))`,
      () => `${pick(random, ['GREATEST', 'LEAST'])}(${of('DECIMAL')}, ${of('DECIMAL')})`,
    ],
    BYTES: [
      () => `UNHEX(${of('STRING')})`,
      () => `(${of('BYTES')} || ${of('BYTES')})`,
      () => `CAST(${of('STRING')} AS BYTES)`,
    ],
    ARRAY: [
      () => `ARRAY_CONCAT(${of('ARRAY')}, ${of('ARRAY')})`,
      () => `${pick(random, ['ARRAY_APPEND', 'ARRAY_REMOVE'])}(${of('ARRAY')}, ${of('BIGINT')})`,
      () => `${pick(random, ['ARRAY_SORT', 'ARRAY_DISTINCT', 'ARRAY_REVERSE'])}(${of('ARRAY')})`,
      () => `ARRAY_SLICE(${of('ARRAY')}, ${of('INT')}, 2)`,
      () => `ARRAY[${of('BIGINT')}, ${of('BIGINT')}]`,
      () => `ARRAY[${of('INT')}, ${of('BIGINT')}, NULL]`,
    ],
    ROW: [
      () => `CAST(ROW(${of('INT')}, ${of('STRING')}, ${of('BIGINT')}) AS ROW<n INT, s STRING, big BIGINT>)`,
    ],
    DOUBLE: [
      ...arithmetic,
      () => `(${of('DECIMAL')} * CAST(${of('DOUBLE')} AS DOUBLE))`,
      () => `CAST(${of('DECIMAL')} AS DOUBLE)`,
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
      () => `${of('ROW')}.s`,
      () => `CONCAT_WS(${of('STRING')}, ${of('STRING')}, NULL, ${of('STRING')})`,
      () => `HEX(${of(pick(random, ['BIGINT', 'STRING', 'BYTES']))})`,
      () => `JSON_STRING(${of(any())})`,
      () => `REGEXP_EXTRACT(${of('STRING')}, '([a-z]+)|[0-9]', ${pick(random, ['0', '1', '2'])})`,
      () => `PRINTF('%s/%5d', ${of(any())}, ${of(pick(random, ['INT', 'BIGINT']))})`,
      () => `DATE_FORMAT(${of('TIMESTAMP')}, 'yyyy-MM-dd HH')`,
      () => `TRIM(LEADING FROM ${of('STRING')})`,
    ],
    BOOLEAN: [
      () => `(${of('BOOLEAN')} ${pick(random, ['AND', 'OR'])} ${of('BOOLEAN')})`,
      () => `(${of('BOOLEAN')} ${pick(random, ['AND', 'OR'])} ${of('BOOLEAN')})`,
      () => `(NOT ${of('BOOLEAN')})`,
      () => {
        const k = any();
        return `(${of(k)} ${pick(random, ['=', '<>', 'IS DISTINCT FROM'])} ${of(k)})`;
      },
      () => {
        const k = pick(random, ORDERED);
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
      () => {
        const numbers = ['INT', 'BIGINT', 'DOUBLE', 'DECIMAL'] as const;
        return `(${of(pick(random, numbers))} ${pick(random, ['<', '=', '>='])} ${of(pick(random, numbers))})`;
      },
      () => `(${of(pick(random, ['INT', 'BIGINT', 'DECIMAL']))} IN (1, 1.5, 12.345))`,
      () => {
        const k = any();
        return `(${of(k)} ${pick(random, ['', 'NOT '])}IN (${of(k)}, ${of(k)}, ${of(k)}))`;
      },
      () => {
        const k = pick(random, ORDERED);
        return `(${of(k)} ${pick(random, ['', 'NOT '])}BETWEEN ${of(k)} AND ${of(k)})`;
      },
      () => `(${of(any())} IS ${pick(random, ['', 'NOT '])}NULL)`,
      () => `ARRAY_CONTAINS(${of('ARRAY')}, ${of('BIGINT')})`,
      () => `REGEXP(${of('STRING')}, '^(a|[0-9]+)+')`,
      () => `(${of('STRING')} IS JSON)`,
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
      () => `FROM_UTC_TIMESTAMP(${of('TIMESTAMP')}, 'Europe/Berlin')`,
      () => `${pick(random, ['CAST', 'TRY_CAST'])}(${of('STRING')} AS TIMESTAMP)`,
      () => `${pick(random, ['GREATEST', 'LEAST'])}(${of('TIMESTAMP')}, ${of('TIMESTAMP')})`,
    ],
  };
  return pick(random, random(4) === 0 ? shared : own[kind])();
}
