/** Syntax tree → checked tree: names resolved, types fitted, forms lowered to calls. */
import { nearest, showValue } from '../contract/problems.ts';
import { BOOLEAN, type Field, parseType, printType, STRING } from '../contract/types.ts';
import type { Checked, CheckOptions, CheckResult } from './api.ts';
import { canCast } from './casts.ts';
import { operator } from './check-operators.ts';
import { call, each, Fault, Faults, isBareNull, isNull, literal } from './fault.ts';
import { FUNCTION_BY_NAME } from './functions/index.ts';
import type { FunctionSpec } from './functions/spec.ts';
import { moveTime, number, typed } from './literals.ts';
import { lower } from './lower.ts';
import { resolveName, rowField } from './names.ts';
import { parseExpression, type Syntax } from './syntax.ts';
import { arithmetic, comparable, convert, exactBesideDecimal, unify } from './unify.ts';

/** Parses and checks `text` over `fields`. Problems carry a span; the path is the caller's to add. */
export function checkExpression(
  text: string,
  fields: readonly Field[],
  options: CheckOptions = {},
): CheckResult {
  const parsed = parseExpression(text);
  if (!parsed.ok) return parsed;
  try {
    const checked = check(parsed.syntax, fields);
    const expects = options.expects ?? null;
    if (expects !== null && checked.type.kind !== expects && !isNull(checked)) {
      throw new Fault('T-TYPE', checked.span, `The expression gives ${printType(checked.type)}.`, {
        value: showValue(text),
        expected: expects,
      });
    }
    return { ok: true, expression: checked };
  } catch (error) {
    if (error instanceof Fault || error instanceof Faults) return { ok: false, problems: error.problems };
    throw error;
  }
}

function check(s: Syntax, fields: readonly Field[]): Checked {
  switch (s.kind) {
    case 'null':
      return literal(null, STRING, s.span);
    case 'true':
    case 'false':
      return literal(s.kind === 'true', BOOLEAN, s.span);
    case 'string':
      return literal(s.text, STRING, s.span);
    case 'number':
      return number(s.text, s.span);
    case 'column':
    case 'access':
      return name(s, fields);
    case 'index':
      return element(s, fields);
    case 'typed':
      return typed(s.word, s.text, s.unit, s.span);
    case 'call':
      return s.form === 'operator' ? operation(s, fields) : functionCall(s, fields);
  }
}

function name(s: Syntax, fields: readonly Field[]): Checked {
  const found = resolveName(s, fields);
  if (found !== null) return found;
  if (s.kind !== 'access') throw new Error('a name');
  return rowField(check(s.of, fields), s.name, s.span);
}

/** `a[1]`: counted from 1, NULL outside. */
function element(s: Syntax & { kind: 'index' }, fields: readonly Field[]): Checked {
  const [of, at] = each([s.of, s.at], (part) => check(part, fields));
  if (of === undefined || at === undefined) throw new Error('index');
  if (of.type.kind !== 'ARRAY')
    throw new Fault('T-TYPE', of.span, `${printType(of.type)} has no elements.`, {
      value: printType(of.type),
      expected: 'an ARRAY in front of the bracket',
    });
  const isWhole = at.type.kind === 'INT' || at.type.kind === 'BIGINT';
  if (!isWhole || (at.kind === 'literal' && Number(at.value) < 1))
    throw new Fault('T-TYPE', at.span, 'This is not the place of an element.', {
      value: at.kind === 'literal' ? showValue(at.value) : printType(at.type),
      expected: 'a whole number, 1 for the first element',
    });
  return call('element', of.type.element, [of, at], s.span, true);
}

function operation(s: Syntax & { kind: 'call' }, fields: readonly Field[]): Checked {
  const one = (part: Syntax): Checked => check(part, fields);
  if (s.fn === '+' || s.fn === '-') {
    const moved = moveTime(s, one);
    if (moved !== null) return moved;
  }
  const args = each(s.args, one);
  if (s.fn !== 'is-json') return operator(s.fn, args, s.span);
  return specified(s, 'IS_JSON', [...args, literal(s.word, STRING, s.span)]);
}

const SPECIAL = ['CAST', 'TRY_CAST', 'COALESCE', 'NULLIF', 'IF', 'IFNULL'];

function functionCall(s: Syntax & { kind: 'call' }, fields: readonly Field[]): Checked {
  const { fn, form, span } = s;
  if (form === 'star' || form === 'distinct')
    throw new Fault('T-TYPE', span, `${fn} over many rows belongs into a Window node.`, {
      value: fn,
      expected: 'a function of one record',
    });
  if (fn === 'CAST' || fn === 'TRY_CAST') return cast(s, fields);
  const lowered = lower(s);
  const args = each([...lowered.args.entries()], ([i, a]) =>
    typeof a === 'string' ? literal(a, STRING, s.args[i]?.span ?? span) : check(a, fields),
  );
  if (fn === 'COALESCE' || fn === 'IFNULL') return coalesce(args, s);
  if (fn === 'IF') {
    arity(s, args, 3, 3);
    return operator('case', args, span);
  }
  if (fn === 'NULLIF') {
    arity(s, args, 2, 2);
    return nullIf(args, s);
  }
  if (lowered.fn === 'MOD' && args.length === 2) return arithmetic('%', args, span);
  return specified(s, lowered.fn, args);
}

/** A function of the reference. */
function specified(s: Syntax & { kind: 'call' }, fn: string, given: readonly Checked[]): Checked {
  const spec = FUNCTION_BY_NAME.get(fn);
  if (spec === undefined) {
    const near = nearest(s.fn, [...FUNCTION_BY_NAME.keys(), ...SPECIAL]);
    throw new Fault('T-FUNCTION', s.span, `There is no function ${s.fn}.`, {
      value: s.fn,
      expected:
        near === null ? 'a function of the reference' : `a function of the reference (nearest: ${near})`,
    });
  }
  arity(s, given, spec.args[0], spec.args[1], spec.signature);
  const args = coerced(spec, given, s);
  const literals = args.map((a) => (a.kind === 'literal' ? a.value : undefined));
  const type = spec.result(
    args.map((a) => a.type),
    literals,
  );
  const wrong = spec.fault?.(literals) ?? null;
  if (wrong !== null)
    throw new Fault('T-TYPE', args[wrong.at]?.span ?? s.span, `${capital(wrong.message)}.`, {
      value: showValue(literals[wrong.at]),
      expected: wrong.expected,
    });
  if (spec.takesNull !== true && args.some(isNull)) {
    const known = args.filter((a) => !isNull(a)).map((a) => a.type);
    return literal(null, type ?? spec.result(known, []) ?? spec.result([], []) ?? STRING, s.span);
  }
  if (type === null)
    throw new Fault('T-TYPE', s.span, `${s.fn} does not take these types.`, {
      value: args.map((a) => printType(a.type)).join(', '),
      expected: spec.signature,
    });
  const fromNull = spec.takesNull !== true && args.some((a) => a.nullable);
  return call(spec.name, type, args, s.span, fromNull || spec.canBeNull === true);
}

function coerced(spec: FunctionSpec, args: readonly Checked[], s: Syntax): readonly Checked[] {
  if (spec.coerce === 'common' && args.length > 0) return unify(args, s.span).args;
  if (spec.coerce !== 'double') return exactBesideDecimal(args);
  return args.map((a) => (a.type.kind === 'DECIMAL' ? convert(a, { kind: 'DOUBLE' }) : a));
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function arity(
  s: Syntax & { kind: 'call' },
  args: readonly Checked[],
  least: number,
  most: number,
  signature = s.fn,
): void {
  if (args.length >= least && args.length <= most) return;
  throw new Fault(
    'T-TYPE',
    s.span,
    `${s.fn} takes ${least === most ? least : `${least} to ${most}`} arguments.`,
    { value: `${args.length} arguments`, expected: signature },
  );
}

function coalesce(args: readonly Checked[], { fn, span }: Syntax & { kind: 'call' }): Checked {
  if (args.length === 0)
    throw new Fault('T-TYPE', span, `${fn} needs arguments.`, { expected: `${fn}(a, b, …)` });
  const unified = unify(args, span);
  return call(
    'coalesce',
    unified.type,
    unified.args,
    span,
    unified.args.every((a) => a.nullable),
  );
}

/** Of the first argument's type; where it must be brought to another one to be compared, it is compared apart. */
function nullIf(args: readonly Checked[], { span }: Syntax): Checked {
  const [value] = args;
  const compared = comparable(args, span);
  const [same] = compared;
  if (value === undefined || same === undefined) throw new Error('arguments');
  const type = isBareNull(value) ? same.type : value.type;
  if (same === value || isBareNull(value)) return call('nullif', type, compared, span, true);
  const equal = call('=', BOOLEAN, compared, span);
  return call('case', type, [equal, literal(null, type, span), value], span, true);
}

function cast(s: Syntax & { kind: 'call' }, fields: readonly Field[]): Checked {
  const [inner] = s.args;
  const type = s.form === 'as' ? parseType(s.word) : null;
  if (inner === undefined || type === null)
    throw new Fault('T-SYNTAX', s.span, `${s.fn} needs a type.`, {
      value: s.word,
      expected: `${s.fn}(x AS TYPE)`,
    });
  const value = check(inner, fields);
  if (isNull(value)) return literal(null, type, s.span);
  if (!canCast(value.type, type))
    throw new Fault('T-TYPE', s.span, `${printType(value.type)} cannot be cast to ${printType(type)}.`, {
      value: printType(value.type),
      expected: 'types that convert',
    });
  // Read from its text, 0.1 is exactly one tenth.
  const [exact = value] =
    type.kind === 'DECIMAL' ? exactBesideDecimal([value, literal(null, type, s.span)]) : [];
  return s.fn === 'CAST'
    ? call('cast', type, [exact], s.span)
    : call('try-cast', type, [exact], s.span, true);
}
