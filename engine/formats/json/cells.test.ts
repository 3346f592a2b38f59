import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ColumnBuilder } from '../../batch/builder.ts';
import { InternTable, type Value } from '../../batch/column.ts';
import type { DataType } from '../../contract/types.ts';
import { jsonText } from '../../contract/value-text.ts';
import { pick, randomOf } from '../../expressions/testing/random-expression.ts';
import { jsonCells } from './cells.ts';

const random = randomOf(7);
const DAY = 86_400_000;
const PIECES = [
  'a',
  'B ',
  '"',
  '\\',
  '/',
  '\n',
  '\u0000',
  '\u007f',
  '\u2028',
  'é',
  '😀',
  '\ud800',
  '\udc00',
  '~',
  '[',
  ']',
];
const text = (): string => Array.from({ length: random(6) }, () => pick(random, PIECES)).join('');
const NUMBERS = [0, -0, 1.5, -7, 1e21, 1e-7, 5e-324, 2 ** 53 - 1, Number.NaN, Infinity, -Infinity, 0.1 + 0.2];
const TIMES = [
  0,
  -1,
  DAY - 1,
  DAY,
  -DAY,
  253402300799999,
  253402300800000,
  -62167219200001,
  8.64e15,
  -8.64e15,
  8.64e15 + 1,
];
const time = (): number => (random(4) === 0 ? pick(random, TIMES) : random(DAY) + 1e12 + random(3) * DAY);

const KINDS: readonly [DataType, () => Value][] = [
  [{ kind: 'STRING' }, text],
  [{ kind: 'DOUBLE' }, () => (random(2) === 0 ? pick(random, NUMBERS) : random(1e6) / 1000)],
  [{ kind: 'INT' }, () => random(1e9) - 5e8],
  [{ kind: 'BIGINT' }, () => (random(500) === 0 ? 9007199254740993n : random(1e9) * 1000)],
  [{ kind: 'TIMESTAMP' }, time],
  [{ kind: 'BOOLEAN' }, () => random(2) === 0],
];

describe('cells as JSON', () => {
  for (const [type, value] of KINDS)
    it(`${type.kind} is written as jsonText writes it`, () => {
      const cell = jsonCells(type);
      for (const table of [null, new InternTable(), new InternTable()])
        for (let batch = 0; batch < 20; batch++) {
          const builder = new ColumnBuilder(type, table);
          const values = Array.from({ length: 200 }, () => (batch > 14 && random(9) === 0 ? null : value()));
          for (const one of values) builder.push(one);
          const column = builder.take();
          for (const [row, one] of values.entries()) assert.equal(cell(column, row), jsonText(one, type));
        }
    });
});
