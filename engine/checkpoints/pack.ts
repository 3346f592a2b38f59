/**
 * State of a node as pieces of bytes, and back. Typed arrays stay the bytes that they are, so that most of a large state is neither walked nor
 * copied; long lists of values are encoded some thousand at a time, so that a run can work in between; the rest is encoded as one.
 */
import { deserialize, serialize } from 'node:v8';
import { CHUNK_LENGTH } from '../batch/column.ts';
import { isFixed } from '../state/copies.ts';

const ARRAYS = { Float64Array, Int32Array, Int16Array, Uint8Array };
type ArrayKind = keyof typeof ARRAYS;

/** Smaller typed arrays stay in the rest. */
const ARRAY_BYTES_LEAST = 4096;
/** Longer lists of containers, and objects with more keys, are not walked: they are values. */
const WALKED_MAX = 16_384;

/** Where in the rest something was taken out. */
interface Hole {
  readonly path: readonly (string | number)[];
  /** `values`: as many pieces as the list has chunks. */
  readonly kind: ArrayKind | 'values';
  readonly pieces: number;
}

export interface Piece {
  /** Made when it is asked for: it may be there already, under its owner. */
  bytes(): Uint8Array;
  /** A frozen list or fixed copy, which has the same bytes whenever it is asked. */
  readonly owner: object | null;
}

/** The first piece is the rest, with what stands where. */
export function takeApart(state: unknown): Piece[] {
  const holes: Hole[] = [];
  const pieces: Piece[] = [];
  const rest = walk(state, [], holes, pieces);
  const head = serialize({ rest, holes });
  return [{ bytes: () => head, owner: null }, ...pieces];
}

/** @param pieces as `takeApart` gave them, each in memory of its own */
export function putTogether(pieces: readonly Uint8Array[]): unknown {
  const [head, ...others] = pieces;
  if (head === undefined) throw new Error('no pieces');
  const whole = deserialize(head) as { rest: unknown; holes: readonly Hole[] };
  let at = 0;
  for (const { path, kind, pieces: count } of whole.holes) {
    const own = others.slice(at, at + count);
    at += count;
    const value =
      kind === 'values'
        ? own.flatMap((bytes) => deserialize(bytes) as readonly unknown[])
        : asArray(kind, own[0]);
    put(whole, ['rest', ...path], value);
  }
  return whole.rest;
}

function walk(value: unknown, path: readonly (string | number)[], holes: Hole[], pieces: Piece[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) {
    const kind = value.constructor.name as ArrayKind;
    if (value.byteLength < ARRAY_BYTES_LEAST || !Object.hasOwn(ARRAYS, kind)) return value;
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    holes.push({ path, kind, pieces: 1 });
    pieces.push({ bytes: () => bytes, owner: isFixed(value) ? value : null });
    return null;
  }
  if (Array.isArray(value)) {
    const isWalked = value.length <= WALKED_MAX && value.some(isContainer);
    if (isWalked) return value.map((inner, i) => walk(inner, [...path, i], holes, pieces));
    if (value.length < CHUNK_LENGTH) return value;
    let count = 0;
    for (let from = 0; from < value.length; from += CHUNK_LENGTH, count++) {
      const bytes = (): Uint8Array => serialize(value.slice(from, from + CHUNK_LENGTH));
      const isFixed = Object.isFrozen(value) && value.length === CHUNK_LENGTH;
      pieces.push({ bytes, owner: isFixed ? value : null });
    }
    holes.push({ path, kind: 'values', pieces: count });
    return null;
  }
  const keys = Object.keys(value);
  if (Object.getPrototypeOf(value) !== Object.prototype || keys.length > WALKED_MAX) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, walk(inner, [...path, key], holes, pieces)]),
  );
}

const isContainer = (value: unknown): boolean => typeof value === 'object' && value !== null;

function asArray(kind: ArrayKind, bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined) throw new Error('a piece is missing');
  const View = ARRAYS[kind];
  return new View(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength / View.BYTES_PER_ELEMENT);
}

function put(root: unknown, path: readonly (string | number)[], value: unknown): void {
  let at = root as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1) as string | number] = value;
}
