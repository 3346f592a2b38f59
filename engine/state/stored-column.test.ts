import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ColumnBuilder } from '../batch/builder.ts';
import { InternTable, type StringTable, type Value, valueAt } from '../batch/column.ts';
import { BIGINT, STRING } from '../contract/types.ts';
import { StoredColumn } from './stored-column.ts';

const text = fc.option(fc.constantFrom('', 'a', 'b', 'öß', 'long enough'), { freq: 4 });
const step = fc.record({
  /** Of the two tables that intern, mostly the first; 2: the texts of this batch alone. */
  table: fc.constantFrom(0, 0, 0, 1, 2),
  texts: fc.array(text, { minLength: 1, maxLength: 9 }),
  together: fc.boolean(),
  cleared: fc.array(fc.nat(60), { maxLength: 2 }),
  restored: fc.constantFrom(false, false, false, true),
});

test('texts are the same whatever tables they come from, and are given on together or one by one', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 7 }), (steps) => {
      let column = new StoredColumn(STRING);
      const tables = [new InternTable(), new InternTable()];
      const model: Value[] = [];
      for (const { table, texts, together, cleared, restored } of steps) {
        const builder = new ColumnBuilder(STRING, tables[table] ?? null);
        for (const value of texts) builder.push(value);
        const batch = builder.take();
        const ids = Int32Array.from(texts, (_, at) => model.length + at);
        const rows = Int32Array.from(texts, (_, at) => at);
        if (together) column.setAll(ids, batch, rows, ids.length);
        else for (const at of rows) column.set(ids[at] as number, batch, at);
        model.push(...texts);
        for (const id of cleared) {
          if (id >= model.length) continue;
          column.put(id, null);
          model[id] = null;
        }
        if (restored) {
          const data = structuredClone(column.snapshot(model.length));
          column = new StoredColumn(STRING);
          column.restore(data);
        }
        assert.deepEqual(gathered(column, model.length, STRING), model);
        assert.deepEqual(spread(column, model.length, STRING), [null, ...model]);
        model.forEach((value, id) => {
          assert.equal(column.get(id), value);
        });
      }
    }),
  );
});

test('texts of one table stay its codes; the first of another makes all of them values', () => {
  const column = new StoredColumn(STRING);
  const table = new InternTable();
  const put = (id: number, value: string, from: InternTable | null): void => {
    const builder = new ColumnBuilder(STRING, from);
    builder.push(value);
    column.set(id, builder.take(), 0);
  };
  put(0, 'a', table);
  put(1, 'b', table);
  assert.equal(tableOf(column, 2), table);
  assert.equal(column.heldBytes, 0);
  put(2, 'a', null);
  assert.notEqual(tableOf(column, 3), table);
  assert.deepEqual(gathered(column, 3, STRING), ['a', 'b', 'a']);
  assert.ok(column.heldBytes > 0);
});

test('numbers with NULLs and beyond 2^53 come out one by one and together alike', () => {
  const column = new StoredColumn(BIGINT);
  const values: Value[] = [1, null, 2n ** 60n, 4];
  values.forEach((value, id) => {
    column.put(id, value);
    assert.deepEqual(gathered(column, id + 1, BIGINT), values.slice(0, id + 1));
    assert.deepEqual(spread(column, id + 1, BIGINT), [null, ...values.slice(0, id + 1)]);
  });
});

const gather = (column: StoredColumn, count: number, type: typeof STRING | typeof BIGINT) => {
  const builder = new ColumnBuilder(type, null, 1);
  column.gather(
    Int32Array.from({ length: count }, (_, id) => id),
    count,
    builder,
  );
  return builder.take();
};

function gathered(column: StoredColumn, count: number, type: typeof STRING | typeof BIGINT): Value[] {
  const out = gather(column, count, type);
  return Array.from({ length: count }, (_, row) => valueAt(out, type, row));
}

/** At rows 1, 3, 5, … of a column twice as long: a row that is missing, and all that are kept. */
function spread(column: StoredColumn, count: number, type: typeof STRING | typeof BIGINT): Value[] {
  const rows = Int32Array.from({ length: count + 1 }, (_, k) => 2 * k + 1);
  const ids = new Int32Array(2 * count + 2);
  rows.forEach((row, k) => {
    ids[row] = k - 1;
  });
  const out = column.spread(ids, rows, rows.length, ids.length, true);
  return Array.from(rows, (row) => valueAt(out, type, row));
}

function tableOf(column: StoredColumn, count: number): StringTable | null {
  const out = gather(column, count, STRING);
  return out.kind === 'string' ? out.table : null;
}
