/** How values of one type are compared. */
import type { DataType } from '../contract/types.ts';
import { type Value, valueKey } from '../contract/values.ts';

/** Order of strings by code point, as SQL has it. UTF-16 order differs where surrogates meet U+E000 to U+FFFF. */
export function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return fixSurrogate(x) - fixSurrogate(y);
  }
  return a.length - b.length;
}

/** Moves surrogates above all other units, where their code points are. */
const fixSurrogate = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** Byte by byte, unsigned. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = (a[i] ?? 0) - (b[i] ?? 0);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Kinds whose values are objects, so that `===` does not say whether they are equal. */
export const isDeep = (type: DataType): boolean =>
  type.kind === 'BYTES' || type.kind === 'ARRAY' || type.kind === 'ROW';

/** Two values of one type, of any kind. NULLs inside arrays and rows are equal. */
export function equalValues(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return valueKey(a) === valueKey(b);
}

/** Whether two values of a type are equal. */
export const equalityOf = (type: DataType): ((x: Value, y: Value) => boolean) =>
  isDeep(type) ? equalValues : (x, y) => x === y;

/** The order of an ordered type's values; NaN is above all numbers. */
export function orderOf(type: DataType): (a: Value, b: Value) => number {
  switch (type.kind) {
    case 'STRING':
      return (a, b) => compareStrings(a as string, b as string);
    case 'BYTES':
      return (a, b) => compareBytes(a as Uint8Array, b as Uint8Array);
    case 'DOUBLE':
      return (a, b) => {
        const [x, y] = [a as number, b as number];
        if (x < y) return -1;
        if (x > y) return 1;
        return x === y ? 0 : Number(Number.isNaN(x)) - Number(Number.isNaN(y));
      };
    default:
      // Numbers and bigints compare with each other.
      return (a, b) => ((a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0);
  }
}
