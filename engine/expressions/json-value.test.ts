import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BIGINT, BOOLEAN, type DataType, DOUBLE, INT, STRING, TIMESTAMP } from '../contract/types.ts';
import { jsonAt, jsonRow, jsonToValue } from './json-value.ts';

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
    expected: 'a whole number within ±9007199254740991',
  });
  assert.deepEqual(jsonRow([1], fields), { field: '', value: '[1]', expected: 'a JSON object' });
});
