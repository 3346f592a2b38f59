/** What is written out: numbers, times, bytes, intervals. */
import { showValue, type TextSpan } from '../contract/problems.ts';
import { BIGINT, BYTES, DOUBLE, INT, STRING, TIMESTAMP } from '../contract/types.ts';
import { toBigint } from '../contract/values.ts';
import type { Checked } from './api.ts';
import { decimal, PRECISION_MAX, parseDecimal } from './decimal.ts';
import { call, Fault, literal, misfit } from './fault.ts';
import { UNITS, unitName } from './functions/times.ts';
import type { Syntax } from './syntax.ts';
import { fromHex } from './text-bytes.ts';
import { arithmetic, timeLiteral } from './unify.ts';

/** INT, BIGINT, and DECIMAL beyond; with a point or exponent DOUBLE, which knows its exact decimal. */
export function number(text: string, span: TextSpan): Checked {
  if (!/^\d+$/.test(text)) {
    const e = literal(Number(text), DOUBLE, span);
    const [, whole = '', fraction = ''] = /^0*(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
    const scale = fraction.length;
    const precision = Math.max(1, whole.length + scale);
    const unscaled = precision > PRECISION_MAX ? null : parseDecimal(text, scale);
    return unscaled === null || /e/i.test(text)
      ? e
      : { ...e, kind: 'literal', value: Number(text), exact: { unscaled, type: decimal(precision, scale) } };
  }
  const digits = text.replace(/^0+(?=\d)/, '');
  if (digits.length > PRECISION_MAX)
    throw new Fault('T-TYPE', span, 'The number has more digits than a DECIMAL.', {
      value: showValue(text),
      expected: `at most ${PRECISION_MAX} digits, or a DOUBLE such as 1e50`,
    });
  const value = BigInt(digits);
  if (value > 2n ** 63n - 1n) return literal(value, decimal(digits.length, 0), span);
  return literal(toBigint(value), value <= 2n ** 31n - 1n ? INT : BIGINT, span);
}

/** A minus before a literal is a part of it: 2147483648 alone is a BIGINT, with its sign the least INT. */
export function negativeLiteral(e: Checked): Checked | null {
  if (e.kind !== 'literal') return null;
  const { value, type, span } = e;
  if (typeof value === 'bigint') {
    if (type.kind === 'DECIMAL' && value === 2n ** 63n) return literal(-value, BIGINT, span);
    return literal(type.kind === 'BIGINT' ? toBigint(-value) : -value, type, span);
  }
  if (typeof value !== 'number') return null;
  if (type.kind === 'DOUBLE') {
    const negated = literal(-value, DOUBLE, span);
    return e.exact === undefined || negated.kind !== 'literal'
      ? negated
      : { ...negated, exact: { ...e.exact, unscaled: -e.exact.unscaled } };
  }
  if (type.kind === 'INT') return literal(-value | 0, INT, span);
  if (type.kind !== 'BIGINT') return null;
  return literal(0 - value, value === 2 ** 31 ? INT : BIGINT, span);
}

export function typed(word: string, text: string, unit: string | null, span: TextSpan): Checked {
  if (word === 'TIMESTAMP' || word === 'DATE') return timeLiteral(text, span);
  if (word === 'X') {
    const bytes = text.length % 2 === 0 ? fromHex(text) : null;
    if (bytes !== null) return literal(bytes, BYTES, span);
    throw new Fault('T-TYPE', span, 'These are not bytes.', {
      value: showValue(text),
      expected: "pairs of hexadecimal digits such as X'0AFF'",
    });
  }
  if (word === 'INTERVAL')
    throw new Fault('T-TYPE', span, 'An interval can only be added to or subtracted from a TIMESTAMP.', {
      value: `INTERVAL '${text}' ${unit ?? ''}`,
      expected: "for instance: date + INTERVAL '5' MINUTE",
    });
  throw new Fault('T-SUPPORT', span, `The literal ${word} '…' is not supported.`, {
    value: word,
    expected: "TIMESTAMP '…', X'…' or INTERVAL '…' UNIT",
  });
}

interface Step {
  readonly unit: string;
  /** INT or BIGINT. */
  readonly amount: Checked;
}

/** An expression of intervals as steps in time, or null where it is none: literals, sums, and whole multiples of them. */
function steps(s: Syntax, check: (part: Syntax) => Checked): Step[] | null {
  if (s.kind === 'typed' && s.word === 'INTERVAL') return [intervalLiteral(s)];
  if (s.kind !== 'call' || s.form !== 'operator') return null;
  const [left, right] = s.args;
  if (left === undefined) return null;
  if (s.fn === 'neg') return negative(steps(left, check));
  if (right === undefined) return null;
  const before = steps(left, check);
  const after = steps(right, check);
  if (s.fn === '*' && (before === null) !== (after === null)) {
    const factor = check(before === null ? left : right);
    if (factor.type.kind !== 'INT' && factor.type.kind !== 'BIGINT')
      throw misfit(factor, 'a whole number: intervals are multiplied whole');
    return (before ?? after ?? []).map(({ unit, amount }) => ({
      unit,
      amount: arithmetic('*', [amount, factor], s.span),
    }));
  }
  if (before === null || after === null) return null;
  if (s.fn === '+') return [...before, ...after];
  return s.fn === '-' ? [...before, ...(negative(after) ?? [])] : null;
}

const negative = (of: Step[] | null): Step[] | null =>
  of?.map(({ unit, amount }) => ({
    unit,
    amount: negativeLiteral(amount) ?? call('neg', amount.type, [amount], amount.span),
  })) ?? null;

const RANGES: Readonly<Record<string, readonly string[]>> = {
  DAY: ['DAY', 'HOUR', 'MINUTE', 'SECOND'],
  HOUR: ['HOUR', 'MINUTE', 'SECOND'],
  MINUTE: ['MINUTE', 'SECOND'],
  YEAR: ['YEAR', 'MONTH'],
};

/** `INTERVAL '5' MINUTE`, `INTERVAL '1 02:30' DAY TO MINUTE`. */
function intervalLiteral(s: Syntax & { kind: 'typed' }): Step {
  const words = (s.unit ?? '').toUpperCase().split(/\s+TO\s+/);
  const unit = unitName(words[0] ?? '');
  const refuse = (): Fault =>
    new Fault('T-SYNTAX', s.span, 'This is not an interval.', {
      value: showValue(`${s.text} ${s.unit ?? ''}`),
      expected: `a number and one of ${Object.keys(UNITS).join(', ')}, or '1 02:30' DAY TO MINUTE`,
    });
  if (unit === null) throw refuse();
  let units = [unit];
  if (words[1] !== undefined) {
    const range = RANGES[unit] ?? [];
    units = range.slice(0, range.indexOf(unitName(words[1]) ?? '') + 1);
    if (units.length < 2) throw refuse();
  }
  const sign = s.text.trim().startsWith('-') ? -1 : 1;
  const parts = s.text.trim().replace(/^[+-]/, '').split(/[ :-]/);
  if (parts.length !== units.length || parts.some((p) => !/^\d+(\.\d*)?$/.test(p))) throw refuse();
  let [ms, months] = [0, 0];
  units.forEach((name, i) => {
    const step = UNITS[name];
    const amount = Number(parts[i]);
    if (step === undefined) return;
    if ('ms' in step) ms += amount * step.ms;
    else if (Number.isInteger(amount)) months += amount * step.months;
    else
      throw new Fault('T-TYPE', s.span, 'Months and years are added whole.', {
        value: s.text,
        expected: 'a whole number',
      });
  });
  const total = sign * (Math.round(ms) || months) + 0;
  return { unit: months > 0 ? 'MONTH' : 'MILLISECOND', amount: literal(total, BIGINT, s.span) };
}

/** `t + INTERVAL …`, `INTERVAL … + t`, `t - INTERVAL …`; null where no interval is in it. */
export function moveTime(s: Syntax & { kind: 'call' }, check: (part: Syntax) => Checked): Checked | null {
  const [left, right] = s.args;
  if (left === undefined || right === undefined) return null;
  const before = s.fn === '+' ? steps(left, check) : null;
  const by = before ?? steps(right, check);
  if (by === null) return null;
  const time = check(before === null ? left : right);
  if (time.type.kind !== 'TIMESTAMP') throw misfit(time, 'TIMESTAMP: only times take an interval');
  return ((s.fn === '-' ? negative(by) : by) ?? []).reduce<Checked>(
    (moved, { unit, amount }) =>
      call('TIMESTAMPADD', TIMESTAMP, [literal(unit, STRING, s.span), amount, moved], s.span),
    time,
  );
}
