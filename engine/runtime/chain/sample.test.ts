import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkGraph } from '../../plan/check.ts';
import { RUNTIMES } from '../../runtimes.ts';
import { VirtualClock } from '../clock.ts';
import { GraphRun } from '../graph-run.ts';

const RECORDS = 1000;
const document = {
  weir: 1 as const,
  nodes: {
    in: {
      type: 'generator',
      config: {
        data: { kind: 'fields', count: RECORDS, fields: [{ name: 'n', value: { kind: 'sequence' } }] },
      },
    },
    even: { type: 'filter', config: { condition: 'n % 2 = 0' } },
    half: { type: 'map', config: { keep: [], compute: [{ name: 'h', expression: 'n / 2' }] } },
    out: { type: 'nothing', config: {} },
  },
  edges: [
    { from: 'in:out', to: 'even' },
    { from: 'even:out', to: 'half' },
    { from: 'half:out', to: 'out' },
  ],
};

test('between the members of a chain: the last rows that pass, in their order, and only of ports that are asked for', async () => {
  const run = new GraphRun(checkGraph(document), {
    runtimes: RUNTIMES,
    clock: new VirtualClock(),
    seed: 1,
    baseDir: import.meta.dirname,
    batchRows: RECORDS,
    log: () => {},
  });
  await run.open();
  assert.equal((await run.run()).outcome, 'finished');

  const [sample, ...more] = run.samples((node, port) => node === 'even' && port === 'out');
  assert.ok(sample !== undefined);
  assert.deepEqual(more, []);
  assert.equal(sample.sample.total, RECORDS / 2);
  const seen = sample.sample.rows.map(({ cells }) => Number(cells[0]));
  const expected = Array.from({ length: 50 }, (_, i) => RECORDS - 100 + 2 * i);
  assert.deepEqual(seen, expected);

  const nodes = run.samples().map(({ node, port }) => `${node}:${port}`);
  assert.ok(
    ['in:out', 'even:out', 'half:out'].every((port) => nodes.includes(port)),
    nodes.join(' '),
  );
});
