import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Sample } from '../../../engine/contract/link.ts';
import { appendOnly, field, INT, STRING } from '../../../engine/contract/types.ts';
import { specOf } from '../../../engine/specs.ts';
import { bothSample } from './both-sample.ts';
import { formOf } from './model.ts';
import { linesOf, pickField, sidesOf } from './pairs.ts';
import { namesOf, scopesOf } from './scopes.ts';
import { tryExpression } from './try-expression.ts';

const sample = (name: string, ...values: number[]): Sample => ({
  columns: [{ name, type: 'INT' }],
  rows: values.map((value) => ({ time: null, cells: [value] })),
  total: values.length,
});
const scopes = (type: string, config: unknown, inputs: Record<string, ReturnType<typeof appendOnly>>) => {
  const spec = specOf(type);
  assert.ok(spec !== null);
  return scopesOf(spec, formOf(spec), config, { inputs, out: null, samples: {} });
};

describe('pairs of fields', () => {
  it('grow by a click on each side', () => {
    const once = pickField([], 'left', 'id');
    assert.deepEqual(once, [{ left: 'id' }]);
    const both = pickField(once, 'right', 'order_id');
    assert.deepEqual(both, [{ left: 'id', right: 'order_id' }]);
    assert.equal(pickField(both, 'right', 'other').length, 2);
  });

  it('are lines between what is there on both sides', () => {
    const sides = [
      { key: 'left', names: ['id', 'at'] },
      { key: 'right', names: ['x', 'order_id'] },
    ] as const;
    const pairs = [{ left: 'id', right: 'order_id' }, { left: 'gone', right: 'x' }, { left: 'at' }];
    assert.deepEqual(linesOf(pairs, sides), [{ pair: 0, from: 0, to: 1 }]);
  });

  it('are found in the form of every join', () => {
    for (const type of ['join', 'interval-join', 'window-join', 'temporal-join', 'lookup-join']) {
      const spec = specOf(type);
      const on = spec === null ? undefined : formOf(spec).find(({ widget }) => widget === 'pairs');
      assert.ok(on?.shape.kind === 'list', type);
      assert.deepEqual(
        sidesOf(on.shape.item)?.map(({ key }) => key),
        ['left', 'right'],
        type,
      );
    }
  });
});

describe('scopes', () => {
  const left = appendOnly([field('id', INT), field('end', INT)], true);
  const right = appendOnly([field('id', INT)], true);

  it('name the fields of two sides as conditions write them', () => {
    const found = scopes('join', {}, { left, right });
    assert.deepEqual(
      namesOf(found, 'both').map(({ text }) => text),
      ['left.id', 'left.`end`', 'right.id'],
    );
    assert.equal(found.known.both, true);
    assert.equal(scopes('join', {}, { left }).known.both, false);
  });

  it('take the table of the settings for the right side, where there is no second input', () => {
    const table = { kind: 'rows', schema: [{ name: 'code', type: 'STRING' }], rows: [] };
    const found = scopes('lookup-join', { table }, { left });
    assert.deepEqual(found.fields.right, [field('code', STRING)]);
    assert.equal(found.known.both, true);
  });

  it('name fields through the variables of a pattern, also of one that is half written', () => {
    const input = appendOnly([field('price', INT)], true);
    const names = (pattern: string) =>
      namesOf(scopes('pattern', { pattern }, { in: input }), 'pattern').map(({ name }) => name);
    assert.deepEqual(names('A B+'), ['A.price', 'B.price', 'price']);
    assert.deepEqual(names('A (B'), ['A.price', 'B.price', 'price']);
  });

  it('try a condition on the last record of each side', () => {
    const both = bothSample(sample('a', 1, 2), sample('b', 7));
    const fields = [field('left.a', INT), field('right.b', INT)];
    assert.equal(tryExpression('left.a + right.b', fields, 'ANY', both, 'utc').value?.result, '9');
    assert.equal(bothSample(sample('a'), sample('b', 7)), null);
  });
});
