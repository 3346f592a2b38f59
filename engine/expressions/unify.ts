/** Arguments brought to one type: of arithmetic, of comparisons, of the branches of CASE. */
import { showValue, type TextSpan } from '../contract/problems.ts';
import {
  BOOLEAN,
  type DataType,
  DOUBLE,
  INT,
  isNumeric,
  printType,
  STRING,
  TIMESTAMP,
} from '../contract/types.ts';
import type { Scalar } from '../contract/values.ts';
import type { Checked } from './api.ts';
import { castValue, sameStorage } from './casts.ts';
import { asDecimal, decimal, PRECISION_MAX, resultOf } from './decimal.ts';
import { call, Fault, isBareNull, isNull, literal, misfit } from './fault.ts';
import { common, widest } from './functions/types.ts';
import { parseTime } from './time-format.ts';

export function boolean(e: Checked): Checked {
  if (e.type.kind === 'BOOLEAN') return e;
  if (isNull(e)) return literal(null, BOOLEAN, e.span);
  throw misfit(e, 'BOOLEAN: a condition');
}

/** Numbers written with a point are exact beside a DECIMAL, and DOUBLE everywhere else. */
export function exactBesideDecimal(args: readonly Checked[]): readonly Checked[] {
  const isExact = (a: Checked): boolean => a.kind === 'literal' && a.exact !== undefined;
  if (!args.some((a) => a.type.kind === 'DECIMAL')) return args;
  if (args.some((a) => a.type.kind === 'DOUBLE' && !isExact(a))) return args;
  return args.map((a) =>
    a.kind === 'literal' && a.exact !== undefined ? literal(a.exact.unscaled, a.exact.type, a.span) : a,
  );
}

export function numeric(args: readonly Checked[], span: TextSpan): DataType {
  const known = args.filter((a) => !isNull(a) || isNumeric(a.type));
  for (const a of known) if (!isNumeric(a.type)) throw misfit(a, 'a number');
  const type = known.length === 0 ? INT : widest(known.map((a) => a.type));
  if (type === null) throw new Fault('T-TYPE', span, 'These are not numbers.', { expected: 'numbers' });
  return type;
}

export function arithmetic(fn: string, given: readonly Checked[], span: TextSpan): Checked {
  if (fn === '-' && given.length === 2 && given.every((a) => a.type.kind === 'TIMESTAMP'))
    throw new Fault('T-TYPE', span, 'A difference of times needs its unit.', {
      value: 'TIMESTAMP - TIMESTAMP',
      expected: 'TIMESTAMPDIFF(SECOND, from, to)',
    });
  const args = exactBesideDecimal(given);
  const type = numeric(args, span);
  if (args.some(isNull)) return literal(null, type, span);
  if (type.kind === 'DOUBLE') return call(fn, type, args.map(toDouble), span);
  if (type.kind !== 'DECIMAL') return call(fn, type, args, span);
  const [a, b] = args.map((e) => convert(e, asDecimal(e.type)));
  if (a === undefined || b === undefined) throw new Error('arguments');
  const result = resultOf(fn, asDecimal(a.type), asDecimal(b.type));
  return call(fn, result.type, [a, b], span, a.nullable || b.nullable || !result.exact);
}

export const toDouble = (e: Checked): Checked =>
  e.type.kind === 'BIGINT' || e.type.kind === 'DECIMAL' ? convert(e, DOUBLE) : e;

/** The expression as another type; a literal is converted at once. */
export function convert(e: Checked, type: DataType): Checked {
  if (isNull(e)) return literal(null, type, e.span);
  if (e.kind === 'literal' && e.exact !== undefined && type.kind === 'DECIMAL') {
    const { unscaled, type: exact } = e.exact;
    return convert(literal(unscaled, exact, e.span), type);
  }
  if (e.type.kind === type.kind && sameStorage(e.type, type)) return e;
  if (e.kind === 'literal' && isNumeric(e.type) && isNumeric(type))
    return literal(castValue(e.value as Scalar, e.type, type), type, e.span);
  return sameStorage(e.type, type) && !isNumeric(type) ? e : call('cast', type, [e], e.span);
}

/** Brings values to one comparable type: DECIMALs to one scale, text beside a TIMESTAMP read as one. */
export function comparable(given: readonly Checked[], span: TextSpan): Checked[] {
  const args = exactBesideDecimal(given);
  const known = args.filter((a) => !isBareNull(a));
  const time = known.find((a) => a.type.kind === 'TIMESTAMP')?.type;
  const target = time ?? common(known.map((a) => a.type));
  if (time !== undefined) {
    return args.map((a) => {
      if (isNull(a)) return literal(null, time, a.span);
      if (a.kind === 'literal' && typeof a.value === 'string') return timeLiteral(a.value, a.span);
      if (a.type.kind !== 'TIMESTAMP') throw incomparable(known, span);
      return a;
    });
  }
  if (target === null && known.length > 0) throw incomparable(known, span);
  if (target === null) return args.map((a) => literal(null, STRING, a.span));
  if (target.kind === 'DOUBLE')
    return args.map((a) => (isNull(a) ? literal(null, target, a.span) : toDouble(a)));
  if (target.kind === 'DECIMAL') return args.map((a) => atScale(a, target.scale));
  return args.map((a) => convert(a, target));
}

/** At a scale, with as many digits as it takes: only for comparing. */
function atScale(e: Checked, scale: number): Checked {
  const type = decimal(PRECISION_MAX, scale);
  if (isNull(e)) return literal(null, type, e.span);
  if (e.type.kind === 'DECIMAL' && e.type.scale === scale) return e;
  return call('rescale', type, [e], e.span);
}

function incomparable(known: readonly Checked[], span: TextSpan): Fault {
  const types = known.map((k) => printType(k.type)).join(' and ');
  return new Fault('T-TYPE', span, `${types} cannot be compared.`, {
    value: types,
    expected: 'values of one type',
    next: 'CAST one of them.',
  });
}

/** One type for all branches; NULL takes the type of the others. */
export function unify(given: readonly Checked[], span: TextSpan): { type: DataType; args: Checked[] } {
  const branches = exactBesideDecimal(given);
  const known = branches.filter((a) => !isBareNull(a));
  const type = known.length === 0 ? STRING : common(known.map((a) => a.type));
  if (type === null) {
    const types = known.map((a) => printType(a.type)).join(', ');
    throw new Fault('T-TYPE', span, 'The values have no type in common.', {
      value: types,
      expected: 'values of one type',
      next: 'CAST them.',
    });
  }
  return { type, args: branches.map((a) => convert(a, type)) };
}

export function timeLiteral(text: string, span: TextSpan): Checked {
  const time = parseTime(text, 'iso');
  if (time !== null) return literal(time, TIMESTAMP, span);
  throw new Fault('T-TYPE', span, 'This is not a time.', {
    value: showValue(text),
    expected: "a time such as TIMESTAMP '2001-01-31 12:30:00'",
  });
}
