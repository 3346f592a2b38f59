/** A run whose keys never end stops at its memory bound, with an error that says where and what to do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateDocument } from '../../engine/contract/parse.ts';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import { runLocally } from '../../engine/runtime/local.ts';

test('state beyond settings.stateMegabytesMax ends the run with R-STATE', async () => {
  const parsed = validateDocument({
    weir: 1,
    settings: { stateMegabytesMax: 8 },
    nodes: {
      ids: {
        type: 'generator',
        config: {
          data: {
            kind: 'fields',
            count: 10_000_000,
            fields: [
              { name: 'at', value: { kind: 'time' } },
              { name: 'id', value: { kind: 'sequence' } },
            ],
          },
          time: { field: 'at', watermark: { kind: 'ascending' } },
        },
      },
      all: {
        type: 'window',
        config: {
          window: { kind: 'tumbling', size: '100 d' },
          keys: ['id'],
          aggregates: [{ function: 'count', as: 'n' }],
        },
      },
      out: { type: 'nothing', config: {} },
    },
    edges: [
      { from: 'ids', to: 'all' },
      { from: 'all', to: 'out' },
    ],
  });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  const { summary, problems } = await runLocally(parsed.value, {
    clock: new VirtualClock(0),
    capture: false,
  });
  assert.equal(summary.outcome, 'failed');
  const [problem] = problems;
  assert.equal(problem?.code, 'R-STATE');
  assert.deepEqual(problem?.path, ['nodes', 'all']);
  assert.match(problem?.expected ?? '', /8 MB/);
  // It stopped near the bound, long before the ten million keys.
  assert.ok(summary.recordsRead < 2_000_000, `${summary.recordsRead} records`);
});
