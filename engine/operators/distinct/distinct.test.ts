import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ChangeName } from '../../batch/changes.ts';
import type { NodeSpec } from '../../contract/spec.ts';
import { appendOnly, field, INT, STRING, updating } from '../../contract/types.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { drive } from '../../testing/drive.ts';
import type { DriveStep } from '../../testing/steps.ts';
import { verifyOperator } from '../../testing/verify.ts';
import { distinctRuntime } from './operator.ts';
import { distinctSpec } from './spec.ts';

const NODE = {
  spec: distinctSpec as NodeSpec,
  runtime: distinctRuntime as StatefulRuntime<Readonly<Record<string, unknown>>>,
};
const FIELDS = [field('k', STRING), field('v', INT), field('other', INT)];
const row = (k: string | null, v: number | null, other = 0, change: ChangeName = '+I'): DriveStep => ({
  time: other,
  row: { k, v, other },
  change,
});
const values = (k: string | null, v: number | null, change: ChangeName = '+I') => ({ row: { k, v }, change });

test('each combination once, NULL like any other value, with the time of its first record', () => {
  verifyOperator({
    ...NODE,
    config: { fields: ['k', 'v'] },
    inputs: FIELDS,
    steps: [
      row('a', 1, 1),
      row('a', null, 2),
      row('a', 1, 3),
      row(null, null, 4),
      row('a', null, 5),
      row('b', 1, 6),
    ],
    expected: [
      { ...values('a', 1), time: 1 },
      { ...values('a', null), time: 2 },
      { ...values(null, null), time: 4 },
      { ...values('b', 1), time: 6 },
    ],
    order: 'exact',
  });
});

test('all fields where none are named; a field named twice is one', () => {
  const steps = [row('a', 1, 1), row('a', 1, 1), row('a', 1, 2)];
  const keys = (config: object): unknown[] =>
    drive({ ...NODE, config, inputs: FIELDS }, steps).rows.map((r) => Object.values(r.row).join(' '));
  assert.deepEqual(keys({}), ['a 1 1', 'a 1 2']);
  assert.deepEqual(keys({ fields: ['v', 'k', 'v'] }), ['1 a']);
});

test('of an updating input a value goes with its last record', () => {
  verifyOperator({
    ...NODE,
    config: { fields: ['k', 'v'] },
    inputs: { in: updating(FIELDS, true) },
    steps: [
      row('a', 1, 1),
      row('a', 1, 2),
      row('a', 1, 1, '-U'),
      row('b', 1, 1, '+U'),
      row('a', 1, 2, '-D'),
      row('a', 1, 9, '-D'),
      row('a', 1, 3),
    ],
    expected: [values('a', 1), values('b', 1), values('a', 1, '-D'), values('a', 1)],
    order: 'exact',
  });
});

test('values that did not come for their time are new again; coming again puts that off', () => {
  const config = { fields: ['k', 'v'], ttl: '10 ms' };
  const steps = [
    row('a', 1),
    { clock: 8 },
    row('a', 1),
    { clock: 17 },
    row('a', 1),
    { clock: 27 },
    row('a', 1),
  ];
  for (const input of [appendOnly(FIELDS, true), updating(FIELDS, true)])
    verifyOperator({
      ...NODE,
      config,
      inputs: { in: input },
      steps,
      expected: [values('a', 1), values('a', 1)],
    });
});

test('millions of forgotten values take no room', () => {
  const steps: DriveStep[] = [];
  for (let n = 0; n < 90_000; n++) {
    if (n % 1000 === 0) steps.push({ clock: n });
    steps.push(row(`k${n}`, n));
  }
  for (const input of [appendOnly(FIELDS, true), updating(FIELDS, true)]) {
    const { rows, tasks } = drive({ ...NODE, config: { ttl: '5 s' }, inputs: { in: input } }, steps);
    assert.equal(rows.length, 90_000);
    assert.ok((tasks[0]?.operator.stateRows ?? 0) <= 6000);
    assert.ok((tasks[0]?.operator.stateBytes ?? 0) < 12_000_000);
  }
});

test('any records that come and go: the values that are there', () => {
  const made = fc.array(
    fc.record({ k: fc.constantFrom('a', 'b', null), v: fc.option(fc.nat(2)), takes: fc.option(fc.nat(9)) }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(made, (list) => {
      const there: { k: string | null; v: number | null }[] = [];
      const steps = list.map(({ k, v, takes }) => {
        const [gone] = takes === null || there.length === 0 ? [] : there.splice(takes % there.length, 1);
        if (gone === undefined) there.push({ k, v });
        return gone === undefined ? row(k, v) : row(gone.k, gone.v, 0, '-D');
      });
      const { rows } = drive(
        { ...NODE, config: { fields: ['k', 'v'] }, inputs: { in: updating(FIELDS, true) } },
        steps,
        {
          restored: true,
          batchRows: 3,
        },
      );
      const table = new Set<string>();
      for (const { row: r, change } of rows) {
        const text = `${r['k']} ${r['v']}`;
        assert.equal(table.has(text), change === '-D');
        if (change === '-D') table.delete(text);
        else table.add(text);
      }
      assert.deepEqual([...table].sort(), [...new Set(there.map(({ k, v }) => `${k} ${v}`))].sort());
    }),
  );
});

test('an unknown field is refused', () => {
  const found: string[] = [];
  distinctSpec.schemas({
    config: { fields: ['k', 'w'] },
    inputs: { in: [appendOnly(FIELDS, true)] },
    report: (p) => found.push(`${p.code} ${p.path.join('.')}`),
  });
  assert.deepEqual(found, ['T-FIELD fields.1']);
});
