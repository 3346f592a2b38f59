/** A division by zero in every place where an expression can stand: that record goes to the errors port, and the others go on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { column, figures, finished, type Node, run, source } from './pipeline.ts';

const minute = { kind: 'tumbling', size: '1 min' };
const on = [{ left: 'id', right: 'id' }];
const row = (id: number, n: number | null) => ({ at: `2026-01-01T00:00:0${id}Z`, id, n });
/** The second record is the bad one; NULL is none. */
const ROWS = [row(1, 5), row(2, 0), row(3, null), row(4, 2)];
const rows = () => source('at TIMESTAMP, id INT, n INT', ROWS);
const DIVIDES = '10 / n > 0';
const total = (more: object) => ({ function: 'sum', as: 'total', ...more });

interface Case {
  readonly place: string;
  readonly node: Node;
  /** By port and field, what comes out. */
  readonly gives: Readonly<Record<string, readonly [field: string, values: readonly unknown[]]>>;
}

const one: readonly Case[] = [
  {
    place: 'map',
    node: { type: 'map', config: { compute: [{ name: 'q', expression: '10 / n' }], keep: ['id'] } },
    gives: { out: ['q', [2, null, 5]] },
  },
  {
    place: 'filter',
    node: { type: 'filter', config: { condition: DIVIDES } },
    gives: { out: ['id', [1, 4]] },
  },
  {
    place: 'route',
    node: { type: 'route', config: { routes: [{ name: 'yes', condition: DIVIDES }] } },
    gives: { yes: ['id', [1, 4]], else: ['id', [3]] },
  },
  {
    place: 'route to all',
    node: { type: 'route', config: { send: 'all', routes: [{ name: 'yes', condition: DIVIDES }] } },
    gives: { yes: ['id', [1, 4]], else: ['id', [3]] },
  },
  {
    place: 'argument of an aggregate, window',
    node: { type: 'window', config: { window: minute, aggregates: [total({ of: '10 / n' })] } },
    gives: { out: ['total', [7]] },
  },
  {
    place: 'FILTER of an aggregate, window',
    node: { type: 'window', config: { window: minute, aggregates: [total({ of: 'id', filter: DIVIDES })] } },
    gives: { out: ['total', [5]] },
  },
  {
    place: 'argument of an aggregate, group',
    node: { type: 'group-aggregate', config: { aggregates: [total({ of: '10 / n' })] } },
    // -U and +U: 2, 7; the NULL changes nothing.
    gives: { out: ['total', [2, 2, 7]] },
  },
  {
    place: 'FILTER of an aggregate, group',
    node: { type: 'group-aggregate', config: { aggregates: [total({ of: 'id', filter: DIVIDES })] } },
    gives: { out: ['total', [1, 1, 5]] },
  },
  {
    place: 'argument of an aggregate, over',
    node: { type: 'over-aggregate', config: { aggregates: [total({ of: '10 / n' })] } },
    gives: { out: ['total', [2, 2, 7]] },
  },
  {
    place: 'default of lag, over',
    node: {
      type: 'over-aggregate',
      config: { aggregates: [{ function: 'lag', of: 'id', default: '10 / n', as: 'before' }] },
    },
    gives: { out: ['before', [2, 1, 3]] },
  },
  {
    place: 'condition of a pattern',
    node: {
      type: 'pattern',
      config: {
        pattern: 'A',
        define: [{ variable: 'A', when: '10 / A.n > 0' }],
        measures: [{ of: 'A.id', as: 'id' }],
      },
    },
    gives: { out: ['id', [1, 4]] },
  },
  {
    place: 'array of flatten',
    node: { type: 'flatten', config: { array: 'ARRAY[10 / n]', as: 'q' } },
    gives: { out: ['q', [2, null, 5]] },
  },
];

for (const { place, node, gives } of one) {
  for (const batchRows of [1, 1024]) {
    test(`division by zero: ${place}, batches of ${batchRows}`, async () => {
      const result = await run(node, { in: rows() }, {}, { batchRows });
      finished(result);
      for (const [port, [field, values]] of Object.entries(gives))
        assert.deepEqual(column(result, port, field), values, port);
      assert.deepEqual(column(result, 'errors', 'code'), ['R-RECORD']);
      assert.match(String(column(result, 'errors', 'raw')[0]), /"id":2/);
      const { recordsIn, deadLetters } = figures(result);
      assert.deepEqual([recordsIn, deadLetters], [4, 1]);
    });
  }
}

const without = (rows: typeof ROWS) => rows.map(({ at, id }) => ({ at, id }));

/** The pair of 2 and 2 divides by zero; that of 3 gives NULL. The bad pair is told, and is no match. */
const joins: readonly (readonly [place: string, node: Node, gives: readonly unknown[]])[] = [
  ['join', { type: 'join', config: { on, condition: 'left.id / right.n > 0' } }, [4]],
  [
    'interval join',
    {
      type: 'interval-join',
      config: { on, lower: '0 s', upper: '0 s', condition: 'left.id / right.n > 0' },
    },
    [4],
  ],
  [
    'window join',
    { type: 'window-join', config: { on, window: minute, condition: 'left.id / right.n > 0' } },
    [4],
  ],
  ['temporal join', { type: 'temporal-join', config: { on, condition: 'left.id / right.n > 0' } }, [4]],
];

for (const [place, node, gives] of joins) {
  test(`division by zero: condition of a ${place}`, async () => {
    const left = source('at TIMESTAMP, id INT', without(ROWS.slice(1)));
    const result = await run(node, { left, right: rows() });
    finished(result);
    assert.deepEqual(column(result, 'out', 'id'), gives);
    assert.deepEqual(column(result, 'errors', 'code'), ['R-RECORD']);
    assert.equal(figures(result).deadLetters, 1);
  });
}

test('division by zero: what a temporal join deletes by', async () => {
  const left = source(
    'at TIMESTAMP, id INT',
    without(ROWS).map((r) => ({ ...r, at: '2026-01-01T00:01:00Z' })),
  );
  const node = { type: 'temporal-join', config: { join: 'left', on, deleteWhere: '10 / n = 5' } };
  const result = await run(node, { left, right: rows() });
  finished(result);
  // 2 has no version, as its row was bad; 4 was deleted.
  assert.deepEqual(column(result, 'out', 'right_id'), [1, null, 3, null]);
  assert.deepEqual(column(result, 'errors', 'code'), ['R-RECORD']);
});

test('division by zero: condition of a lookup join', async () => {
  const table = {
    kind: 'rows',
    schema: [
      { name: 'id', type: 'INT' },
      { name: 'n', type: 'INT' },
    ],
    rows: ROWS.map(({ id, n }) => ({ id, n })),
  };
  const node = { type: 'lookup-join', config: { on, table, condition: 'left.id / right.n > 0' } };
  const result = await run(node, { left: source('id INT', [{ id: 2 }, { id: 3 }, { id: 4 }]) });
  finished(result);
  assert.deepEqual(column(result, 'out', 'id'), [4]);
  assert.deepEqual(column(result, 'errors', 'code'), ['R-RECORD']);
});

test('a run that is to end at a bad record ends at it', async () => {
  const node = { type: 'map', config: { compute: [{ name: 'q', expression: '10 / n' }] } };
  const { summary, problems } = await run(node, { in: rows() }, { onBadRecord: 'fail' });
  assert.equal(summary.outcome, 'failed');
  assert.deepEqual(
    problems.map((p) => [p.code, p.path]),
    [['R-RECORD', ['nodes', 'node']]],
  );
});
