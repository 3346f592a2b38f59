import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BIGINT,
  BOOLEAN,
  type DataType,
  DOUBLE,
  INT,
  parseType,
  STRING,
  TIMESTAMP,
} from '../contract/types.ts';
import { cellValue } from '../contract/value-text.ts';
import type { Value } from '../contract/values.ts';
import { parseJson } from './json-text.ts';
import { cellToValue, jsonAt, jsonRow, jsonToValue } from './json-value.ts';

const type = (text: string): DataType => parseType(text) as DataType;

test('values that fit their type', () => {
  const cases: [unknown, DataType, string | undefined, unknown][] = [
    [true, BOOLEAN, undefined, true],
    [-2147483648, INT, undefined, -2147483648],
    [9007199254740991, BIGINT, undefined, 9007199254740991],
    [1e300, DOUBLE, undefined, 1e300],
    ['', STRING, undefined, ''],
    [null, INT, undefined, null],
    ['2001-01-31T23:05:00Z', TIMESTAMP, undefined, Date.UTC(2001, 0, 31, 23, 5)],
    ['9999-12-31T23:59:59.999Z', TIMESTAMP, undefined, 253402300799999],
    [-1500, TIMESTAMP, 'epoch-ms', -1500],
    [1.5, TIMESTAMP, 'epoch-s', 1500],
  ];
  for (const [json, type, format, expected] of cases) {
    assert.equal(jsonToValue(json, type, format), expected, `${JSON.stringify(json)} as ${type.kind}`);
  }
});

test('values that do not fit are refused, never bent', () => {
  const cases: [unknown, DataType, string | undefined][] = [
    [1, BOOLEAN, undefined],
    ['true', BOOLEAN, undefined],
    [1.5, INT, undefined],
    [2147483648, INT, undefined],
    ['1', INT, undefined],
    [9007199254740992, BIGINT, undefined],
    ['1', DOUBLE, undefined],
    [1, STRING, undefined],
    [{}, STRING, undefined],
    [1000, TIMESTAMP, undefined],
    ['yesterday', TIMESTAMP, undefined],
    [9e15, TIMESTAMP, 'epoch-ms'],
    [9e15, TIMESTAMP, 'epoch-s'],
  ];
  for (const [json, type, format] of cases) {
    assert.equal(jsonToValue(json, type, format), undefined, `${JSON.stringify(json)} as ${type.kind}`);
  }
});

test('every type, with all digits', () => {
  const cases: [string, string, unknown][] = [
    ['9223372036854775807', 'BIGINT', 2n ** 63n - 1n],
    ['-9223372036854775808', 'BIGINT', -(2n ** 63n)],
    ['9223372036854775808', 'BIGINT', undefined],
    ['"9223372036854775807"', 'BIGINT', 2n ** 63n - 1n],
    ['"12"', 'BIGINT', undefined],
    ['12.345', 'DECIMAL(5, 2)', 1235n],
    ['-0.005', 'DECIMAL(5, 2)', -1n],
    ['"12.3"', 'DECIMAL(5, 2)', 1230n],
    ['12345678901234567890.12', 'DECIMAL(38, 2)', 1234567890123456789012n],
    ['1000', 'DECIMAL(5, 2)', undefined],
    ['"AQL/"', 'BYTES', Uint8Array.of(1, 2, 255)],
    ['"A*"', 'BYTES', undefined],
    ['[1, null]', 'ARRAY<INT>', [1, null]],
    ['[1, "x"]', 'ARRAY<INT>', undefined],
    ['{"b": ["x"], "a": 1, "more": 2}', 'ROW<a INT, b ARRAY<STRING>, c INT>', [1, ['x'], null]],
    ['{"a": 1.5}', 'ROW<a INT>', undefined],
    ['[{"at": "1970-01-01T00:00:01Z"}]', 'ARRAY<ROW<at TIMESTAMP>>', [[1000]]],
    ['1700000000000.1233', 'DOUBLE', 1700000000000.1233],
  ];
  for (const [json, of, expected] of cases)
    assert.deepEqual(jsonToValue(parseJson(json), type(of)), expected, `${json} as ${of}`);
});

test('paths go through own keys only', () => {
  const record = JSON.parse('{"a": {"b": 1}, "__proto__": {"polluted": 2}}');
  assert.equal(jsonAt(record, ['a', 'b']), 1);
  assert.equal(jsonAt(record, ['a', 'toString']), undefined);
  assert.equal(jsonAt({}, ['__proto__', 'toString']), undefined);
  assert.equal(jsonAt(record, ['__proto__', 'polluted']), 2);
  assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
});

test('a row names the first field that does not fit', () => {
  const fields = [
    { name: 'id', type: BIGINT, nullable: false, path: ['id'] },
    { name: 'mag', type: DOUBLE, nullable: true, path: ['properties', 'mag'] },
  ];
  assert.deepEqual(jsonRow({ id: 1, properties: { mag: 2.5 } }, fields), [1, 2.5]);
  assert.deepEqual(jsonRow({ id: 1 }, fields), [1, null]);
  assert.deepEqual(jsonRow({ properties: {} }, fields), {
    field: 'id',
    value: 'nothing',
    expected: 'a whole number of at most 64 bits',
  });
  assert.deepEqual(jsonRow([1], fields), { field: '', value: '[1]', expected: 'a JSON object' });
});

test('values → cells → values', () => {
  const cases: [string, Value][] = [
    ['BIGINT', 2n ** 62n],
    ['BIGINT', 5],
    ['DOUBLE', Number.NaN],
    ['DOUBLE', -0.5],
    ['DECIMAL(20, 3)', -12345n],
    ['BYTES', Uint8Array.of(0, 255)],
    ['STRING', '12'],
    ['TIMESTAMP', 1000],
    ['ARRAY<ROW<id BIGINT, at TIMESTAMP>>', [[2n ** 60n, 1000], null]],
    ['BOOLEAN', null],
  ];
  for (const [of, value] of cases)
    assert.deepEqual(cellToValue(cellValue(value, type(of)), type(of)), value, of);
  assert.equal(cellToValue('[1, 2', type('ARRAY<INT>')), undefined);
});
