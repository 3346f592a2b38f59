/**
 * One JavaScript function for a chain of stateless operators: one loop over a batch, columns computed only when
 * something below uses them, filters as a shrinking selection. Every name in the text comes from here and every constant is
 * passed as a value: no text of a document gets into it.
 */

import { type Column, identityCodes, isBoxed } from '../../batch/column.ts';
import { takeCodes, takeFloats, trimCodes } from '../../batch/slab.ts';
import type { DataType, Field } from '../../contract/types.ts';
import type { Checked } from '../../expressions/api.ts';
import { emitExpression, fieldsOf, HELPERS } from '../../expressions/index.ts';
import type { FusedStep } from '../contracts.ts';
import { bigintColumn } from './bigint-column.ts';

/** A column as the chain sees it: of the input batch, or computed in this chain. */
interface Symbolic {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
  readonly input: number | null;
  readonly expression: { readonly checked: Checked; readonly scope: readonly Symbolic[] } | null;
}

export interface ChainOutput {
  columns: Column[];
  selection: Int32Array | null;
  /** Rows after each step. */
  counts: number[];
}

export interface GeneratedChain {
  readonly text: string;
  /** Input columns of BIGINT that expressions read: where one of them has values beyond 2^53, only wide code may run. */
  readonly bigints: readonly number[];
  /**
   * `selection` null means all of `length`. Throws a RowError where an expression fails for some row; narrow code, which must
   * not get BIGINT columns of values, throws WideNeeded where it has a result beyond 2^53.
   */
  readonly run: (
    columns: readonly Column[],
    length: number,
    selection: Int32Array | null,
    count: number,
  ) => ChainOutput;
}

/** @param wide BIGINTs may be beyond 2^53: slower code, whose BIGINTs are made as values */
export function generateChain(
  input: readonly Field[],
  steps: readonly FusedStep[],
  wide = false,
): GeneratedChain {
  let current: readonly Symbolic[] = input.map((f, i) => ({
    name: `${i}`,
    type: f.type,
    nullable: f.nullable,
    input: i,
    expression: null,
  }));
  let named = input.length;
  /** In order of evaluation. */
  const program: ({ filter: Checked; scope: readonly Symbolic[]; step: number } | { compute: Symbolic })[] =
    [];
  const countAfter: (number | null)[] = [];
  steps.forEach((step, at) => {
    if (step.kind === 'filter') {
      program.push({ filter: step.condition, scope: current, step: at });
      countAfter.push(at);
      return;
    }
    const scope = current;
    current = step.columns.map(({ field, expression }) => {
      const alias = expression.kind === 'field' ? scope[expression.index] : undefined;
      if (alias !== undefined) return alias;
      const made: Symbolic = {
        name: `${named++}`,
        type: field.type,
        nullable: expression.nullable,
        input: null,
        expression: { checked: expression, scope },
      };
      program.push({ compute: made });
      return made;
    });
    countAfter.push(countAfter[at - 1] ?? null);
  });

  const live = liveColumns(current, program);
  const read = new Set<number>();
  const constants: unknown[] = [];
  const head: string[] = [];
  for (const symbol of live) head.push(...declare(symbol, wide));
  let locals = 0;
  const emit = (checked: Checked, scope: readonly Symbolic[]): ReturnType<typeof emitExpression> =>
    emitExpression(checked, {
      wide,
      constant: (value) => `k[${constants.push(value) - 1}]`,
      column: (index) => {
        const symbol = scope[index];
        if (symbol === undefined) throw new Error(`no column ${index}`);
        if (symbol.input !== null && symbol.type.kind === 'BIGINT') read.add(symbol.input);
        return {
          values: `v${symbol.name}`,
          validity: symbol.nullable ? `n${symbol.name}` : null,
          table: `t${symbol.name}`,
        };
      },
      temp: () => `x${locals++}`,
    });

  const body: string[] = [];
  const filters = program.filter((p) => 'filter' in p).length;
  let filtersSeen = 0;
  for (const item of program) {
    if ('filter' in item) {
      filtersSeen++;
      const { statements, value, isNull } = emit(item.filter, item.scope);
      body.push(...statements, `if (${isNull === 'false' ? '' : `${isNull} || `}!(${value})) continue;`);
      body.push(filtersSeen === filters ? `out[m${item.step}++] = i;` : `m${item.step}++;`);
    } else if (live.has(item.compute)) {
      body.push(...store(item.compute, emit, isKept(item.compute.type, wide)));
    }
  }
  const text = render(head, body, program, countAfter, current, wide);
  const names = ['k', 'f', 'identityCodes', 'takeCodes', 'takeFloats', 'trimCodes', 'bigintColumn'];
  const factory = new Function(...names, text) as (
    k: readonly unknown[],
    f: typeof HELPERS,
    identity: typeof identityCodes,
    codes: typeof takeCodes,
    floats: typeof takeFloats,
    trim: typeof trimCodes,
    bigints: typeof bigintColumn,
  ) => GeneratedChain['run'];
  return {
    text,
    bigints: [...read].sort((a, b) => a - b),
    run: factory(constants, HELPERS, identityCodes, takeCodes, takeFloats, trimCodes, bigintColumn),
  };
}

function liveColumns(
  outputs: readonly Symbolic[],
  program: readonly ({ filter: Checked; scope: readonly Symbolic[] } | { compute: Symbolic })[],
): Set<Symbolic> {
  const live = new Set<Symbolic>(outputs);
  const use = (checked: Checked, scope: readonly Symbolic[]): void => {
    for (const index of fieldsOf(checked)) {
      const symbol = scope[index];
      if (symbol !== undefined) live.add(symbol);
    }
  };
  for (const item of [...program].reverse()) {
    if ('filter' in item) use(item.filter, item.scope);
    else if (live.has(item.compute) && item.compute.expression !== null) {
      use(item.compute.expression.checked, item.compute.expression.scope);
    }
  }
  return live;
}

/** Whether a computed column of the type is an array of values. */
const isKept = (type: DataType, wide: boolean): boolean => isBoxed(type) || (wide && type.kind === 'BIGINT');

/** Local names of a column: values `v`, validity `n`, string table `t`. */
function declare(symbol: Symbolic, wide: boolean): string[] {
  const { name, type, nullable, input } = symbol;
  if (input !== null) {
    return [
      `const v${name} = columns[${input}].values;`,
      ...(nullable ? [`const n${name} = columns[${input}].validity;`] : []),
      ...(type.kind === 'STRING' ? [`const t${name} = columns[${input}].table;`] : []),
    ];
  }
  const array = isKept(type, wide)
    ? 'new Array'
    : ({ BOOLEAN: 'new Uint8Array', INT: 'takeCodes' }[type.kind as string] ?? 'takeFloats');
  return [
    type.kind === 'STRING'
      ? `const v${name} = identityCodes(length); const t${name} = { strings: new Array(length), interned: false };`
      : `const v${name} = ${array}(length);`,
    ...(nullable ? [`const n${name} = new Uint8Array(length);`] : []),
  ];
}

function store(
  symbol: Symbolic,
  emit: (
    checked: Checked,
    scope: readonly Symbolic[],
  ) => { statements: readonly string[]; value: string; isNull: string },
  kept: boolean,
): string[] {
  if (symbol.expression === null) return [];
  const { statements, value, isNull } = emit(symbol.expression.checked, symbol.expression.scope);
  const { name, type, nullable } = symbol;
  const target = type.kind === 'STRING' ? `t${name}.strings[i]` : `v${name}[i]`;
  const assign = `${target} = ${type.kind === 'BOOLEAN' ? `(${value}) ? 1 : 0` : value};`;
  if (!nullable) return [...statements, assign];
  const filler = type.kind === 'STRING' ? "''" : kept ? 'null' : null;
  const onNull = filler === null ? `n${name}[i] = 0;` : `{ n${name}[i] = 0; ${target} = ${filler}; }`;
  return [...statements, `if (${isNull}) ${onNull} else { n${name}[i] = 1; ${assign} }`];
}

function render(
  head: readonly string[],
  body: readonly string[],
  program: readonly ({ filter: Checked; step: number } | { compute: Symbolic })[],
  countAfter: readonly (number | null)[],
  outputs: readonly Symbolic[],
  wide: boolean,
): string {
  const filterSteps = program.flatMap((p) => ('filter' in p ? [p.step] : []));
  const last = filterSteps[filterSteps.length - 1];
  const columns = outputs.map((o) => {
    const validity = o.nullable ? `n${o.name}` : 'null';
    if (o.input !== null) return `columns[${o.input}]`;
    if (o.type.kind === 'STRING')
      return `{ kind: 'string', values: v${o.name}, table: t${o.name}, validity: ${validity} }`;
    if (wide && o.type.kind === 'BIGINT') return `bigintColumn(v${o.name}, ${validity})`;
    return `{ kind: '${isBoxed(o.type) ? 'value' : 'number'}', values: v${o.name}, validity: ${validity} }`;
  });
  const indented = body.map((line) => `      ${line}`).join('\n');
  const loop =
    body.length === 0
      ? ''
      : `  if (selection === null) {
    for (let i = 0; i < count; i++) {
${indented}
    }
  } else {
    for (let r = 0; r < count; r++) {
      const i = selection[r];
${indented}
    }
  }`;
  return `return function chain(columns, length, selection, count) {
${head.map((line) => `  ${line}`).join('\n')}
${last === undefined ? '' : '  const out = takeCodes(count);'}
${filterSteps.map((step) => `  let m${step} = 0;`).join('\n')}
${loop}
${last === undefined ? '' : `  trimCodes(out, m${last});`}
  return {
    columns: [${columns.join(', ')}],
    selection: ${last === undefined ? 'selection' : 'out'},
    counts: [${countAfter.map((step) => (step === null ? 'count' : `m${step}`)).join(', ')}],
  };
};`;
}
