import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Sample } from '../../../engine/contract/link.ts';
import { field, INT, STRING, TIMESTAMP } from '../../../engine/contract/types.ts';
import { tryExpression } from './try-expression.ts';

const fields = [field('origin', STRING), field('delay', INT), field('at', TIMESTAMP)];
const sample: Sample = {
  columns: [
    { name: 'delay', type: 'INT' },
    { name: 'at', type: 'TIMESTAMP' },
    { name: 'origin', type: 'STRING' },
  ],
  rows: [
    { time: null, cells: [1, 0, 'DFW'] },
    { time: null, cells: [66, 3_600_000, 'ATL'] },
  ],
  total: 2,
};

describe('an expression while it is typed', () => {
  const tried = (text: string, expects: 'BOOLEAN' | 'ANY' = 'ANY') =>
    tryExpression(text, fields, expects, sample, 'utc');

  it('gives its value for the last record, whatever the order of the columns', () => {
    assert.deepEqual(tried('delay > 60', 'BOOLEAN'), {
      problems: [],
      type: 'BOOLEAN',
      value: { record: 'delay 66', result: 'true' },
    });
    assert.equal(tried('UPPER(origin)').value?.result, 'ATL');
    assert.deepEqual(tried('at').value, { record: 'at 1970-01-01 01:00:00', result: '1970-01-01 01:00:00' });
  });

  it('says what is wrong and where', () => {
    const [found] = tried('delayy > 60', 'BOOLEAN').problems;
    assert.equal(found?.code, 'T-FIELD');
    assert.deepEqual(found?.span, { from: 0, to: 6 });
    assert.equal(tried('delay + 1', 'BOOLEAN').problems.length, 1);
  });

  it('shows the reason where the record gives no value', () => {
    const { result } = tried("CAST('x' AS INT) + delay").value ?? {};
    assert.match(result ?? '', /x/);
  });

  it('has no value without a record that fits', () => {
    assert.equal(tryExpression('delay', fields, 'ANY', null, 'utc').value, null);
    assert.equal(tryExpression('delay', [field('delay', STRING)], 'ANY', sample, 'utc').value, null);
  });
});
