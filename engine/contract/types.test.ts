import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  BIGINT,
  type DataType,
  DOUBLE,
  field,
  INT,
  parseType,
  printType,
  STRING,
  sameType,
} from './types.ts';

const scalar = fc.constantFrom<DataType>(
  ...(['BOOLEAN', 'INT', 'BIGINT', 'DOUBLE', 'STRING', 'BYTES', 'TIMESTAMP'] as const).map((kind) => ({
    kind,
  })),
);
const decimal = fc
  .tuple(fc.integer({ min: 1, max: 38 }), fc.integer({ min: 0, max: 38 }))
  .map(([precision, scale]): DataType => ({ kind: 'DECIMAL', precision, scale: Math.min(precision, scale) }));
const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
const { type } = fc.letrec<{ type: DataType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'type' },
    scalar,
    decimal,
    tie('type').map((element): DataType => ({ kind: 'ARRAY', element })),
    fc
      .array(fc.tuple(name, tie('type')), { minLength: 1, maxLength: 4, depthIdentifier: 'type' })
      .map((fields): DataType => ({ kind: 'ROW', fields: fields.map(([n, t]) => field(n, t)) })),
  ),
}));

test('every type is printed as text that reads back as itself, whatever the case and blanks', () => {
  fc.assert(
    fc.property(type, (t) => {
      const text = printType(t);
      assert.deepEqual(parseType(text), t);
      assert.deepEqual(parseType(` ${text.replaceAll('<', ' < ').replaceAll(',', ' , ')} `), t);
    }),
  );
});

test('names that people know', () => {
  assert.deepEqual(parseType('integer'), INT);
  assert.deepEqual(parseType('varchar'), STRING);
  assert.deepEqual(parseType('DECIMAL'), { kind: 'DECIMAL', precision: 10, scale: 0 });
  assert.deepEqual(parseType('numeric(5,2)'), { kind: 'DECIMAL', precision: 5, scale: 2 });
  assert.deepEqual(parseType('ROW<a INT, b ARRAY<DOUBLE>>'), {
    kind: 'ROW',
    fields: [field('a', INT), field('b', { kind: 'ARRAY', element: DOUBLE })],
  });
  assert.ok(sameType(BIGINT, { kind: 'BIGINT' }) && !sameType(INT, BIGINT));
});

test('what is not a type is null', () => {
  const not = [
    '',
    'INTT',
    'INT INT',
    'ARRAY',
    'ARRAY<>',
    'ARRAY<INT',
    'ROW<>',
    'ROW<a>',
    'ROW<a INT,>',
    'constructor',
  ];
  const decimals = ['DECIMAL(0)', 'DECIMAL(39)', 'DECIMAL(5, 6)', 'DECIMAL(5,', 'DECIMAL()', 'DECIMAL(1.5)'];
  for (const text of [...not, ...decimals, 'DECIMAL(5,)', 'DECIMAL(0x10)', 'DECIMAL(1e1)'])
    assert.equal(parseType(text), null, text);
});

test('no text exhausts the stack or throws', () => {
  assert.equal(parseType('ARRAY<'.repeat(100_000)), null);
  assert.equal(parseType(`${'ARRAY<'.repeat(100)}INT${'>'.repeat(100)}`), null);
  fc.assert(fc.property(fc.string(), (text) => void parseType(text)));
});
