/** Pairs of fields, one of each side. Pure. */
import type { FormField } from './model.ts';
import { type Config, isRecord } from './values.ts';

/** The two settings of a pair that name fields, in the order of the form; null where it is no pair. */
export function sidesOf(item: readonly FormField[]): readonly [FormField, FormField] | null {
  const [one, other, ...more] = item.filter(({ widget }) => widget === 'field');
  return one === undefined || other === undefined || more.length > 0 ? null : [one, other];
}

/** A field that was picked on one side: into the first pair that lacks it, else into a new one. */
export function pickField(pairs: readonly unknown[], side: string, name: string): readonly unknown[] {
  const open = pairs.findIndex((pair) => !isRecord(pair) || pair[side] === undefined);
  if (open < 0) return [...pairs, { [side]: name }];
  return pairs.map((pair, i) =>
    i === open ? { ...(isRecord(pair) ? (pair as Config) : {}), [side]: name } : pair,
  );
}

/** Where a pair's fields stand among those of their sides; null where one is missing or not known. */
export function linesOf(
  pairs: readonly unknown[],
  [one, other]: readonly [
    { key: string; names: readonly string[] },
    { key: string; names: readonly string[] },
  ],
): readonly { readonly pair: number; readonly from: number; readonly to: number }[] {
  return pairs.flatMap((pair, index) => {
    if (!isRecord(pair)) return [];
    const from = one.names.indexOf(String(pair[one.key]));
    const to = other.names.indexOf(String(pair[other.key]));
    return from < 0 || to < 0 ? [] : [{ pair: index, from, to }];
  });
}
