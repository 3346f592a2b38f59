/** What differs between two values of settings, as deep as it can be said. Pure. */

export type ValuePath = readonly (string | number)[];

/** A value that was left out, or that is now, is undefined. */
export interface ValueChange {
  readonly path: ValuePath;
  readonly before: unknown;
  readonly after: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** What tells the shapes of a setting apart: of two shapes, single fields are not worth comparing. */
const SHAPES = ['kind', 'strategy'] as const;

/**
 * Empty where both are the same, however their keys are ordered. Of lists, what begins and ends alike is passed over; what lies
 * between is compared one by one, and the rest was added or removed at its place in `after`.
 */
export function valueChanges(before: unknown, after: unknown, path: ValuePath = []): ValueChange[] {
  if (before === after) return [];
  if (isFields(before) && isFields(after) && sameShape(before, after)) {
    const keys = new Set([...Object.keys(after), ...Object.keys(before)]);
    return [...keys].flatMap((key) => valueChanges(own(before, key), own(after, key), [...path, key]));
  }
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, path);
  return canonicalText(before) === canonicalText(after) ? [] : [{ path, before, after }];
}

function listChanges(before: readonly unknown[], after: readonly unknown[], path: ValuePath): ValueChange[] {
  const [a, b] = [before.map(canonicalText), after.map(canonicalText)];
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < shorter - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const [removed, added] = [before.slice(head, a.length - tail), after.slice(head, b.length - tail)];
  const pairs = Math.min(removed.length, added.length);
  const end = head + pairs;
  return [
    ...removed.slice(0, pairs).flatMap((value, i) => valueChanges(value, added[i], [...path, head + i])),
    ...removed.slice(pairs).map((value) => ({ path: [...path, end], before: value, after: undefined })),
    ...added.slice(pairs).map((value, i) => ({ path: [...path, end + i], before: undefined, after: value })),
  ];
}

/** The same text for the same value, however its keys are ordered. */
export const canonicalText = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    isFields(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  ) ?? '';

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const own = (value: Fields, key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined);

const sameShape = (a: Fields, b: Fields): boolean => SHAPES.every((key) => own(a, key) === own(b, key));
