/** Changing settings: pure, along a path, without ever mutating. */
import type { FormField, Variant } from './model.ts';

export type Path = readonly (string | number)[];
export type Config = Readonly<Record<string, unknown>>;

/** A path as text, for keys and comparison. */
export const pathKeyOf = (path: Path): string => JSON.stringify(path);

export const isRecord = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function getAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Readonly<Record<string | number, unknown>>)[key];
  }
  return here;
}

/**
 * The value with another one at `path`; `undefined` removes the key, of a list the item. Objects on the way are made
 * where they are missing.
 */
export function setAt(value: unknown, path: Path, next: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return next;
  if (typeof key === 'number') {
    const list: readonly unknown[] = Array.isArray(value) ? value : [];
    if (rest.length === 0 && next === undefined) return list.filter((_, i) => i !== key);
    const copy = [...list];
    copy[key] = setAt(list[key], rest, next);
    return copy;
  }
  const record = isRecord(value) ? value : {};
  const changed = setAt(Object.hasOwn(record, key) ? record[key] : undefined, rest, next);
  if (changed !== undefined) return { ...record, [key]: changed };
  const { [key]: _, ...others } = record;
  return others;
}

/** The items of a list with one moved by `by` places. */
export function moved<T>(list: readonly T[], from: number, by: number): readonly T[] {
  const to = from + by;
  const item = list[from];
  if (item === undefined || to < 0 || to >= list.length) return list;
  const copy = list.filter((_, i) => i !== from);
  copy.splice(to, 0, item);
  return copy;
}

/** A fresh object of these fields: what must be there and has an evident first value, nothing else. */
export function blankOf(fields: readonly FormField[]): Config {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = field.required ? blankValue(field) : undefined;
      return value === undefined ? [] : [[field.key, value]];
    }),
  );
}

function blankValue({ shape, widget }: FormField): unknown {
  switch (shape.kind) {
    case 'choice':
      return shape.values[0];
    case 'group':
      return blankOf(shape.fields);
    case 'list':
      return Array.from({ length: shape.min }, () => blankOf(shape.item));
    case 'variants': {
      const [first] = shape.variants;
      return first === undefined ? undefined : { kind: first.kind, ...blankOf(first.fields) };
    }
    default:
      return widget === 'fields' || widget === 'schema' || widget === 'rows' ? [] : undefined;
  }
}

/** Another variant: settings that both know stay. */
export function switchVariant(value: unknown, to: Variant): Config {
  const old = isRecord(value) ? value : {};
  const kept = to.fields
    .filter(({ key }) => Object.hasOwn(old, key))
    .map(({ key }) => [key, old[key]] as const);
  return { kind: to.kind, ...blankOf(to.fields), ...Object.fromEntries(kept) };
}
