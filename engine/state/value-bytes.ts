/** What values take up beside the place that points to them: texts and lists are as long as data make them. */
import type { Value } from '../contract/values.ts';

const OBJECT_BYTES = 16;
const WIDE_INTEGER_BYTES = 24;

/** Bytes of memory, about: of a text one per UTF-16 unit, as V8 keeps what is Latin-1. */
export function heapBytes(value: Value): number {
  switch (typeof value) {
    case 'string':
      return OBJECT_BYTES + value.length;
    case 'bigint':
      return WIDE_INTEGER_BYTES;
    case 'object':
      if (value === null) return 0;
      if (value instanceof Uint8Array) return OBJECT_BYTES + value.byteLength;
      return value.reduce<number>((sum, element) => sum + 8 + heapBytes(element), OBJECT_BYTES);
    default:
      return 0;
  }
}
