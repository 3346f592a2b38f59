import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SourceField } from '../../contract/settings.ts';
import type { Value } from '../../contract/values.ts';
import { pick, type Random, randomOf } from '../../expressions/testing/random-expression.ts';
import { decodeFields } from '../decode-fields.ts';
import { JsonLineParser } from './line-parser.ts';
import { JsonRecords } from './records.ts';

const SCHEMA: SourceField[] = [
  { name: 'id', type: 'BIGINT', nullable: false },
  { name: 'n', type: 'INT' },
  { name: 'd', type: 'DOUBLE' },
  { name: 's', type: 'STRING' },
  { name: 'é', type: 'STRING' },
  { name: 'b', type: 'BOOLEAN' },
  { name: 't', type: 'TIMESTAMP' },
  { name: 'ms', type: 'TIMESTAMP', format: 'epoch-ms' },
  { name: 'dec', type: 'DECIMAL(20, 4)' },
  { name: 'bytes', type: 'BYTES' },
  { name: 'list', type: 'ARRAY<STRING>' },
  { name: 'deep', type: 'DOUBLE', from: 'in.side.x' },
  { name: 'beside', type: 'STRING', from: 'in.y' },
];
const FIELDS = decodeFields(SCHEMA);

const NUMBERS =
  '0 -0 7 -31 2147483647 2147483648 -2147483649 9007199254740991 9007199254740993 9223372036854775807 9223372036854775808 0.1 1.0 1.50000000000000 0.00000000000001 123456.789 3.14159265358979 1e3 1E-7 1e400 -1.5e+2 0.30000000000000004 123456789012345 999999999999999.9 01 1. .5 - + 1e 0x1 1_0'.split(
    ' ',
  );
const TEXTS = [
  '',
  'a',
  'ATL',
  'x'.repeat(40),
  'é',
  '日本',
  '😀',
  '\ufeff',
  '"',
  '\\',
  '\n',
  '\u2028',
  '\ud800',
  '\u0000',
  'null',
  '12',
  '9223372036854775807',
  'aGk=',
];
const TIMES =
  '2001-01-31T23:05:00Z 2001-01-31T23:05:00.123Z 2001-02-29T00:00:00Z 2004-02-29T00:00:00.000Z 2001-01-31T24:00:00Z 2001-13-01T00:00:00Z 0050-01-01T00:00:00Z 2001-01-31T23:05:60Z 2001-01-31 2001-01-31T23:05:00.1Z 2001-01-31T23:05:00+02:00 2001-1-31T23:05:00Z'.split(
    ' ',
  );
const RAW = [
  'true',
  'false',
  'null',
  'tru',
  'nulll',
  'NaN',
  '[]',
  '{}',
  '[1,]',
  '["a","é"]',
  '[[[1]]]',
  '{"side":{"x":1.5},"y":"z"}',
  '{"side":{"x":1,"x":2}}',
  '{"side":null}',
  '{"y":7}',
  '"\\u00e9\\ud83d\\ude00"',
  '"\\x"',
  '"\\u12"',
  '"a\tb"',
  '"open',
  '"\\ud800"',
];
const KEYS = [...SCHEMA.map((f) => f.from?.split('.')[0] ?? f.name), 'other', '__proto__', 'toString', ''];

const chance = (random: Random, share: number): boolean => random(1000) < share * 1000;

function value(random: Random): string {
  const kind = random(1000) / 1000;
  if (kind < 0.3) return pick(random, NUMBERS);
  if (kind < 0.55) return JSON.stringify(pick(random, TEXTS));
  if (kind < 0.7) return JSON.stringify(pick(random, TIMES));
  return pick(random, RAW);
}

const FITTING: Readonly<Record<string, readonly string[]>> = {
  id: ['1', '9007199254740993', '"9223372036854775807"'],
  n: ['5', '-0', '1.0', 'null'],
  d: ['0.1', '1e3', '123456.789', '7'],
  s: TEXTS.map((t) => JSON.stringify(t)),
  é: ['"ü"', 'null'],
  b: ['true', 'false'],
  t: ['"2001-01-31T23:05:00.123Z"', '"2001-01-31"', '"2004-02-29T00:00:00Z"'],
  ms: ['5', '"17"', '1.9'],
  dec: ['1.5', '"2.25"', '1234567890123456.7890'],
  bytes: ['"aGk="'],
  list: ['["a","é"]', '[]'],
  in: ['{"side":{"x":1.5},"y":"z"}', '{}', 'null'],
};

function line(random: Random): Buffer {
  const space = chance(random, 0.1) ? ' \t' : '';
  const isGood = chance(random, 0.4);
  const keys = isGood ? Object.keys(FITTING).filter((k) => k === 'id' || chance(random, 0.8)) : [];
  if (!isGood) for (let k = 0; k < 8; k++) keys.push(k === 0 ? 'id' : pick(random, KEYS));
  const members = keys.map((key) => {
    const name = chance(random, 0.02) ? '"\\u0069d"' : JSON.stringify(key);
    const fits = isGood || chance(random, 0.8);
    return `${name}${space}:${space}${fits ? pick(random, FITTING[key] ?? ['1', '"x"', '{"a":[1,"\\n"]}']) : value(random)}`;
  });
  const bytes = Buffer.from(
    `${space}{${space}${members.join(`${space},${space}`)}${space}}${chance(random, 0.1) ? '\r' : ''}`,
  );
  if (chance(random, 0.2) && bytes.length > 0) {
    const at = random(bytes.length);
    const byte = pick(random, [0xff, 0xc0, 0xed, 0x80, 34, 92, 44, 125, 123, 0, 32, 45, 46, 48]);
    if (chance(random, 0.5)) bytes[at] = byte;
    else return Buffer.from(bytes.subarray(0, at));
  }
  return bytes;
}

/** What `JSON.parse` and `jsonRow` make of it. */
function judged(bytes: Buffer): Value[] | null {
  let row: Value[] | null = null;
  const text = bytes.at(-1) === 13 ? bytes.subarray(0, -1) : bytes;
  new JsonRecords(FIELDS).decode(text, 0, 1, {
    row(values) {
      row = [...values];
    },
    bad() {},
  });
  return row;
}

describe('the parser of lines', () => {
  it('gives the row that JSON.parse gives, or none', () => {
    const random = randomOf(20_261_125);
    const parser = new JsonLineParser(FIELDS);
    let [taken, good] = [0, 0];
    for (let n = 0; n < 20_000; n++) {
      const one = line(random);
      if (one.includes(10)) continue;
      const part = Buffer.concat([Buffer.from('}\n'), one, Buffer.from('\n{"id":1}\n')]);
      const expected = judged(one);
      const row = parser.parse(part, 2, 2 + one.length);
      if (expected !== null) good++;
      if (row === null) continue;
      taken++;
      assert.deepEqual(row, expected, one.toString());
    }
    assert.ok(good > 5000, `${good} good records`);
    assert.ok(taken > good * 0.6, `${taken} of ${good} were taken`);
  });

  it('leaves a key that stands twice, an escape in a key and a break of UTF-8 to JSON.parse', () => {
    const parser = new JsonLineParser(FIELDS);
    const lines = [
      '{"id":1,"id":2}',
      '{"\\u0069d":1}',
      '{"id":1,"s":"\xff"}',
      '{"id":1,"x":"\xff"}',
      '{"id":1}x',
    ];
    for (const text of lines) {
      const bytes = Buffer.from(`${text}\n`, 'latin1');
      assert.equal(parser.parse(bytes, 0, bytes.length - 1), null, text);
    }
  });
});
