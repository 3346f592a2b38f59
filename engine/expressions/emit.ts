/**
 * A checked tree as JavaScript for the inside of a loop over rows. Names come from the caller and from here, constants go by
 * value: nothing of the document's text gets into the code. `value` is only to be looked at where `isNull` is false.
 */

import type { TypeKind } from '../contract/types.ts';
import type { Scalar } from '../contract/values.ts';
import type { Checked, CheckedCall, Emitted, Emitter } from './api.ts';
import { canBeNull, comparison, equality, strictValue, typeOf } from './emit-values.ts';
import { FUNCTION_BY_NAME } from './functions/index.ts';

const NEVER = 'false';

export function emitExpression(e: Checked, to: Emitter): Emitted {
  if (e.kind === 'literal') {
    if (e.value === null) return { statements: [], value: 'null', isNull: 'true' };
    const value = constant(e.value, to);
    const beyond = typeof e.value === 'bigint' && e.type.kind === 'BIGINT' && !to.wide;
    return { statements: [], value: beyond ? `f.big(${value})` : value, isNull: NEVER };
  }
  if (e.kind === 'field') {
    const { values, validity, table } = to.column(e.index);
    const raw = `${values}[i]`;
    const value =
      e.type.kind === 'STRING'
        ? `${table}.strings[${raw}]`
        : e.type.kind === 'BOOLEAN'
          ? `(${raw} === 1)`
          : raw;
    return {
      statements: [],
      value,
      isNull: validity === null ? NEVER : `(${validity} !== null && ${validity}[i] === 0)`,
    };
  }
  switch (e.fn) {
    case 'and':
    case 'or':
      return logic(e, to);
    case 'is-null': {
      const [x] = emitArgs(e, to);
      return { statements: x.statements, value: `(${x.isNull})`, isNull: NEVER };
    }
    case 'is-true':
    case 'is-false': {
      const [x] = emitArgs(e, to);
      return {
        statements: x.statements,
        value: `(!${x.isNull} && ${e.fn === 'is-true' ? '' : '!'}(${x.value}))`,
        isNull: NEVER,
      };
    }
    case 'is-distinct': {
      const [x, y] = bindArgs(e, to);
      if (x === undefined || y === undefined) throw new Error('arguments');
      const either = `(${x.isNull} || ${y.isNull})`;
      return {
        statements: [...x.statements, ...y.statements],
        value: `(${either} ? (${x.isNull}) !== (${y.isNull}) : !${equality(x.value, y.value, typeOf(e, 0))})`,
        isNull: NEVER,
      };
    }
    case 'in':
      return within(e, to);
    case 'between':
      return between(e, to);
    case 'case':
      return caseValue(e, to);
    case 'case-of':
      return caseOfValue(e, to);
    case 'coalesce':
      return coalesce(e, to);
    case 'nullif': {
      const [x, y] = bindArgs(e, to);
      if (x === undefined || y === undefined) throw new Error('arguments');
      return {
        statements: [...x.statements, ...y.statements],
        value: x.value,
        isNull: `(${x.isNull} || (!${y.isNull} && ${equality(x.value, y.value, typeOf(e, 0))}))`,
      };
    }
    default:
      return strict(e, to);
  }
}

function constant(value: Scalar, to: Emitter): string {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) {
    if (Object.is(value, -0)) return '(-0)';
    return value < 0 ? `(${value})` : String(value);
  }
  return to.constant(value);
}

type Args = [Emitted, ...Emitted[]];
const emitArgs = (e: CheckedCall, to: Emitter): Args =>
  e.args.map((a) => emitExpression(a, to)) as unknown as Args;

const isSimple = (code: string): boolean => /^[\w.]+$|^\(-[\d.e+-]+\)$/.test(code);

/** A value of the type, for rows where it is NULL: a variable that is now a number and now null would be boxed. */
const nothing = (kind: TypeKind): string =>
  ({ STRING: "''", BOOLEAN: 'false', DECIMAL: '0n', BYTES: 'null', ARRAY: 'null', ROW: 'null' })[
    kind as string
  ] ?? '0';

/** Computes once what will be used more than once. */
function bind(x: Emitted, to: Emitter, kind: TypeKind): Emitted {
  const statements = [...x.statements];
  let { isNull, value } = x;
  if (isNull === 'true') return { statements, value: 'null', isNull };
  if (!isSimple(isNull)) {
    const name = to.temp();
    statements.push(`const ${name} = ${isNull};`);
    isNull = name;
  }
  if (!isSimple(value)) {
    const name = to.temp();
    statements.push(
      isNull === NEVER
        ? `const ${name} = ${value};`
        : `const ${name} = ${isNull} ? ${nothing(kind)} : ${value};`,
    );
    value = name;
  }
  return { statements, value, isNull };
}

const anyNull = (args: readonly Emitted[]): string => {
  const flags = args.map((a) => a.isNull).filter((n) => n !== NEVER);
  if (flags.includes('true')) return 'true';
  return flags.length === 0 ? NEVER : flags.length === 1 ? (flags[0] ?? NEVER) : `(${flags.join(' || ')})`;
};

/** Each argument computed once, in order. */
const bindArgs = (e: CheckedCall, to: Emitter): Emitted[] =>
  e.args.map((a) => bind(emitExpression(a, to), to, a.type.kind));

const block = (lines: readonly string[]): string => lines.join(' ');

/** Three-valued, and the right side is not looked at where the left one decides. */
function logic(e: CheckedCall, to: Emitter): Emitted {
  const [x, y] = emitArgs(e, to);
  if (y === undefined) throw new Error('arguments');
  const or = e.fn === 'or';
  if (x.isNull === NEVER && y.isNull === NEVER && y.statements.length === 0) {
    return { statements: x.statements, value: `(${x.value} ${or ? '||' : '&&'} ${y.value})`, isNull: NEVER };
  }
  const left = bind(x, to, 'BOOLEAN');
  const [value, isNull] = [to.temp(), to.temp()];
  const decided = (a: Emitted): string => `!${a.isNull} && ${or ? '' : '!'}(${a.value})`;
  const right = bind(y, to, 'BOOLEAN');
  const rest = `${block(right.statements)} if (!(${decided(right)})) { if (${left.isNull} || ${right.isNull}) ${isNull} = true; else ${value} = ${!or}; }`;
  return {
    statements: [
      ...left.statements,
      `let ${value} = ${or}, ${isNull} = false;`,
      `if (!(${decided(left)})) { ${rest} }`,
    ],
    value,
    isNull,
  };
}

function within(e: CheckedCall, to: Emitter): Emitted {
  const [x, ...list] = bindArgs(e, to);
  if (x === undefined) throw new Error('arguments');
  const statements = [x, ...list].flatMap((a) => a.statements);
  const hits = list.map((y) => {
    const hit = equality(x.value, y.value, typeOf(e, 0));
    return y.isNull === NEVER ? hit : `(!${y.isNull} && ${hit})`;
  });
  const found = to.temp();
  statements.push(`const ${found} = !${x.isNull} && (${hits.join(' || ')});`);
  const unknown = anyNull([x, ...list]);
  return { statements, value: found, isNull: unknown === NEVER ? NEVER : `(!${found} && ${unknown})` };
}

function between(e: CheckedCall, to: Emitter): Emitted {
  const [x, low, high] = bindArgs(e, to);
  if (x === undefined || low === undefined || high === undefined) throw new Error('arguments');
  const type = typeOf(e, 0);
  const statements = [...x.statements, ...low.statements, ...high.statements];
  const above = comparison('>=', x.value, low.value, type);
  const below = comparison('<=', x.value, high.value, type);
  if (anyNull([x, low, high]) === NEVER)
    return { statements, value: `(${above} && ${below})`, isNull: NEVER };
  const [out, isNull] = [to.temp(), to.temp()];
  statements.push(
    `const ${out} = !${x.isNull} && (${low.isNull} || ${above}) && (${high.isNull} || ${below});`,
    `const ${isNull} = ${x.isNull} || (${out} && (${low.isNull} || ${high.isNull}));`,
  );
  return { statements, value: out, isNull };
}

function caseValue(e: CheckedCall, to: Emitter): Emitted {
  const [value, isNull] = [to.temp(), to.temp()];
  const assign = (a: Emitted): string => assignTo(value, isNull, a);
  const branch = (at: number): string => {
    const first = e.args[at];
    if (first === undefined) return `${isNull} = true;`;
    const head = emitExpression(first, to);
    if (at === e.args.length - 1) return `${block(head.statements)} ${assign(head)}`;
    const then = e.args[at + 1];
    if (then === undefined) throw new Error('arguments');
    const body = emitExpression(then, to);
    return `${block(head.statements)} if (!${head.isNull} && ${head.value}) { ${block(body.statements)} ${assign(body)} } else { ${branch(at + 2)} }`;
  };
  return {
    statements: [`let ${value} = ${nothing(e.type.kind)}, ${isNull} = false;`, `{ ${branch(0)} }`],
    value,
    isNull: e.nullable ? isNull : NEVER,
  };
}

const assignTo = (value: string, isNull: string, a: Emitted): string =>
  a.isNull === 'true'
    ? `${isNull} = true;`
    : a.isNull === NEVER
      ? `${value} = ${a.value};`
      : `if (${a.isNull}) ${isNull} = true; else ${value} = ${a.value};`;

/** `CASE x WHEN …`: the operand is computed once, and each WHEN only where those before it did not match. */
function caseOfValue(e: CheckedCall, to: Emitter): Emitted {
  const [operand, ...rest] = e.args;
  if (operand === undefined) throw new Error('arguments');
  const [value, isNull] = [to.temp(), to.temp()];
  const x = bind(emitExpression(operand, to), to, operand.type.kind);
  const branch = (at: number): string => {
    const [first, then] = [rest[at], rest[at + 1]];
    if (first === undefined) throw new Error('arguments');
    const head = emitExpression(first, to);
    if (then === undefined) return `${block(head.statements)} ${assignTo(value, isNull, head)}`;
    const body = emitExpression(then, to);
    const matches = `!${x.isNull} && !${head.isNull} && ${equality(x.value, head.value, operand.type)}`;
    return `${block(head.statements)} if (${matches}) { ${block(body.statements)} ${assignTo(value, isNull, body)} } else { ${branch(at + 2)} }`;
  };
  return {
    statements: [
      ...x.statements,
      `let ${value} = ${nothing(e.type.kind)}, ${isNull} = false;`,
      `{ ${branch(0)} }`,
    ],
    value,
    isNull: e.nullable ? isNull : NEVER,
  };
}

function coalesce(e: CheckedCall, to: Emitter): Emitted {
  const [value, isNull] = [to.temp(), to.temp()];
  const attempt = (at: number): string => {
    const arg = e.args[at];
    if (arg === undefined) return `${isNull} = true;`;
    const x = bind(emitExpression(arg, to), to, arg.type.kind);
    return `${block(x.statements)} if (!${x.isNull}) { ${value} = ${x.value}; } else { ${attempt(at + 1)} }`;
  };
  return {
    statements: [`let ${value} = ${nothing(e.type.kind)}, ${isNull} = false;`, `{ ${attempt(0)} }`],
    value,
    isNull: e.nullable ? isNull : NEVER,
  };
}

function strict(e: CheckedCall, to: Emitter): Emitted {
  const takesNull = FUNCTION_BY_NAME.get(e.fn)?.takesNull === true;
  const args = emitArgs(e, to);
  const statements = args.flatMap((a) => a.statements);
  const isNull = takesNull ? NEVER : anyNull(args);
  const codes = args.map((a) =>
    !takesNull || a.isNull === NEVER
      ? a.value
      : a.isNull === 'true'
        ? 'null'
        : `(${a.isNull} ? null : ${a.value})`,
  );
  const value = isNull === 'true' ? 'null' : strictValue(e, codes, to);
  // A call may fail or be dear: computed here, once, whoever looks at it and whether anyone does.
  if (!canBeNull(e)) {
    const isCall = /\bf\.|\bk\[\d+\]\(/.test(value);
    const at = isCall ? bind({ statements, value, isNull }, to, e.type.kind) : null;
    return at ?? { statements, value, isNull };
  }
  const name = to.temp();
  return {
    statements: [
      ...statements,
      `const ${name} = ${isNull === NEVER ? value : `${isNull} ? null : ${value}`};`,
    ],
    value: name,
    isNull: `(${name} === null)`,
  };
}
