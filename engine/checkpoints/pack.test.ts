import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InternTable } from '../batch/column.ts';
import { putTogether, takeApart } from './pack.ts';

const again = (state: unknown): unknown => putTogether(takeApart(state).map((piece) => piece.bytes()));

const arrays = fc.oneof(
  fc.integer({ min: 0, max: 2000 }).map((n) => Float64Array.from({ length: n }, (_, i) => i / 3)),
  fc.integer({ min: 0, max: 4000 }).map((n) => Int32Array.from({ length: n }, (_, i) => -i)),
  fc.integer({ min: 0, max: 9000 }).map((n) => Uint8Array.from({ length: n }, (_, i) => i)),
  fc.integer({ min: 0, max: 9000 }).map((n) => Int16Array.from({ length: n }, (_, i) => i - 500)),
);
const values = fc.oneof(
  fc.string(),
  fc.double(),
  fc.bigInt(),
  fc.constantFrom(null, undefined, true),
  fc.array(fc.integer(), { maxLength: 3 }),
);
const lists = fc
  .tuple(fc.integer({ min: 0, max: 9000 }), fc.array(values, { minLength: 1, maxLength: 5 }))
  .map(([n, few]) => Array.from({ length: n }, (_, i) => few[i % few.length]));
const states = fc.letrec((tie) => ({
  state: fc.oneof(
    { maxDepth: 4 },
    arrays,
    lists,
    values,
    fc.array(tie('state'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('state'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).state;

test('whatever state holds comes back as it was', () => {
  fc.assert(
    fc.property(states, (state) => assert.deepEqual(again(state), state)),
    { numRuns: 300 },
  );
});

test('a million numbers are pieces of bytes that nobody copied', () => {
  const numbers = new Float64Array(1_000_000).fill(7);
  const [head, piece, ...more] = takeApart({ operator: { rows: [null, { numbers }] } });
  assert.ok(head !== undefined && piece !== undefined && more.length === 0);
  assert.equal(piece.bytes().buffer, numbers.buffer);
  assert.ok(head.bytes().length < 500);
});

test('texts that were there before are the same pieces again', () => {
  const table = new InternTable();
  for (let n = 0; n < 10_000; n++) table.code(`text ${n}`);
  const owners = (): (object | null)[] => takeApart({ texts: table.inChunks() }).map((p) => p.owner);
  const before = owners();
  for (let n = 0; n < 10_000; n++) table.code(`later ${n}`);
  const after = owners();
  assert.deepEqual([before.filter(Boolean).length, after.filter(Boolean).length], [2, 4]);
  assert.ok(before.filter((owner) => owner !== null).every((owner) => after.includes(owner)));
  assert.deepEqual((again(table.inChunks()) as string[][]).flat(), table.strings);
});
