/** Operators, CASE and conditions over arguments that are checked. */
import { showValue, type TextSpan } from '../contract/problems.ts';
import { BOOLEAN, isOrdered, printType, STRING } from '../contract/types.ts';
import type { Checked } from './api.ts';
import { call, Fault, isNull, misfit } from './fault.ts';
import { negativeLiteral } from './literals.ts';
import { arithmetic, boolean, comparable, numeric, unify } from './unify.ts';

export function operator(fn: string, args: readonly Checked[], span: TextSpan): Checked {
  switch (fn) {
    case '=':
    case '<>':
      return call(fn, BOOLEAN, comparable(args, span), span);
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'between':
      return call(fn, BOOLEAN, inOrder(comparable(args, span)), span);
    case 'and':
    case 'or':
    case 'not':
      return call(fn, BOOLEAN, args.map(boolean), span);
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return arithmetic(fn, args, span);
    case 'neg': {
      const [value] = args;
      const literal = value === undefined ? null : negativeLiteral(value);
      return literal ?? call(fn, numeric(args, span), args, span);
    }
    case '||':
      return concat(args, span);
    case 'is-null':
      return call(fn, BOOLEAN, args, span, false);
    case 'is-unknown':
      return call('is-null', BOOLEAN, args.map(boolean), span, false);
    case 'is-true':
    case 'is-false':
      return call(fn, BOOLEAN, args.map(boolean), span, false);
    case 'is-distinct':
      return call(fn, BOOLEAN, comparable(args, span), span, false);
    case 'in':
      return call(fn, BOOLEAN, comparable(args, span), span);
    case 'like':
      for (const a of args) if (a.type.kind !== 'STRING') throw misfit(a, 'STRING');
      return call(fn, BOOLEAN, args, span);
    case 'case':
      return caseOf(args, span);
    case 'case-of':
      return caseOperand(args, span);
    default:
      throw new Fault('T-SYNTAX', span, `${fn} is not known.`);
  }
}

function inOrder(args: readonly Checked[]): readonly Checked[] {
  for (const a of args) {
    if (isOrdered(a.type)) continue;
    throw new Fault('T-TYPE', a.span, `${printType(a.type)} has no order.`, {
      value: showValue(printType(a.type)),
      expected: 'numbers, times, strings, bytes or booleans',
    });
  }
  return args;
}

/** Text; BYTES with BYTES stay BYTES. */
function concat(args: readonly Checked[], span: TextSpan): Checked {
  const bytes = args.find((a) => a.type.kind === 'BYTES');
  if (bytes !== undefined && args.every((a) => a.type.kind === 'BYTES' || isNull(a)))
    return call('CONCAT', bytes.type, args, span);
  return call(
    'CONCAT',
    STRING,
    args.map((a) => (a.type.kind === 'STRING' ? a : call('cast', STRING, [a], a.span))),
    span,
  );
}

function caseOf(args: readonly Checked[], span: TextSpan): Checked {
  const conditions = args
    .filter((_, i) => i % 2 === 0 && i < args.length - 1)
    .map((c) => (c.type.kind === 'BOOLEAN' ? c : boolean(c)));
  const values = unify(
    args.filter((_, i) => i % 2 === 1 || i === args.length - 1),
    span,
  );
  const ordered = conditions.flatMap((c, i) => [c, values.args[i] ?? c]);
  const otherwise = values.args[values.args.length - 1];
  const nullable = values.args.some((v) => v.nullable);
  return call(
    'case',
    values.type,
    otherwise === undefined ? ordered : [...ordered, otherwise],
    span,
    nullable,
  );
}

/** `CASE x WHEN a THEN b … ELSE c END`: x and all WHENs are of one comparable type. */
function caseOperand([operand, ...rest]: readonly Checked[], span: TextSpan): Checked {
  if (operand === undefined) throw new Fault('T-SYNTAX', span, 'CASE needs WHEN.');
  const isWhen = (i: number): boolean => i % 2 === 0 && i < rest.length - 1;
  const keys = comparable([operand, ...rest.filter((_, i) => isWhen(i))], span);
  const values = unify(
    rest.filter((_, i) => !isWhen(i)),
    span,
  );
  const [x, ...whens] = keys;
  const ordered = whens.flatMap((when, i) => [when, values.args[i] ?? when]);
  const otherwise = values.args[values.args.length - 1] ?? operand;
  const nullable = values.args.some((v) => v.nullable);
  return call('case-of', values.type, [x ?? operand, ...ordered, otherwise], span, nullable);
}
