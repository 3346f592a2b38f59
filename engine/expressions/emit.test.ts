/** Generated code against the interpreter: random typed expressions over random columns with NULLs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Value } from '../contract/values.ts';
import { type Checked, checkExpression, emitExpression, evaluate, HELPERS, RowError } from './index.ts';
import {
  FIELDS,
  KINDS,
  type Kind,
  pick,
  type Random,
  randomOf,
  SAMPLES,
  write,
} from './testing/random-expression.ts';

const ROWS = 12;
const TREES = 2000;

interface Batch {
  readonly rows: readonly (readonly Value[])[];
  /** `c`: per column its values, validity and strings. */
  readonly columns: readonly {
    values: ArrayLike<number>;
    validity: Uint8Array | null;
    table: { strings: string[] };
  }[];
}

function batchOf(random: Random): Batch {
  const rows = Array.from({ length: ROWS }, () =>
    FIELDS.map((f) => (f.nullable && random(3) === 0 ? null : pick(random, SAMPLES[f.type.kind as Kind]))),
  );
  const columns = FIELDS.map((f, c) => {
    const cells = rows.map((row) => row[c] ?? null);
    const strings = f.type.kind === 'STRING' ? cells.map((cell) => (cell === null ? '' : String(cell))) : [];
    const numbers = cells.map((cell, i) =>
      typeof cell === 'string' ? i : cell === null ? 77 : Number(cell),
    );
    const anyNull = cells.includes(null);
    return {
      values: f.type.kind === 'INT' ? Int32Array.from(numbers) : Float64Array.from(numbers),
      validity: anyNull ? Uint8Array.from(cells, (cell) => (cell === null ? 0 : 1)) : null,
      table: { strings },
    };
  });
  return { rows, columns };
}

type RunRow = (columns: Batch['columns'], from: number, to: number, out: Value[]) => void;

function compile(expression: Checked): { text: string; run: RunRow } {
  const constants: unknown[] = [];
  let temps = 0;
  const { statements, value, isNull } = emitExpression(expression, {
    constant: (v) => `k[${constants.push(v) - 1}]`,
    column: (c) => ({ values: `v${c}`, validity: FIELDS[c]?.nullable ? `n${c}` : null, table: `t${c}` }),
    temp: () => `x${temps++}`,
  });
  const head = FIELDS.map(
    (_, c) =>
      `const v${c} = columns[${c}].values, n${c} = columns[${c}].validity, t${c} = columns[${c}].table;`,
  );
  const text = `${head.join('\n')}
for (let i = from; i < to; i++) {
${statements.join('\n')}
out[i] = ${isNull} ? null : ${value};
}`;
  const factory = new Function('k', 'f', `return function (columns, from, to, out) {\n${text}\n};`);
  return { text, run: factory(constants, HELPERS) as RunRow };
}

/** The value, or that there is none: both sides must fail for the same rows. */
function outcome(get: () => Value): Value | 'fails' {
  try {
    return get();
  } catch (error) {
    if (error instanceof RowError) return 'fails';
    throw error;
  }
}

test(`generated code is the interpreter, on ${TREES} random expressions`, () => {
  let values = 0;
  let failures = 0;
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = randomOf(seed);
      const kind = pick(random, KINDS);
      const text = write(kind, 4, random);
      const checked = checkExpression(text, FIELDS);
      assert.ok(checked.ok, `${text}\n${checked.ok ? '' : JSON.stringify(checked.problems)}`);
      assert.equal(checked.expression.type.kind, kind, text);
      const { rows, columns } = batchOf(random);
      const compiled = compile(checked.expression);
      rows.forEach((row, i) => {
        const expected = outcome(() => evaluate(checked.expression, row));
        const out: Value[] = [];
        const actual = outcome(() => {
          compiled.run(columns, i, i + 1, out);
          return out[i] ?? null;
        });
        if (!Object.is(actual, expected)) {
          assert.fail(
            `${text}\nrow ${JSON.stringify(row)}\ninterpreted ${String(expected)}, generated ${String(actual)}\n${compiled.text.split('\n').slice(FIELDS.length).join('\n')}`,
          );
        }
        if (expected === 'fails') failures++;
        else if (expected !== null) {
          values++;
          checkDomain(kind, expected, text);
        } else assert.ok(checked.expression.nullable, `NULL of an expression that cannot be: ${text}`);
      });
    }),
    { numRuns: TREES },
  );
  // A generator that only made failures would prove nothing.
  assert.ok(values > TREES * 2, `only ${values} values`);
  assert.ok(failures > 0);
});

/** What a column of the type can hold. */
function checkDomain(kind: Kind, value: Value, text: string): void {
  const whole = { INT: 2 ** 31, BIGINT: 2 ** 53, TIMESTAMP: 8.64e15 + 1 }[kind as string];
  if (whole !== undefined) {
    assert.ok(Number.isInteger(value), `${String(value)} of ${text}`);
    assert.ok((value as number) >= -whole && (value as number) < whole, `${String(value)} of ${text}`);
    assert.ok(!Object.is(value, -0), `-0 of ${text}`);
  } else if (kind === 'BOOLEAN') assert.equal(typeof value, 'boolean', text);
  else assert.equal(typeof value, kind === 'STRING' ? 'string' : 'number', text);
}
