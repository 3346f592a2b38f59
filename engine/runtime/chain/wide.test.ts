/** BIGINTs beyond 2^53 in a fused chain: narrow code hands over, wide code takes bad rows too, and narrow code comes back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsOf } from '../../batch/batch.ts';
import { BatchBuilder } from '../../batch/builder.ts';
import { BIGINT, type Field, field, STRING } from '../../contract/types.ts';
import type { Value } from '../../contract/values.ts';
import { checkExpression } from '../../expressions/index.ts';
import type { FusedStep } from '../contracts.ts';
import { FusedChain } from './chain.ts';

const FIELDS: readonly Field[] = [field('n', BIGINT), field('s', STRING)];

function chainOf(...texts: string[]): FusedChain {
  const steps = texts.map<FusedStep>((text) => {
    const checked = checkExpression(text, FIELDS);
    assert.ok(checked.ok);
    const { expression } = checked;
    if (expression.type.kind === 'BOOLEAN') return { kind: 'filter', condition: expression };
    const { type, nullable } = expression;
    return {
      kind: 'project',
      columns: [
        { field: { name: 'n', type, nullable }, expression },
        {
          field: FIELDS[1] as Field,
          expression: { ...expression, kind: 'field', index: 1, name: 's', type: STRING },
        },
      ],
    };
  });
  return new FusedChain(FIELDS, steps);
}

function run(
  chain: FusedChain,
  rows: readonly (readonly Value[])[],
): { values: unknown[]; failed: number; kind: string } {
  const builder = new BatchBuilder(FIELDS);
  for (const row of rows) builder.push(row);
  const { batch, failed } = chain.process(builder.take(0));
  return {
    values: rowsOf(batch, FIELDS).map((r) => r['n']),
    failed: failed.length,
    kind: batch.columns[0]?.kind ?? '',
  };
}

test('a result beyond 2^53 is exact, and its column holds values', () => {
  const chain = chainOf('n * 3');
  assert.deepEqual(
    run(chain, [
      [1, 'a'],
      [2, 'b'],
    ]),
    { values: [3, 6], failed: 0, kind: 'number' },
  );
  const large = 2 ** 53 - 1;
  assert.deepEqual(
    run(chain, [
      [large, 'a'],
      [null, 'b'],
      [1, 'c'],
    ]),
    {
      values: [27021597764222973n, null, 3],
      failed: 0,
      kind: 'value',
    },
  );
  // Wide code goes on for some batches; what fits doubles comes out as doubles.
  for (let i = 0; i < 40; i++)
    assert.deepEqual(
      run(chain, [
        [5, 'a'],
        [null, 'b'],
      ]),
      { values: [15, null], failed: 0, kind: 'number' },
    );
});

test('columns that arrive with values beyond 2^53, through filters', () => {
  const chain = chainOf('n > 9007199254740992', 'n - 9007199254740993');
  assert.deepEqual(
    run(chain, [
      [2n ** 53n + 2n, 'a'],
      [1, 'b'],
      [2n ** 63n - 1n, 'c'],
      [null, 'd'],
    ]),
    {
      values: [1, 9214364837600034814n],
      failed: 0,
      kind: 'value',
    },
  );
});

test('a bad row among them fails alone', () => {
  const chain = chainOf('n / CAST(s AS BIGINT)');
  const got = run(chain, [
    [2n ** 62n, '2'],
    [1, '0'],
    [1, 'x'],
    [9, '3'],
  ]);
  assert.deepEqual(got, { values: [2n ** 61n, 3], failed: 2, kind: 'value' });
});

test('a literal beyond 2^53', () => {
  assert.deepEqual(run(chainOf('n + 9223372036854775807'), [[1, 'a']]).values, [-(2n ** 63n)]);
});
