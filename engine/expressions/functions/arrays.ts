/** ARRAY and ROW: made, looked into, and put together. Elements may be NULL. */
import {
  BOOLEAN,
  type DataType,
  type Field,
  field,
  INT,
  isNumeric,
  isOrdered,
  STRING,
} from '../../contract/types.ts';
import { type Scalar, type Value, valueKey } from '../../contract/values.ts';
import { castValue, sameStorage } from '../casts.ts';
import { equalityOf, orderOf } from '../compare.ts';
import { RowError } from '../row-error.ts';
import { define, MANY } from './define.ts';
import type { Binding, FunctionSpec, Implementation } from './spec.ts';
import { arrayOf, common } from './types.ts';

type Values = readonly Value[];
type Result = FunctionSpec['result'];

/** Elements that a function may make out of little. */
const ELEMENTS_MAX = 1_000_000;

const bounded = (values: Values): Values => {
  if (values.length > ELEMENTS_MAX)
    throw new RowError(`the array would have ${values.length} elements; at most ${ELEMENTS_MAX}`);
  return values;
};

const elementOf = (type: DataType | undefined): DataType | null =>
  type?.kind === 'ARRAY' ? type.element : null;

/** The first argument is an array; what the function gives follows from its element. */
const fromArray =
  (to: (element: DataType) => DataType | null): Result =>
  ([array]) => {
    const element = elementOf(array);
    return element === null ? null : to(element);
  };
const sameArray = fromArray(arrayOf);
const orderedElement = (to: (element: DataType) => DataType): Result =>
  fromArray((element) => (isOrdered(element) ? to(element) : null));

const isWhole = (type: DataType): boolean => type.kind === 'INT' || type.kind === 'BIGINT';
/** Whether a value can be looked for among elements, or put beside them. */
const fitsElement = (x: DataType, element: DataType): boolean =>
  sameStorage(x, element) ||
  (isWhole(x) && isWhole(element)) ||
  ((element.kind === 'DECIMAL' || element.kind === 'DOUBLE') && isNumeric(x));

/** An array and one value that fits its elements, which may be NULL. */
const arrayAndValue =
  (to: (array: DataType) => DataType): Result =>
  ([array, x], literals) => {
    const element = elementOf(array);
    if (array === undefined || element === null) return null;
    return x === undefined || literals[1] === null || fitsElement(x, element) ? to(array) : null;
  };

/** The value as an element; `null` array gives NULL. */
const withElement =
  (use: (array: Values, x: Value, element: DataType) => Value): NonNullable<FunctionSpec['bind']> =>
  ({ args: [array, x] }: Binding): Implementation => {
    const element = elementOf(array) ?? STRING;
    const from = x ?? element;
    const asIs = sameStorage(from, element) || (isWhole(from) && isWhole(element));
    return (values: Values | null, value: Value) =>
      values === null
        ? null
        : use(values, value === null || asIs ? value : castValue(value as Scalar, from, element), element);
  };

const VALUE = { exact: true, takesNull: true, canBeNull: true } as const;
const never: Implementation = () => null;

/** Where a value stands, from 0; -1 where it does not. */
function indexOf(array: Values, x: Value, element: DataType): number {
  const equal = equalityOf(element);
  return array.findIndex((v) => (v === null || x === null ? v === x : equal(v, x)));
}

const distinct = (values: Values): Values => [...new Map(values.map((v) => [valueKey(v), v])).values()];
const keysOf = (values: Values): ReadonlySet<string> => new Set(values.map(valueKey));

/** From 1, from the end where negative; both ends included. */
function slice(array: Values, from: number, to: number = array.length): Values {
  const place = (n: number): number => (n < 0 ? array.length + n + 1 : n);
  const [start, end] = [Math.max(1, place(from)), Math.min(array.length, place(to))];
  return start > end ? [] : array.slice(start - 1, end);
}

const sorted =
  ({ args: [array] }: Binding): Implementation =>
  (values: Values, ascending = true, nullsFirst = ascending) => {
    const order = orderOf(elementOf(array) ?? STRING);
    const known = values.filter((v) => v !== null).sort((a, b) => (ascending ? order(a, b) : order(b, a)));
    const nulls = values.filter((v) => v === null);
    return nullsFirst ? [...nulls, ...known] : [...known, ...nulls];
  };

const extreme =
  (sign: 1 | -1) =>
  ({ args: [array] }: Binding): Implementation => {
    const order = orderOf(elementOf(array) ?? STRING);
    return (values: Values) =>
      values.reduce<Value>(
        (best, v) => (v !== null && (best === null || order(v, best) * sign > 0) ? v : best),
        null,
      );
  };

const allArrays: Result = (args) => (args.every((a) => a.kind === 'ARRAY') ? (args[0] ?? null) : null);
const rowOf: Result = (args) => ({
  kind: 'ROW',
  fields: args.map<Field>((type, i) => field(`f${i}`, type)),
});

export const ARRAYS: readonly FunctionSpec[] = [
  define(
    'array',
    'ARRAY[a, b, …]',
    'An array of these values.',
    ['ARRAY[1, 2, NULL]', [1, 2, null]],
    [0, 10_000],
    (args) => {
      const element = args.length === 0 ? STRING : common(args);
      return element === null ? null : arrayOf(element);
    },
    (...values: Value[]) => values,
    {
      coerce: 'common',
      exact: true,
      takesNull: true,
      note: 'Spark writes ARRAY(a, b, …), which is taken as well.',
    },
  ),
  define(
    'array',
    'ROW(a, b, …)',
    'A row of these values, as fields f0, f1, …',
    ["ROW(1, 'a').f1", 'a'],
    [1, 1000],
    rowOf,
    (...values: Value[]) => values,
    {
      exact: true,
      takesNull: true,
      note: 'Flink names the fields EXPR$0, EXPR$1, …; Spark has STRUCT and NAMED_STRUCT. CAST(ROW(…) AS ROW<id INT, …>) names them.',
    },
  ),
  define(
    'array',
    'CARDINALITY(a)',
    'How many elements it has.',
    ['CARDINALITY(ARRAY[4, 5])', 2],
    [1, 1],
    fromArray(() => INT),
    (a: Values) => a.length,
  ),
  define(
    'array',
    'ELEMENT(a)',
    'The only element; NULL of an empty array, an error where there are more.',
    ['ELEMENT(ARRAY[7])', 7],
    [1, 1],
    fromArray((element) => element),
    (a: Values) => {
      if (a.length > 1) throw new RowError('ELEMENT of an array of more than one element');
      return a[0] ?? null;
    },
    { canBeNull: true, note: 'Not in Spark.' },
  ),
  define(
    'array',
    'ARRAY_CONTAINS(a, x)',
    'Whether x is among the elements.',
    ['ARRAY_CONTAINS(ARRAY[1, 2], 2)', true],
    [2, 2],
    arrayAndValue(() => BOOLEAN),
    never,
    {
      ...VALUE,
      bind: withElement((a, x, element) => indexOf(a, x, element) >= 0),
      note: 'Looking for NULL, Flink and Weir say whether an element is NULL; Spark gives NULL.',
    },
  ),
  define(
    'array',
    'ARRAY_POSITION(a, x)',
    'Where x first stands, from 1; 0 where it does not.',
    ["ARRAY_POSITION(ARRAY['a', 'b'], 'b')", 2],
    [2, 2],
    arrayAndValue(() => INT),
    never,
    { ...VALUE, bind: withElement((a, x, element) => indexOf(a, x, element) + 1) },
  ),
  define(
    'array',
    'ARRAY_APPEND(a, x)',
    'With x behind its last element.',
    ['ARRAY_APPEND(ARRAY[1], 2)', [1, 2]],
    [2, 2],
    arrayAndValue((array) => array),
    never,
    { ...VALUE, bind: withElement((a, x) => bounded([...a, x])) },
  ),
  define(
    'array',
    'ARRAY_PREPEND(a, x)',
    'With x before its first element.',
    ['ARRAY_PREPEND(ARRAY[1], 2)', [2, 1]],
    [2, 2],
    arrayAndValue((array) => array),
    never,
    { ...VALUE, bind: withElement((a, x) => bounded([x, ...a])) },
  ),
  define(
    'array',
    'ARRAY_REMOVE(a, x)',
    'Without the elements that are x.',
    ['ARRAY_REMOVE(ARRAY[1, 2, 1], 1)', [2]],
    [2, 2],
    arrayAndValue((array) => array),
    never,
    {
      ...VALUE,
      bind: withElement((a, x, element) => a.filter((v) => indexOf([v], x, element) < 0)),
      note: 'Removing NULL, Flink and Weir take the NULLs out; Spark gives NULL.',
    },
  ),
  define(
    'array',
    'ARRAY_DISTINCT(a)',
    'Each element once, in order.',
    ['ARRAY_DISTINCT(ARRAY[1, 2, 1])', [1, 2]],
    [1, 1],
    sameArray,
    distinct,
  ),
  define(
    'array',
    'ARRAY_REVERSE(a)',
    'Backwards.',
    ['ARRAY_REVERSE(ARRAY[1, 2])', [2, 1]],
    [1, 1],
    sameArray,
    (a: Values) => [...a].reverse(),
    { note: 'Spark: REVERSE.' },
  ),
  define(
    'array',
    'ARRAY_SLICE(a, from [, to])',
    'The elements from one place to another, both counted from 1 and included; from the end where negative.',
    ['ARRAY_SLICE(ARRAY[1, 2, 3, 4], 2, 3)', [2, 3]],
    [2, 3],
    ([array, ...places]) => (array?.kind === 'ARRAY' && places.every(isWhole) ? array : null),
    slice,
    { note: 'Spark: SLICE(a, from, length).' },
  ),
  define(
    'array',
    'ARRAY_SORT(a [, ascending [, nullsFirst]])',
    'In order, ascending unless FALSE; NULLs first when ascending, else last, unless said.',
    ['ARRAY_SORT(ARRAY[3, NULL, 1])', [null, 1, 3]],
    [1, 3],
    ([array, ...flags]) =>
      flags.every((f) => f.kind === 'BOOLEAN')
        ? orderedElement(arrayOf)(array === undefined ? [] : [array], [])
        : null,
    never,
    { bind: sorted, note: 'Spark: SORT_ARRAY; its ARRAY_SORT puts NULLs last.' },
  ),
  define(
    'array',
    'ARRAY_MAX(a)',
    'The greatest element that is not NULL.',
    ['ARRAY_MAX(ARRAY[3, NULL, 1])', 3],
    [1, 1],
    orderedElement((element) => element),
    never,
    { bind: extreme(1), canBeNull: true },
  ),
  define(
    'array',
    'ARRAY_MIN(a)',
    'The least element that is not NULL.',
    ['ARRAY_MIN(ARRAY[3, NULL, 1])', 1],
    [1, 1],
    orderedElement((element) => element),
    never,
    { bind: extreme(-1), canBeNull: true },
  ),
  define(
    'array',
    'ARRAY_JOIN(a, between [, forNull])',
    'The strings one after the other with a text between; NULLs are left out, or stand as a text.',
    ["ARRAY_JOIN(ARRAY['a', NULL, 'b'], '-', '?')", 'a-?-b'],
    [2, 3],
    ([array, ...texts]) =>
      elementOf(array)?.kind === 'STRING' && texts.every((t) => t.kind === 'STRING') ? STRING : null,
    (a: Values, between: string, forNull: string | null = null) =>
      a.flatMap((v) => (v !== null ? [v] : forNull === null ? [] : [forNull])).join(between),
  ),
  define(
    'array',
    'ARRAY_CONCAT(a, b, …)',
    'The elements of all, one array after the other.',
    ['ARRAY_CONCAT(ARRAY[1], ARRAY[2, 3])', [1, 2, 3]],
    [1, MANY],
    allArrays,
    (...all: Values[]) => bounded(all.flat(1) as Values),
    { coerce: 'common', note: 'Spark: CONCAT.' },
  ),
  define(
    'array',
    'ARRAY_UNION(a, b)',
    'The elements of both, each once.',
    ['ARRAY_UNION(ARRAY[1, 2], ARRAY[2, 3])', [1, 2, 3]],
    [2, 2],
    allArrays,
    (a: Values, b: Values) => bounded(distinct([...a, ...b])),
    { coerce: 'common' },
  ),
  define(
    'array',
    'ARRAY_INTERSECT(a, b)',
    'The elements that both have, each once.',
    ['ARRAY_INTERSECT(ARRAY[1, 2], ARRAY[2, 3])', [2]],
    [2, 2],
    allArrays,
    (a: Values, b: Values) => {
      const keys = keysOf(b);
      return distinct(a.filter((v) => keys.has(valueKey(v))));
    },
    { coerce: 'common' },
  ),
  define(
    'array',
    'ARRAY_EXCEPT(a, b)',
    'The elements of a that b does not have, each once.',
    ['ARRAY_EXCEPT(ARRAY[1, 2, 1], ARRAY[2])', [1]],
    [2, 2],
    allArrays,
    (a: Values, b: Values) => {
      const keys = keysOf(b);
      return distinct(a.filter((v) => !keys.has(valueKey(v))));
    },
    { coerce: 'common', note: 'Spark removes duplicates too.' },
  ),
];
