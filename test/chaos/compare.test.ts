import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { differences, readSeen, type Seen, strangers } from './compare.ts';

const seen = (...rows: string[]): Seen => new Map([['out', rows]]);
const [A, B, C] = ['{"id":1}', '{"id":2}', '{"id":3}'] as const;

test('rows: their order does not count; one that is lost, there twice or made up is told', () => {
  const sinks = { out: 'rows' } as const;
  assert.deepEqual(differences(seen(A, B), seen(B, A), sinks), []);
  assert.match(differences(seen(A, B), seen(A), sinks).join(), /1 lost, 0 doubled, 0 that should not be/);
  assert.match(differences(seen(A), seen(A, A), sinks).join(), /0 lost, 1 doubled, 0 that should not be/);
  assert.match(differences(seen(A, B), seen(A, C), sinks).join(), /1 lost, 0 doubled, 1 that should not be/);
  assert.match(differences(seen(A), new Map(), sinks).join(), /1 lost/);
});

test('a table: what its changes leave', () => {
  const sinks = { out: 'table' } as const;
  const op = (name: string, id: number): string => JSON.stringify({ op: name, id });
  const changes = [op('+I', 1), op('-U', 1), op('+U', 2)];
  assert.deepEqual(differences(seen(...changes), seen(op('+I', 2)), sinks), []);
  assert.match(differences(seen(...changes), seen(op('+I', 1)), sinks).join(), /1 lost, 0 doubled, 1 that/);
  assert.match(differences(seen(...changes), seen(...changes, op('-D', 2)), sinks).join(), /1 lost/);
});

test('sums of fields, of NDJSON and of CSV; rows without a field', () => {
  const sums = { out: { sums: ['c', 'total'] } };
  const one = seen('{"k":"a","c":3,"total":9}');
  assert.deepEqual(
    differences(one, seen('{"k":"a","c":1,"total":4}', '{"k":"a","c":2,"total":5}'), sums),
    [],
  );
  assert.deepEqual(differences(one, seen('a,1,4', 'a,2,5'), sums), []);
  assert.deepEqual(differences(one, seen('a,1,4', 'a,1,5'), sums), [
    'out: sums c 2, total 9, not c 3, total 9',
  ]);
  const without = { out: { without: ['last'] } };
  assert.deepEqual(differences(seen('{"id":1,"last":true}'), seen('{"id":1,"last":false}'), without), []);
  assert.equal(differences(seen('{"id":1,"last":true}'), seen('{"id":2,"last":true}'), without).length, 1);
});

test('what readers see early must be part of what they were to see', () => {
  assert.deepEqual(strangers(seen(A, B), seen(A), { out: 'rows' }), []);
  assert.deepEqual(strangers(seen(A, B), seen(A, A), { out: 'rows' }), [`out: seen before its time: ${A}`]);
  assert.deepEqual(strangers(seen(A), seen(B), { out: 'table' }), []);
});

test('files of a sink: hidden ones and the header of CSV do not count', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-chaos-compare-'));
  try {
    await writeFile(join(folder, 'a-file-000001.ndjson'), `${A}\n`);
    await writeFile(join(folder, 'a-file-000002.ndjson'), `${B}\n`);
    await writeFile(join(folder, '.a-file-000003.ndjson'), `${C}\n`);
    await writeFile(join(folder, 'b-file-000001.csv'), 'id\n1\n2\n');
    const all = await readSeen(folder);
    assert.deepEqual(Object.fromEntries(all), { 'a-file': [A, B], 'b-file': ['1', '2'] });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
