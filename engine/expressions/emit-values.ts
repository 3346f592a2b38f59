/** Code for calls whose arguments are code already, and not NULL: operators, casts, functions. */
import type { DataType } from '../contract/types.ts';
import type { CheckedCall, Emitter } from './api.ts';
import { sameStorage } from './casts.ts';
import { isDeep } from './compare.ts';
import { asDecimal, type Decimal, power10, resultOf } from './decimal.ts';
import { FUNCTION_BY_NAME } from './functions/index.ts';
import { arithmeticOf, implementationOf, scaleFactor } from './operators.ts';

export const typeOf = (e: CheckedCall, i: number): DataType => e.args[i]?.type ?? e.type;

export const equality = (x: string, y: string, type: DataType): string =>
  isDeep(type) ? `f.equalValues(${x}, ${y})` : `(${x} === ${y})`;

export function comparison(op: string, x: string, y: string, type: DataType): string {
  if (op === '=') return equality(x, y, type);
  if (op === '<>') return isDeep(type) ? `!${equality(x, y, type)}` : `(${x} !== ${y})`;
  if (type.kind === 'STRING') return `(f.compareStrings(${x}, ${y}) ${op} 0)`;
  return type.kind === 'BYTES' ? `(f.compareBytes(${x}, ${y}) ${op} 0)` : `(${x} ${op} ${y})`;
}

/** Calls that may be NULL although no argument is. */
export function canBeNull(e: CheckedCall): boolean {
  if (e.fn === 'try-cast' || e.fn === 'element' || e.fn === 'row-field') return true;
  if (e.type.kind === 'DECIMAL' && ['+', '-', '*', '/', '%'].includes(e.fn)) return !exactResult(e);
  return FUNCTION_BY_NAME.get(e.fn)?.canBeNull === true;
}

/** The result of a call that is a BIGINT, in its one form: narrow code gives up where a double does not hold it. */
function asBigint(code: string, orNull: boolean, to: Emitter): string {
  if (orNull) return to.wide ? `f.wholeOrNull(${code})` : `f.bigOrNull(${code})`;
  return to.wide ? `f.whole(${code})` : `(f.big(${code}) + 0)`;
}

const WIDE: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'remainder',
  neg: 'negative',
};

/** Whether the type of a DECIMAL's arithmetic holds every result. */
const exactResult = (e: CheckedCall): boolean =>
  resultOf(e.fn, asDecimal(typeOf(e, 0)), asDecimal(typeOf(e, 1))).exact;

/** Sums and products that cannot overflow need no call. */
function decimalArithmetic(e: CheckedCall, x: string, y: string, to: Emitter): string {
  const [a, b] = [asDecimal(typeOf(e, 0)), asDecimal(typeOf(e, 1))];
  if (!'+-*'.includes(e.fn) || !exactResult(e)) return `${to.constant(arithmeticOf(e))}(${x}, ${y})`;
  const scale = e.fn === '*' ? 0 : Math.max(a.scale, b.scale);
  const at = (code: string, own: number): string =>
    e.fn === '*' || own === scale ? code : `(${code} * ${to.constant(power10(scale - own))})`;
  return `(${at(x, a.scale)} ${e.fn} ${at(y, b.scale)})`;
}

function arithmetic(e: CheckedCall, x: string, y: string, to: Emitter): string {
  const { fn } = e;
  const args = fn === 'neg' ? x : `${x}, ${y}`;
  switch (e.type.kind) {
    case 'INT':
      if (fn === '*') return `Math.imul(${args})`;
      if (fn === '%') return `f.intModulo(${args})`;
      if (fn === 'neg') return `(-${x} | 0)`;
      return fn === '/' ? `(f.intDivide(${args}) | 0)` : `((${x} ${fn} ${y}) | 0)`;
    case 'BIGINT':
      if (to.wide) return `f.${WIDE[fn]}(${args})`;
      if (fn === '/' || fn === '%') return `f.${fn === '/' ? 'intDivide' : 'intModulo'}(${args})`;
      if (fn === '*') return `(f.big(${x} * ${y}) + 0)`;
      return fn === 'neg' ? `(0 - ${x})` : `f.big(${x} ${fn} ${y})`;
    case 'DECIMAL':
      return fn === 'neg' ? `(-${x})` : decimalArithmetic(e, x, y, to);
    default:
      return fn === 'neg' ? `(-${x})` : `(${x} ${fn} ${y})`;
  }
}

/** Whether a DECIMAL holds every whole number, or DECIMAL, of a type as it is. */
function holdsAll(from: DataType, to: Decimal): boolean {
  if (from.kind !== 'INT' && from.kind !== 'BIGINT' && from.kind !== 'DECIMAL') return false;
  const { precision, scale } = asDecimal(from);
  return to.scale >= scale && to.precision - to.scale >= precision - scale;
}

function cast(e: CheckedCall, x: string, to: Emitter): string {
  const from = typeOf(e, 0);
  if (sameStorage(from, e.type)) return x;
  if (from.kind === 'BIGINT' && e.type.kind === 'DOUBLE') return to.wide ? `Number(${x})` : x;
  if (e.type.kind === 'DECIMAL' && holdsAll(from, e.type))
    return `f.scaleUp(${x}, ${to.constant(scaleFactor(from, e.type))})`;
  const orNull = e.fn === 'try-cast';
  const code = `f.${orNull ? 'tryCast' : 'castValue'}(${x}, ${to.constant(from)}, ${to.constant(e.type)})`;
  return e.type.kind === 'BIGINT' ? asBigint(code, orNull, to) : code;
}

export function strictValue(e: CheckedCall, code: readonly string[], to: Emitter): string {
  const [x = 'null', y = 'null'] = code;
  switch (e.fn) {
    case '=':
    case '<>':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(e.fn, x, y, typeOf(e, 0));
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case 'neg':
      return arithmetic(e, x, y, to);
    case 'not':
      return `!(${x})`;
    case 'like':
      return `f.like(${x}, ${y}, ${code[2] ?? 'null'})`;
    case 'cast':
    case 'try-cast':
      return cast(e, x, to);
    case 'rescale':
      return `f.scaleUp(${x}, ${to.constant(scaleFactor(typeOf(e, 0), e.type))})`;
    case 'row-field':
    case 'element': {
      const part = e.fn === 'element' ? `f.elementAt(${x}, ${y})` : `(${x}[${y}] ?? null)`;
      return e.type.kind === 'BIGINT' && !to.wide ? `f.bigOrNull(${part})` : part;
    }
    default:
      return functionValue(e, code, to);
  }
}

function functionValue(e: CheckedCall, code: readonly string[], to: Emitter): string {
  const spec = FUNCTION_BY_NAME.get(e.fn);
  if (spec === undefined) throw new Error(`no function ${e.fn}`);
  const kind = e.type.kind;
  // What the function does not take exactly, it takes as the nearest double.
  const args =
    to.wide && spec.exact !== true
      ? code.map((c, i) => (typeOf(e, i).kind === 'BIGINT' && c !== 'null' ? `f.toNumber(${c})` : c))
      : code;
  const run = implementationOf(e, to.wide);
  const isInline = spec.inline !== undefined && run === spec.call;
  const called = isInline
    ? (spec.inline?.(args) ?? '')
    : `${run === spec.call ? `f.${spec.name}` : to.constant(run)}(${args.join(', ')})`;
  if (kind === 'INT' && spec.group === 'number') return `(${called} | 0)`;
  return kind === 'BIGINT' && spec.group !== 'time' ? asBigint(called, canBeNull(e), to) : called;
}
