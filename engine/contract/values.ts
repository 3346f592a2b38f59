/**
 * A field's value as JavaScript sees it. What it means follows from the field's type:
 *
 * | type      | value                                                                                      |
 * | --------- | ------------------------------------------------------------------------------------------ |
 * | BOOLEAN   | boolean                                                                                    |
 * | INT       | number                                                                                     |
 * | BIGINT    | number within ±(2^53 − 1), bigint beyond: never the other way, so that `===` is equality   |
 * | DOUBLE    | number                                                                                     |
 * | DECIMAL   | bigint: the unscaled value (12.30 of DECIMAL(5, 2) is 1230n)                               |
 * | STRING    | string                                                                                     |
 * | BYTES     | Uint8Array, never written to                                                               |
 * | TIMESTAMP | number, ms since the epoch, UTC                                                            |
 * | ARRAY     | array of the element type's values                                                         |
 * | ROW       | array of values, in the order of the type's fields                                         |
 */
export type Value = null | Scalar;
export type Scalar = boolean | number | bigint | string | Uint8Array | readonly Value[];

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const MIN_SAFE = BigInt(Number.MIN_SAFE_INTEGER);

/** A BIGINT in its one form; wraps at 64 bits, as Java's long does. */
export function toBigint(value: bigint): number | bigint {
  const wrapped = BigInt.asIntN(64, value);
  return wrapped <= MAX_SAFE && wrapped >= MIN_SAFE ? Number(wrapped) : wrapped;
}

/** Text that is equal exactly when two values of one type are: what values without a number of their own are keyed by. */
export function valueKey(value: Value): string {
  if (value === null) return 'n';
  if (value instanceof Uint8Array)
    return `x${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  if (typeof value === 'object') return `[${value.map((v) => escapeKey(valueKey(v))).join(',')}]`;
  return `${typeof value === 'string' ? 's' : typeof value === 'boolean' ? 'b' : ''}${typeof value === 'number' ? value + 0 : value}`;
}

const escapeKey = (text: string): string => text.replace(/[\\,\]]/g, (c) => `\\${c}`);
