/** A source that ends before the others: what its sinks have is not shown before a checkpoint holds it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDocument } from '../../engine/contract/parse.ts';
import { runWithCrashes } from './restored-run.ts';

const rows = (count: number): object => ({
  type: 'generator',
  config: { data: { kind: 'fields', count, fields: [{ name: 'n', value: { kind: 'sequence' } }] } },
});

test('a sink whose source has ended waits for the last checkpoint', async () => {
  const parsed = parseDocument(
    JSON.stringify({
      weir: 1,
      nodes: {
        few: rows(3),
        many: rows(40),
        fewOut: { type: 'table', config: {} },
        manyOut: { type: 'table', config: {} },
      },
      edges: [
        { from: 'few', to: 'fewOut' },
        { from: 'many', to: 'manyOut' },
      ],
    }),
  );
  assert.ok(parsed.ok);
  for (let polls = 3; polls < 20; polls++) {
    const options = { baseDir: '.', batchRows: 1, crashAfter: [polls, polls] };
    const run = await runWithCrashes(parsed.value, options);
    assert.equal(run.crashes, 2);
    assert.deepEqual(
      run.rows['fewOut']?.map((row) => row['n']),
      [0, 1, 2],
      `died after ${polls} polls`,
    );
    assert.equal(run.rows['manyOut']?.length, 40);
  }
});
