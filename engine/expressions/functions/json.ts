/** JSON in strings: looked into, made, and told from other text. The clauses behind the arguments come as their text. */
import { BOOLEAN, type DataType, STRING } from '../../contract/types.ts';
import { jsonText } from '../../contract/value-text.ts';
import type { Scalar, Value } from '../../contract/values.ts';
import { canCast, castValue } from '../casts.ts';
import { ExactNumber, parseJson, stringifyJson } from '../json-text.ts';
import { jsonToValue } from '../json-value.ts';
import { RowError } from '../row-error.ts';
import { define, MANY } from './define.ts';
import { type Clauses, type Otherwise, readClauses } from './json-clauses.ts';
import { follow, pathOf } from './json-path.ts';
import type { Binding, FunctionSpec, Implementation } from './spec.ts';
import { bounded } from './strings.ts';
import { takes } from './types.ts';

/** Several functions of one row mostly look into the same text. */
let lastText: string | null = null;
let lastJson: unknown;
function jsonOf(text: string): unknown {
  if (text === lastText) return lastJson;
  const json = parseJson(text);
  lastText = text;
  lastJson = json;
  return json;
}

const isJson = (text: string): boolean => {
  try {
    jsonOf(text);
    return true;
  } catch {
    return false;
  }
};

const NONE: Clauses = {
  returning: null,
  onEmpty: null,
  onError: null,
  onNull: null,
  wrapper: 'without',
  raw: [],
};
const clausesOf = (text: Value | undefined): Clauses =>
  (typeof text === 'string' ? readClauses(text) : NONE) ?? NONE;

const isScalar = (json: unknown): boolean =>
  typeof json !== 'object' || json === null || json instanceof ExactNumber;

/** A literal of DEFAULT as a value of the type; throws a RowError where it is none. */
function defaultValue(literal: string, type: DataType): Value {
  if (literal.toUpperCase() === 'NULL') return null;
  const text = literal.startsWith("'")
    ? literal.slice(1, -1).replaceAll("''", "'")
    : literal.replace(/\s+/g, '');
  return castValue(text, STRING, type);
}

function instead(what: Otherwise | null, type: DataType, why: string): Value {
  switch (what?.kind) {
    case 'default':
      return defaultValue(what.literal, type);
    case 'error':
      throw new RowError(why);
    case 'empty-array':
      return type.kind === 'ARRAY' ? [] : '[]';
    case 'empty-object':
      return '{}';
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      return null;
  }
}

/** One scalar as the type that is returned. */
function scalarAs(json: unknown, type: DataType): Value {
  if (json === null) return null;
  const text = json instanceof ExactNumber ? json.source : String(json);
  return castValue(text, STRING, type);
}

/** Nothing at a lax path. */
class Empty {}
const EMPTY = new Empty();

/** Looks into a text, with what the clauses have for nothing and for errors. */
function guarded(
  name: string,
  { result: type, literals }: Binding,
  look: (values: readonly unknown[], path: string) => Value,
  otherwiseOnError: Otherwise | null = null,
): Implementation {
  const { onEmpty, onError } = clausesOf(literals[2]);
  return (text: string, path: string) => {
    const parsed = pathOf(path);
    let found: Value | Empty;
    try {
      const at = follow(jsonOf(text), parsed);
      if (at.kind === 'missing') throw new RowError(`${name}: nothing at ${path}`);
      found = at.values.length === 0 && name !== 'JSON_EXISTS' ? EMPTY : look(at.values, path);
    } catch (error) {
      if (!(error instanceof RowError || error instanceof SyntaxError)) throw error;
      return instead(onError ?? otherwiseOnError, type, error.message);
    }
    return found instanceof Empty ? instead(onEmpty, type, `${name}: nothing at ${path}`) : found;
  };
}

const jsonValue: NonNullable<FunctionSpec['bind']> = (call) =>
  guarded('JSON_VALUE', call, ([one, ...more], path) => {
    if (more.length > 0 || !isScalar(one)) throw new RowError(`JSON_VALUE: no single value at ${path}`);
    return scalarAs(one, call.result);
  });

const jsonQuery: NonNullable<FunctionSpec['bind']> = (call) => {
  const { wrapper } = clausesOf(call.literals[2]);
  return guarded('JSON_QUERY', call, (values, path) => {
    const isBare = values.length === 1 && !isScalar(values[0]);
    const wraps = wrapper === 'unconditional' || (wrapper === 'conditional' && !isBare);
    const json = wraps ? values : values[0];
    if (!wraps && !isBare) throw new RowError(`JSON_QUERY: neither an object nor an array at ${path}`);
    if (call.result.kind === 'STRING') return stringifyJson(json);
    const value = jsonToValue(json, call.result);
    if (value === undefined) throw new RowError(`JSON_QUERY: what is at ${path} does not fit`);
    return value;
  });
};

const jsonExists: NonNullable<FunctionSpec['bind']> = (call) =>
  guarded('JSON_EXISTS', call, (values) => values.length > 0, { kind: 'false' });

/** The type behind RETURNING, where a text can become one. */
const returning =
  (allowed: (type: DataType) => boolean): FunctionSpec['result'] =>
  (args, literals) => {
    if (!args.every((a) => a.kind === 'STRING')) return null;
    const type = clausesOf(literals[2]).returning ?? STRING;
    return allowed(type) ? type : null;
  };

const pathFault: NonNullable<FunctionSpec['fault']> = ([, path, tail]) => {
  if (typeof tail === 'string' && readClauses(tail) === null)
    return {
      at: 2,
      message: 'this is not a clause of a JSON function',
      expected: 'for instance: RETURNING INT DEFAULT 0 ON EMPTY NULL ON ERROR',
    };
  try {
    if (typeof path === 'string') pathOf(path);
    return null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      at: 1,
      message,
      expected: '$ and steps such as .name, [0] and [*], with lax or strict in front',
    };
  }
};
const PATHS =
  "Paths: 'lax $.a.b[0]' with .key, .\"any key\", ['key'], [0], [*] and .*; strict is the default, as in Flink. Not in Spark, whose GET_JSON_OBJECT is near.";

/** A value as JSON; `raw` is JSON already. */
function part(value: Value, type: DataType, raw: boolean): string {
  return raw && typeof value === 'string' ? value : jsonText(value, type);
}

function jsonObject({ args, literals }: Binding): Implementation {
  const { onNull, raw } = clausesOf(literals[0]);
  return (_clauses: string, ...all: Value[]) => {
    const members: string[] = [];
    for (let i = 0; i + 1 < all.length; i += 2) {
      const [key, value] = [all[i], all[i + 1] ?? null];
      if (typeof key !== 'string') throw new RowError('JSON_OBJECT needs keys that are not NULL');
      if (value === null && onNull === 'absent') continue;
      members.push(`${JSON.stringify(key)}:${part(value, args[i + 2] ?? STRING, raw.includes(i + 1))}`);
    }
    const text = `{${members.join(',')}}`;
    bounded(text.length);
    return text;
  };
}

function jsonArray({ args, literals }: Binding): Implementation {
  const { onNull, raw } = clausesOf(literals[0]);
  return (_clauses: string, ...all: Value[]) => {
    const elements = all.flatMap((value, i) =>
      value === null && onNull !== 'null' ? [] : [part(value, args[i + 1] ?? STRING, raw.includes(i))],
    );
    const text = `[${elements.join(',')}]`;
    bounded(text.length);
    return text;
  };
}

const never: Implementation = () => {
  throw new RowError('bound to its clauses');
};

function unquote(text: string): string {
  if (!/^".*"$/s.test(text)) return text;
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'string' ? json : text;
  } catch {
    return text;
  }
}

const KINDS: Readonly<Record<string, (json: unknown) => boolean>> = {
  VALUE: () => true,
  SCALAR: isScalar,
  OBJECT: (json) => !isScalar(json) && !Array.isArray(json),
  ARRAY: (json) => Array.isArray(json),
};

export const JSONS: readonly FunctionSpec[] = [
  define(
    'json',
    'JSON_VALUE(json, path [RETURNING type] [… ON EMPTY] [… ON ERROR])',
    'The scalar at a path; NULL, a DEFAULT or an ERROR where there is none, or something is wrong.',
    [`JSON_VALUE('{"a": {"b": 7}}', '$.a.b' RETURNING INT)`, 7],
    [2, 3],
    returning((type) => canCast(STRING, type)),
    never,
    { bind: jsonValue, fault: pathFault, canBeNull: true, note: PATHS },
  ),
  define(
    'json',
    'JSON_QUERY(json, path [RETURNING type] [WITH [CONDITIONAL] WRAPPER] [… ON EMPTY] [… ON ERROR])',
    'The object or array at a path as JSON, or as an ARRAY that RETURNING names.',
    [`JSON_QUERY('{"a": [1, 2]}', '$.a')`, '[1,2]'],
    [2, 3],
    returning((type) => type.kind === 'STRING' || type.kind === 'ARRAY'),
    never,
    { bind: jsonQuery, fault: pathFault, canBeNull: true, note: PATHS },
  ),
  define(
    'json',
    'JSON_EXISTS(json, path [TRUE | FALSE | UNKNOWN | ERROR ON ERROR])',
    'Whether there is something at a path.',
    [`JSON_EXISTS('{"a": true}', '$.a')`, true],
    [2, 3],
    takes(BOOLEAN, 'STRING'),
    never,
    { bind: jsonExists, fault: pathFault, canBeNull: true, note: PATHS },
  ),
  define(
    'json',
    "JSON_OBJECT([KEY] 'k' VALUE v, … [NULL | ABSENT ON NULL])",
    'A JSON object; NULLs are null unless ABSENT.',
    ["JSON_OBJECT(KEY 'a' VALUE 1, 'b' VALUE NULL ABSENT ON NULL)", '{"a":1}'],
    [1, MANY],
    (args) => (args.every((a, i) => i % 2 === 0 || i === 0 || a.kind === 'STRING') ? STRING : null),
    never,
    { bind: jsonObject, takesNull: true, exact: true, note: 'Spark: TO_JSON(NAMED_STRUCT(…)).' },
  ),
  define(
    'json',
    'JSON_ARRAY(a, b, … [NULL | ABSENT ON NULL])',
    'A JSON array; NULLs are left out unless NULL ON NULL.',
    ["JSON_ARRAY(1, 'x', JSON_ARRAY(TRUE))", '[1,"x",[true]]'],
    [1, MANY],
    () => STRING,
    never,
    { bind: jsonArray, takesNull: true, exact: true, note: 'Spark: TO_JSON(ARRAY(…)).' },
  ),
  define(
    'json',
    'JSON_STRING(x)',
    'A value as JSON.',
    ["JSON_STRING(ARRAY['a', NULL])", '["a",null]'],
    [1, 1],
    () => STRING,
    never,
    {
      exact: true,
      bind:
        ({ args: [type] }) =>
        (value: Scalar) =>
          jsonText(value, type ?? STRING),
      note: 'Spark: TO_JSON.',
    },
  ),
  define(
    'json',
    'JSON_QUOTE(s)',
    'A text as a string of JSON, with its quotes.',
    [`JSON_QUOTE('say "hi"')`, '"say \\"hi\\""'],
    [1, 1],
    takes(STRING, 'STRING'),
    (s: string) => JSON.stringify(s),
    { note: 'Not in Spark.' },
  ),
  define(
    'json',
    'JSON_UNQUOTE(s)',
    'What a string of JSON says; other text stays as it is.',
    [`JSON_UNQUOTE('"a\\tb"')`, 'a\tb'],
    [1, 1],
    takes(STRING, 'STRING'),
    unquote,
    { note: 'Not in Spark.' },
  ),
  define(
    'json',
    'IS_JSON(s [, kind])',
    's IS [NOT] JSON [VALUE | SCALAR | OBJECT | ARRAY]: whether a text is JSON of a kind; a NULL is not.',
    [`'{"a": 1}' IS JSON OBJECT`, true],
    [1, 2],
    takes(BOOLEAN, 'STRING'),
    (s: string | null, kind: string | null = 'VALUE') => {
      const is = Object.hasOwn(KINDS, kind ?? '') ? KINDS[kind ?? ''] : undefined;
      if (is === undefined) throw new RowError(`IS JSON knows ${Object.keys(KINDS).join(', ')}`);
      return s !== null && isJson(s) && is(jsonOf(s));
    },
    { takesNull: true, note: 'Not in Spark.' },
  ),
];
