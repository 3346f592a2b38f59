import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rowAt } from '../../batch/batch.ts';
import { BatchBuilder } from '../../batch/builder.ts';
import { InternTable } from '../../batch/column.ts';
import { field, INT, STRING } from '../../contract/types.ts';
import { random } from '../../runtime/random.ts';
import { RowStore } from './row-store.ts';
import { sortedOrder } from './sort.ts';

describe('sorting by arrival time', () => {
  it('is the stable order, at lengths around the size of runs', async () => {
    for (const length of [0, 1, 8191, 8192, 8193, 16_384, 50_000]) {
      const { next } = random(length);
      const keys = Float64Array.from({ length }, (_, i) =>
        i === 7 ? -Infinity : Math.floor(next() * 1000) - 500,
      );
      const expected = [...keys.keys()].sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
      assert.deepEqual([...(await sortedOrder(keys, async () => {}))], expected, `${length} rows`);
    }
  });

  it('pauses often', async () => {
    let pauses = 0;
    await sortedOrder(new Float64Array(100_000), async () => void pauses++);
    assert.ok(pauses >= 13 + 4, String(pauses));
  });

  it('gives rows back from all pages, NULL and text included', () => {
    const fields = [field('n', INT), field('text', STRING)];
    const table = new InternTable();
    const store = new RowStore(fields);
    const count = 70_000;
    const builder = new BatchBuilder(fields, [null, table]);
    for (let i = 0; i < count; i++) {
      builder.push([i % 3 === 0 && i > 40_000 ? null : i, `text ${i % 5}`]);
    }
    const input = builder.take(0);
    for (let i = 0; i < count; i++) store.add(input, i, -i, i % 7);
    const keys = store.seal([null, table]);
    assert.equal(keys.length, count);
    assert.equal(keys[69_999], -69_999);
    const positions = Uint32Array.of(69_999, 0, 32_767, 32_768, 50_001);
    const { batch, files } = store.gather(positions, 0);
    positions.forEach((position, k) => {
      assert.deepEqual(rowAt(batch, fields, k), rowAt(input, fields, position));
      assert.equal(files[k], position % 7);
    });
  });
});
