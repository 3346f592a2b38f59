/** Syntax tree → checked tree: names resolved, types fitted, forms lowered to calls. */
import { nearest, showValue, type TextSpan } from '../contract/problems.ts';
import {
  BIGINT,
  BOOLEAN,
  type DataType,
  DOUBLE,
  type Field,
  INT,
  isNumeric,
  parseType,
  printType,
  STRING,
  SUPPORTED_KINDS,
  TIMESTAMP,
} from '../contract/types.ts';
import type { Checked, CheckOptions, CheckResult } from './api.ts';
import { canCast } from './casts.ts';
import { call, Fault, isNull, literal, misfit } from './fault.ts';
import { FUNCTION_BY_NAME } from './functions/index.ts';
import { UNITS, unitName } from './functions/times.ts';
import { common, widest } from './functions/types.ts';
import { lower } from './lower.ts';
import { resolveName, rowField } from './names.ts';
import { negate } from './operators.ts';
import { parseExpression, type Syntax } from './syntax.ts';
import { parseTime, patternFault } from './time-format.ts';

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
    if (error instanceof Fault) return { ok: false, problems: [error.problem] };
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
      return column(s, fields);
    case 'index':
      throw new Fault('T-SUPPORT', s.span, 'Arrays are not carried yet.');
    case 'typed':
      return typed(s.word, s.text, s.unit, s.span);
    case 'call':
      return s.form === 'operator' ? operator(s, fields) : functionCall(s, fields);
  }
}

function number(text: string, span: TextSpan): Checked {
  const value = Number(text);
  if (!/^\d+$/.test(text)) return literal(value, DOUBLE, span);
  if (!Number.isSafeInteger(value)) {
    throw new Fault('T-SUPPORT', span, 'The number is larger than the engine carries exactly.', {
      value: text,
      expected: 'at most 9007199254740991, or a DOUBLE such as 1e20',
    });
  }
  return literal(value, value <= 2 ** 31 - 1 ? INT : BIGINT, span);
}

function column(s: Syntax, fields: readonly Field[]): Checked {
  const found = resolveName(s, fields);
  if (found === null && s.kind === 'access') return rowField(check(s.of, fields), s.name, s.span);
  if (found === null) throw new Error('a name');
  if (!SUPPORTED_KINDS.has(found.type.kind)) {
    throw new Fault('T-SUPPORT', s.span, `${printType(found.type)} is not carried yet.`, {
      value: printType(found.type),
      expected: [...SUPPORTED_KINDS].join(', '),
      next: 'Give the field another type at its source.',
    });
  }
  return found;
}

function typed(word: string, text: string, unit: string | null, span: TextSpan): Checked {
  if (word === 'TIMESTAMP' || word === 'DATE') {
    const time = parseTime(text, 'iso');
    if (time !== null) return literal(time, TIMESTAMP, span);
    throw new Fault('T-TYPE', span, 'This is not a time.', {
      value: showValue(text),
      expected: "a time such as TIMESTAMP '2001-01-31 12:30:00'",
    });
  }
  if (word === 'INTERVAL')
    throw new Fault('T-TYPE', span, 'An interval can only be added to or subtracted from a TIMESTAMP.', {
      value: `INTERVAL '${text}' ${unit ?? ''}`,
      expected: "for instance: date + INTERVAL '5' MINUTE",
    });
  throw new Fault('T-SUPPORT', span, `The literal ${word} '…' is not supported.`, {
    value: word,
    expected: "TIMESTAMP '…' or INTERVAL '…' UNIT",
  });
}

/** `INTERVAL '5' MINUTE` as unit and amount. */
function interval(s: Syntax): { unit: string; amount: number } | null {
  if (s.kind !== 'typed' || s.word !== 'INTERVAL') return null;
  const unit = s.unit === null ? null : unitName(s.unit);
  const amount = Number(s.text);
  if (unit === null || s.text.trim() === '' || !Number.isFinite(amount)) {
    throw new Fault('T-SYNTAX', s.span, 'This is not an interval.', {
      value: showValue(`${s.text} ${s.unit ?? ''}`),
      expected: `a number and one of ${Object.keys(UNITS).join(', ')}`,
    });
  }
  const step = UNITS[unit];
  if (step !== undefined && 'months' in step && !Number.isInteger(amount))
    throw new Fault('T-TYPE', s.span, 'Months and years are added whole.', {
      value: s.text,
      expected: 'a whole number',
    });
  return step !== undefined && 'ms' in step
    ? { unit: 'MILLISECOND', amount: Math.round(amount * step.ms) }
    : { unit, amount };
}

const COMPARISONS = new Set(['=', '<>', '<', '<=', '>', '>=']);

function operator(s: Syntax & { kind: 'call' }, fields: readonly Field[]): Checked {
  const { fn, span } = s;
  if (fn === '+' || fn === '-') {
    const moved = moveTime(s, fields);
    if (moved !== null) return moved;
  }
  const args = s.args.map((a) => check(a, fields));
  if (COMPARISONS.has(fn)) return call(fn, BOOLEAN, comparable(args, span), span);
  switch (fn) {
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
      if (value?.kind === 'literal' && typeof value.value === 'number' && isNumeric(value.type)) {
        if (value.type.kind === 'DOUBLE') return literal(-value.value, DOUBLE, span);
        // 2147483648 alone is a BIGINT, but with its sign the least INT.
        if (value.value === 2 ** 31) return literal(-(2 ** 31), INT, span);
        return literal(negate(value.type.kind, value.value), value.type, span);
      }
      return call(fn, numeric(args, span), args, span);
    }
    case '||':
      return call(
        'CONCAT',
        STRING,
        args.map((a) => (a.type.kind === 'STRING' ? a : call('cast', STRING, [a], a.span))),
        span,
      );
    case 'is-null':
      return call(fn, BOOLEAN, args, span, false);
    case 'is-true':
    case 'is-false':
      return call(fn, BOOLEAN, args.map(boolean), span, false);
    case 'is-distinct':
      return call(fn, BOOLEAN, comparable(args, span), span, false);
    case 'in':
    case 'between':
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

function boolean(e: Checked): Checked {
  if (e.type.kind === 'BOOLEAN') return e;
  if (isNull(e)) return literal(null, BOOLEAN, e.span);
  throw misfit(e, 'BOOLEAN: a condition');
}

function numeric(args: readonly Checked[], span: TextSpan): DataType {
  const known = args.filter((a) => !isNull(a) || isNumeric(a.type));
  for (const a of known) if (!isNumeric(a.type)) throw misfit(a, 'a number');
  const type = known.length === 0 ? INT : widest(known.map((a) => a.type));
  if (type === null) throw new Fault('T-TYPE', span, 'These are not numbers.', { expected: 'numbers' });
  return type;
}

function arithmetic(fn: string, args: readonly Checked[], span: TextSpan): Checked {
  const type = numeric(args, span);
  if (args.some(isNull)) return literal(null, type, span);
  return call(fn, type, args, span);
}

function moveTime(s: Syntax & { kind: 'call' }, fields: readonly Field[]): Checked | null {
  const [left, right] = s.args;
  if (left === undefined || right === undefined) return null;
  const [time, step] =
    s.fn === '+' && interval(left) !== null ? [right, interval(left)] : [left, interval(right)];
  if (step === null) return null;
  const checked = check(time, fields);
  if (checked.type.kind !== 'TIMESTAMP') throw misfit(checked, 'TIMESTAMP: only times take an interval');
  const amount = s.fn === '-' ? -step.amount : step.amount;
  return call(
    'TIMESTAMPADD',
    TIMESTAMP,
    [literal(step.unit, STRING, s.span), literal(amount, BIGINT, s.span), checked],
    s.span,
  );
}

/** Brings values to one comparable type: numbers as they are, text beside a TIMESTAMP read as one. */
function comparable(args: readonly Checked[], span: TextSpan): Checked[] {
  const known = args.filter((a) => !isNull(a));
  const target = known.find((a) => a.type.kind === 'TIMESTAMP')?.type ?? common(known.map((a) => a.type));
  return args.map((a) => {
    if (isNull(a)) return literal(null, target ?? STRING, a.span);
    if (target?.kind === 'TIMESTAMP' && a.kind === 'literal' && typeof a.value === 'string')
      return typed('TIMESTAMP', a.value, null, a.span);
    if (target === null || (a.type.kind !== target.kind && !(isNumeric(a.type) && isNumeric(target)))) {
      const types = known.map((k) => printType(k.type)).join(' and ');
      throw new Fault('T-TYPE', span, `${types} cannot be compared.`, {
        value: types,
        expected: 'values of one type',
        next: 'CAST one of them.',
      });
    }
    return a;
  });
}

/** One type for all branches; NULL takes the type of the others. */
function unify(args: readonly Checked[], span: TextSpan): { type: DataType; args: Checked[] } {
  const known = args.filter((a) => !isNull(a));
  // CAST(NULL AS INT) has a type of its own; a bare NULL is held as STRING.
  const ofNulls = args.find((a) => a.type.kind !== 'STRING')?.type ?? STRING;
  const type = known.length === 0 ? ofNulls : common(known.map((a) => a.type));
  if (type === null) {
    const types = known.map((a) => printType(a.type)).join(', ');
    throw new Fault('T-TYPE', span, 'The values have no type in common.', {
      value: types,
      expected: 'values of one type',
      next: 'CAST them.',
    });
  }
  return { type, args: args.map((a) => (isNull(a) ? literal(null, type, a.span) : a)) };
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
  const args = lowered.args.map((a, i) =>
    typeof a === 'string' ? literal(a, STRING, s.args[i]?.span ?? span) : check(a, fields),
  );
  if (fn === 'COALESCE' || fn === 'IFNULL') return coalesce(args, span, fn);
  if (fn === 'IF') {
    arity(s, args, 3, 3);
    return caseOf(args, span);
  }
  if (fn === 'NULLIF') {
    arity(s, args, 2, 2);
    const [a] = args;
    return call('nullif', a?.type ?? STRING, comparable(args, span), span, true);
  }
  if (lowered.fn === 'MOD' && args.length === 2) return arithmetic('%', args, span);
  const spec = FUNCTION_BY_NAME.get(lowered.fn);
  if (spec === undefined) {
    const near = nearest(fn, [...FUNCTION_BY_NAME.keys(), ...SPECIAL]);
    throw new Fault('T-FUNCTION', span, `There is no function ${fn}.`, {
      value: fn,
      expected:
        near === null ? 'a function of the reference' : `a function of the reference (nearest: ${near})`,
    });
  }
  arity(s, args, spec.args[0], spec.args[1], spec.signature);
  const type = spec.result(args.map((a) => a.type));
  checkPattern(spec.name, args);
  if (args.some(isNull)) {
    const known = args.filter((a) => !isNull(a)).map((a) => a.type);
    return literal(null, type ?? spec.result(known) ?? spec.result([]) ?? STRING, span);
  }
  if (type === null)
    throw new Fault('T-TYPE', span, `${fn} does not take these types.`, {
      value: args.map((a) => printType(a.type)).join(', '),
      expected: spec.signature,
    });
  return call(spec.name, type, args, span, args.some((a) => a.nullable) || spec.canBeNull === true);
}

/** A pattern that is written out is looked at here, not at the first record. */
function checkPattern(fn: string, args: readonly Checked[]): void {
  const pattern = args[1];
  if (!['DATE_FORMAT', 'TO_TIMESTAMP', 'FROM_UNIXTIME'].includes(fn) || pattern?.kind !== 'literal') return;
  const fault = typeof pattern.value === 'string' ? patternFault(pattern.value) : null;
  if (fault === null || pattern.value === 'iso') return;
  throw new Fault('T-TYPE', pattern.span, `This is not a pattern of a time: ${fault}.`, {
    value: showValue(pattern.value),
    expected: "a pattern such as 'yyyy-MM-dd HH:mm:ss'",
  });
}

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

function coalesce(args: readonly Checked[], span: TextSpan, fn: string): Checked {
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

function cast(s: Syntax & { kind: 'call' }, fields: readonly Field[]): Checked {
  const [inner] = s.args;
  const type = s.form === 'as' ? parseType(s.word) : null;
  if (inner === undefined || type === null)
    throw new Fault('T-SYNTAX', s.span, `${s.fn} needs a type.`, {
      value: s.word,
      expected: `${s.fn}(x AS TYPE)`,
    });
  if (!SUPPORTED_KINDS.has(type.kind))
    throw new Fault('T-SUPPORT', s.span, `${printType(type)} is not carried yet.`, {
      value: printType(type),
      expected: [...SUPPORTED_KINDS].join(', '),
    });
  const value = check(inner, fields);
  if (isNull(value)) return literal(null, type, s.span);
  if (!canCast(value.type, type))
    throw new Fault('T-TYPE', s.span, `${printType(value.type)} cannot be cast to ${printType(type)}.`, {
      value: printType(value.type),
      expected: 'types that convert',
    });
  return s.fn === 'CAST'
    ? call('cast', type, [value], s.span)
    : call('try-cast', type, [value], s.span, true);
}
