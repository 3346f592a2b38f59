/** Special forms of SQL as plain calls: units of time become strings; FROM, TO and IN become commas. */
import { Fault } from './fault.ts';
import { readClauses } from './functions/json-clauses.ts';
import { partName, UNITS, unitName } from './functions/times.ts';
import type { Syntax } from './syntax.ts';

const isUnit = (a: Syntax | undefined): a is Syntax & { kind: 'column' } => a?.kind === 'column';

/** Special forms as plain calls: units become strings, `FROM`, `TO` and `IN` become commas. */
export function lower(s: Syntax & { kind: 'call' }): { fn: string; args: readonly (Syntax | string)[] } {
  const [first, second, third] = s.args;
  const need = (name: string | null, a: Syntax | undefined, known: string): string => {
    if (name !== null) return name;
    throw new Fault('T-SYNTAX', a?.span ?? s.span, 'This is not a unit of time.', { expected: known });
  };
  if (s.fn === 'EXTRACT' && s.form === 'from' && second !== undefined) {
    return {
      fn: 'EXTRACT',
      args: [need(isUnit(first) ? partName(first.text) : null, first, 'YEAR, MONTH, DAY, HOUR, …'), second],
    };
  }
  if ((s.fn === 'TIMESTAMPADD' || s.fn === 'TIMESTAMPDIFF') && second !== undefined && third !== undefined) {
    return {
      fn: s.fn,
      args: [
        need(isUnit(first) ? unitName(first.text) : null, first, Object.keys(UNITS).join(', ')),
        second,
        third,
      ],
    };
  }
  if ((s.fn === 'FLOOR' || s.fn === 'CEIL') && s.form === 'to' && first !== undefined) {
    return {
      fn: `${s.fn}_TO`,
      args: [first, need(unitName(s.word), undefined, Object.keys(UNITS).join(', '))],
    };
  }
  if (s.fn === 'TRIM' && s.form === 'from' && first !== undefined && second !== undefined) {
    if (first.kind === 'column' && Object.hasOwn(TRIMS, first.text.toUpperCase()))
      return { fn: TRIMS[first.text.toUpperCase()] ?? 'TRIM', args: [second] };
    if (first.kind !== 'typed') return { fn: 'TRIM', args: [second, first] };
    const fn = TRIMS[first.word] ?? 'TRIM';
    return { fn, args: [second, first.text] };
  }
  if (JSON_MAKERS.includes(s.fn)) {
    const raw = s.args.flatMap((a, i) => (a.kind === 'call' && JSON_MAKERS.includes(a.fn) ? [i] : []));
    if (s.fn === 'JSON_OBJECT' && s.form !== 'pairs' && s.args.length > 0)
      throw new Fault('T-SYNTAX', s.span, 'JSON_OBJECT takes keys with values.', {
        expected: "JSON_OBJECT(KEY 'name' VALUE x, …)",
      });
    const args = s.fn === 'JSON_OBJECT' ? s.args.map((a, i) => (i % 2 === 0 ? keyOf(a) : a)) : s.args;
    return { fn: s.fn, args: [clauses(s, `RAW ${raw.join(',')} `), ...args] };
  }
  if (JSON_READERS.includes(s.fn))
    return { fn: s.fn, args: s.tail === undefined ? s.args : [...s.args, s.tail] };
  if (s.tail !== undefined || s.form === 'pairs') {
    throw new Fault('T-SYNTAX', s.span, `${s.fn} takes no clauses behind its arguments.`, {
      value: s.tail ?? 'VALUE',
      expected: `${s.fn}(a, b, …)`,
    });
  }
  if (s.fn === 'POSITION' && first?.kind === 'call' && first.fn === 'in' && first.args.length === 2)
    return { fn: 'LOCATE', args: first.args };
  return { fn: ALIASES[s.fn] ?? s.fn, args: s.args };
}

const JSON_MAKERS = ['JSON_OBJECT', 'JSON_ARRAY'];
const JSON_READERS = ['JSON_VALUE', 'JSON_QUERY', 'JSON_EXISTS'];

/** `KEY 'name'` or `'name'`. */
function keyOf(key: Syntax): Syntax {
  return key.kind === 'typed' && key.word === 'KEY' && key.unit === null
    ? { kind: 'string', text: key.text, span: key.span }
    : key;
}

function clauses(s: Syntax & { kind: 'call' }, before: string): string {
  const text = before + (s.tail ?? '');
  if (readClauses(text) !== null) return text;
  throw new Fault('T-SYNTAX', s.span, 'This is not a clause of a JSON function.', {
    value: s.tail ?? '',
    expected: 'NULL ON NULL or ABSENT ON NULL',
  });
}

const TRIMS: Readonly<Record<string, string>> = { LEADING: 'LTRIM', TRAILING: 'RTRIM', BOTH: 'TRIM' };

const ALIASES: Readonly<Record<string, string>> = {
  SUBSTR: 'SUBSTRING',
  CEILING: 'CEIL',
  CHARACTER_LENGTH: 'CHAR_LENGTH',
  LENGTH: 'CHAR_LENGTH',
  POW: 'POWER',
  UCASE: 'UPPER',
  LCASE: 'LOWER',
  DAY: 'DAYOFMONTH',
  RLIKE: 'REGEXP',
  REGEXP_LIKE: 'REGEXP',
  SHA: 'SHA1',
  SIZE: 'CARDINALITY',
  SORT_ARRAY: 'ARRAY_SORT',
  UNBASE64: 'FROM_BASE64',
  BASE64: 'TO_BASE64',
  FORMAT_STRING: 'PRINTF',
  STRUCT: 'ROW',
};
