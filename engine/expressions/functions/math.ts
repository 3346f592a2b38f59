/** Functions of real numbers, and numbers in other notations. */
import { DOUBLE, STRING } from '../../contract/types.ts';
import { RowError } from '../row-error.ts';
import { fromHex, hex, utf8 } from '../text-bytes.ts';
import { define } from './define.ts';
import type { FunctionSpec } from './spec.ts';
import { real, takes } from './types.ts';

const math = (
  name: string,
  fn: (x: number) => number,
  reference: string,
  example: string,
  result: number,
  note?: string,
): FunctionSpec =>
  define('number', `${name}(x)`, reference, [`${name}(${example})`, result], [1, 1], real, fn, {
    coerce: 'double',
    ...(note === undefined ? {} : { note }),
  });

function positive(x: number, name: string): number {
  if (x <= 0) throw new RowError(`${name} of ${x}: it takes numbers above 0`);
  return x;
}

const LOGS = 'Not above 0, Flink gives -Infinity or NaN and Spark NULL; here the record fails.';

/** Two's complement in 64 bits. */
const unsigned = (x: number | bigint): bigint => BigInt.asUintN(64, BigInt(x));

export const MATH: readonly FunctionSpec[] = [
  define(
    'number',
    'POWER(x, y)',
    'x to the y.',
    ['POWER(2, 10)', 1024],
    [2, 2],
    real,
    (x: number, y: number) => x ** y,
    { coerce: 'double' },
  ),
  math('SQRT', Math.sqrt, 'The square root.', '9', 3),
  math('EXP', Math.exp, 'e to the x.', '0', 1),
  math('LN', (x) => Math.log(positive(x, 'LN')), 'The natural logarithm.', '1', 0, LOGS),
  define(
    'number',
    'LOG([base,] x)',
    'The logarithm to a base; the natural one without it.',
    ['LOG(2, 8)', 3],
    [1, 2],
    real,
    (a: number, b?: number) =>
      b === undefined ? Math.log(positive(a, 'LOG')) : logarithm(positive(a, 'LOG'), positive(b, 'LOG')),
    { coerce: 'double', note: LOGS },
  ),
  math('LOG10', (x) => Math.log10(positive(x, 'LOG10')), 'The logarithm to base 10.', '1000', 3, LOGS),
  math('LOG2', (x) => Math.log2(positive(x, 'LOG2')), 'The logarithm to base 2.', '8', 3, LOGS),
  math('SIN', Math.sin, 'The sine of radians.', '0', 0),
  math('COS', Math.cos, 'The cosine of radians.', '0', 1),
  math('TAN', Math.tan, 'The tangent of radians.', '0', 0),
  math('COT', (x) => 1 / Math.tan(x), 'The cotangent of radians.', 'PI() / 4', 1.0000000000000002),
  math('ASIN', Math.asin, 'The arc sine.', '0', 0),
  math('ACOS', Math.acos, 'The arc cosine.', '1', 0),
  math('ATAN', Math.atan, 'The arc tangent.', '0', 0),
  define('number', 'ATAN2(y, x)', 'The angle of a point.', ['ATAN2(0, 1)', 0], [2, 2], real, Math.atan2, {
    coerce: 'double',
  }),
  math('SINH', Math.sinh, 'The hyperbolic sine.', '0', 0),
  math('COSH', Math.cosh, 'The hyperbolic cosine.', '0', 1),
  math('TANH', Math.tanh, 'The hyperbolic tangent.', '0', 0),
  math('DEGREES', (x) => (x * 180) / Math.PI, 'Radians as degrees.', '0', 0),
  math('RADIANS', (x) => (x * Math.PI) / 180, 'Degrees as radians.', '0', 0),
  define(
    'number',
    'PI()',
    'The number pi.',
    ['ROUND(PI(), 2)', 3.14],
    [0, 0],
    () => DOUBLE,
    () => Math.PI,
  ),
  define(
    'number',
    'E()',
    "Euler's number.",
    ['ROUND(E(), 1)', 2.7],
    [0, 0],
    () => DOUBLE,
    () => Math.E,
  ),
  define(
    'number',
    'BIN(n)',
    'A whole number in binary; a negative one in 64 bits of two’s complement.',
    ['BIN(13)', '1101'],
    [1, 1],
    takes(STRING, 'WHOLE'),
    (n: number | bigint) => unsigned(n).toString(2),
    { exact: true },
  ),
  define(
    'number',
    'HEX(x)',
    'A whole number, the bytes of a text in UTF-8, or bytes in hexadecimal.',
    ["HEX('AZ') || HEX(255)", '415AFF'],
    [1, 1],
    ([type]) =>
      type === undefined || ['INT', 'BIGINT', 'STRING', 'BYTES'].includes(type.kind) ? STRING : null,
    (x: number | bigint | string | Uint8Array) => {
      if (typeof x === 'string') return hex(utf8(x));
      return typeof x === 'object' ? hex(x) : unsigned(x).toString(16).toUpperCase();
    },
    { exact: true },
  ),
  define(
    'number',
    'UNHEX(s)',
    'The bytes that hexadecimal digits stand for; NULL where they are none.',
    ["CAST(UNHEX('41') AS STRING)", 'A'],
    [1, 1],
    takes({ kind: 'BYTES' }, 'STRING'),
    fromHex,
    { canBeNull: true },
  ),
];

/** Exact for the powers of the bases that have a logarithm of their own. */
function logarithm(base: number, x: number): number {
  if (base === 2) return Math.log2(x);
  return base === 10 ? Math.log10(x) : Math.log(x) / Math.log(base);
}
