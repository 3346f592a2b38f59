import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { visibleRows } from './virtual.ts';

describe('visible rows', () => {
  it('are those in sight with a margin, and the rest is height', () => {
    const rows = visibleRows(10_000, 24, 24_000, 240);
    assert.deepEqual([rows.from, rows.to], [992, 1019]);
    assert.equal(rows.before + (rows.to - rows.from) * 24 + rows.after, 240_000);
  });

  it('stay within the table, also when it became shorter than it is scrolled', () => {
    assert.deepEqual(visibleRows(3, 24, 0, 240), { from: 0, to: 3, before: 0, after: 0 });
    const short = visibleRows(5, 24, 99_999, 240);
    assert.deepEqual([short.from, short.to, short.after], [0, 5, 0]);
    assert.deepEqual(visibleRows(0, 24, 0, 240), { from: 0, to: 0, before: 0, after: 0 });
  });
});
