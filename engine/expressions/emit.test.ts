/** Generated code against the interpreter: random typed expressions over random columns with NULLs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printType, sameType } from '../contract/types.ts';
import { type Value, valueKey } from '../contract/values.ts';
import {
  type Checked,
  checkExpression,
  emitExpression,
  evaluate,
  fieldsOf,
  HELPERS,
  RowError,
  WideNeeded,
} from './index.ts';
import {
  FIELDS,
  KINDS,
  type Kind,
  pick,
  type Random,
  randomOf,
  SAMPLES,
  TYPES,
  write,
} from './testing/random-expression.ts';

const ROWS = 12;
const TREES = 2000;

interface Batch {
  readonly rows: readonly (readonly Value[])[];
  /** `c`: per column its values, validity and strings. */
  readonly columns: readonly {
    values: ArrayLike<Value>;
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
      typeof cell === 'string' ? i : cell === null || typeof cell === 'object' ? 77 : Number(cell),
    );
    const anyNull = cells.includes(null);
    return {
      values: ['DECIMAL', 'BYTES', 'ARRAY', 'ROW', 'BIGINT'].includes(f.type.kind)
        ? cells
        : f.type.kind === 'INT'
          ? Int32Array.from(numbers)
          : Float64Array.from(numbers),
      validity: anyNull ? Uint8Array.from(cells, (cell) => (cell === null ? 0 : 1)) : null,
      table: { strings },
    };
  });
  return { rows, columns };
}

type RunRow = (columns: Batch['columns'], from: number, to: number, out: Value[]) => void;

function compile(expression: Checked, wide: boolean): { text: string; run: RunRow } {
  const constants: unknown[] = [];
  let temps = 0;
  const { statements, value, isNull } = emitExpression(expression, {
    wide,
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

const deep = (value: Value): boolean => typeof value === 'object' && value !== null;

/** The value, or that there is none: both sides must fail for the same rows. */
function outcome(get: () => Value): Value | 'fails' | 'wide' {
  try {
    return get();
  } catch (error) {
    if (error instanceof RowError) return 'fails';
    if (error instanceof WideNeeded) return 'wide';
    throw error;
  }
}

test(`generated code is the interpreter, on ${TREES} random expressions`, () => {
  let values = 0;
  let failures = 0;
  let wideNeeded = 0;
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = randomOf(seed);
      const kind = pick(random, KINDS);
      const text = write(kind, 4, random);
      const checked = checkExpression(text, FIELDS);
      assert.ok(checked.ok, `${text}\n${checked.ok ? '' : JSON.stringify(checked.problems)}`);
      assert.ok(
        sameType(checked.expression.type, TYPES[kind]),
        `${printType(checked.expression.type)} of ${text}`,
      );
      const { rows, columns } = batchOf(random);
      const used = fieldsOf(checked.expression).filter((c) => FIELDS[c]?.type.kind === 'BIGINT');
      const narrow = compile(checked.expression, false);
      const wide = compile(checked.expression, true);
      rows.forEach((row, i) => {
        const expected = outcome(() => evaluate(checked.expression, row));
        const run = (compiled: ReturnType<typeof compile>) => (): Value => {
          const out: Value[] = [];
          compiled.run(columns, i, i + 1, out);
          return out[i] ?? null;
        };
        const same = (actual: Value | 'fails' | 'wide', code: string): void => {
          if (
            Object.is(actual, expected) ||
            (deep(actual) && deep(expected) && valueKey(actual) === valueKey(expected))
          )
            return;
          assert.fail(
            `${text}\nrow ${row.map((v) => valueKey(v)).join(' ')}\ninterpreted ${String(expected)}, generated ${String(actual)}\n${code.split('\n').slice(FIELDS.length).join('\n')}`,
          );
        };
        same(outcome(run(wide)), wide.text);
        if (!used.some((c) => typeof row[c] === 'bigint')) {
          const actual = outcome(run(narrow));
          if (actual === 'wide') wideNeeded++;
          else same(actual, narrow.text);
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
  assert.ok(failures > 0 && wideNeeded > 0);
});

/** What a column of the type can hold. */
function checkDomain(kind: Kind, value: Value, text: string): void {
  const whole = { INT: 2 ** 31, BIGINT: 2 ** 53, TIMESTAMP: 8.64e15 + 1 }[kind as string];
  const expected =
    { STRING: 'string', BOOLEAN: 'boolean', DECIMAL: 'bigint', DOUBLE: 'number' }[kind as string] ?? 'object';
  if (kind === 'BIGINT' && typeof value === 'bigint') {
    assert.ok(value > 2n ** 53n - 1n || value < -(2n ** 53n) + 1n, `${value} of ${text}`);
    assert.equal(BigInt.asIntN(64, value), value, text);
  } else if (whole !== undefined) {
    assert.ok(Number.isInteger(value), `${String(value)} of ${text}`);
    assert.ok((value as number) >= -whole && (value as number) < whole, `${String(value)} of ${text}`);
    assert.ok(!Object.is(value, -0), `-0 of ${text}`);
  } else assert.equal(typeof value, expected, text);
}
