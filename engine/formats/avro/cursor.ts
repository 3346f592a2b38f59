/** Reads Avro's binary encoding. https://avro.apache.org/docs/1.12.0/specification/#binary-encoding */
import { toBigint } from '../../contract/values.ts';
import { strictText } from '../utf8.ts';
import type { AvroType } from './schema.ts';

/** Elements of one value: an array of nulls takes no bytes, and must not take the memory. */
const ELEMENTS_MAX = 1_000_000;
const DEPTH_MAX = 200;

/** What is wrong with the bytes. */
export class AvroError extends Error {}

export class AvroCursor {
  #bytes: Buffer = Buffer.alloc(0);
  #end = 0;
  #elements = 0;
  #depth = 0;
  at = 0;

  /** The next value. */
  set(bytes: Buffer, from: number, until: number): void {
    this.#bytes = bytes;
    this.at = from;
    this.#end = until;
    this.#elements = 0;
    this.#depth = 0;
  }

  get isAtEnd(): boolean {
    return this.at === this.#end;
  }

  byte(): number {
    if (this.at >= this.#end) throw new AvroError('it ends in the middle');
    return this.#bytes[this.at++] as number;
  }

  /** An int or a long: zigzag, seven bits a byte. */
  long(): number | bigint {
    let low = 0;
    let shift = 0;
    for (;;) {
      const byte = this.byte();
      // 2^49 at most: exact in a double.
      low += (byte & 0x7f) * 2 ** shift;
      shift += 7;
      if (byte < 0x80) return low % 2 === 0 ? low / 2 : -(low + 1) / 2;
      if (shift === 49) return this.#longer(BigInt(low));
    }
  }

  #longer(low: bigint): number | bigint {
    let value = low;
    for (let shift = 49n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return toBigint((value >> 1n) ^ -(value & 1n));
      if (shift > 56n) throw new AvroError('a number has more than ten bytes');
    }
  }

  float(): number {
    return this.#bytes.readFloatLE(this.skip(4));
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.skip(8));
  }

  /** Moves on. @returns where it was */
  skip(count: number): number {
    if (!(count >= 0) || this.at + count > this.#end) throw new AvroError('it ends in the middle');
    this.at += count;
    return this.at - count;
  }

  /** Of this value's bytes, not a copy. */
  take(count: number): Buffer {
    const from = this.skip(count);
    return this.#bytes.subarray(from, from + count);
  }

  length(): number {
    return Number(this.long());
  }

  /** Null where it is not UTF-8. */
  text(): string | null {
    return strictText(this.take(this.length()));
  }

  /** Calls `each` for every item of an array or map. */
  items(each: () => void): void {
    this.deeper(() => {
      for (let count = this.length(); count !== 0; count = this.length()) {
        // A block that says how many bytes it has.
        if (count < 0) this.long();
        this.#elements += Math.abs(count);
        if (!(this.#elements <= ELEMENTS_MAX))
          throw new AvroError(`it has more than ${ELEMENTS_MAX} elements`);
        for (let n = Math.abs(count); n > 0; n--) each();
      }
    });
  }

  /** Types may hold themselves. */
  deeper<T>(work: () => T): T {
    if (++this.#depth > DEPTH_MAX) throw new AvroError(`it is more than ${DEPTH_MAX} levels deep`);
    const result = work();
    this.#depth--;
    return result;
  }

  branch<T>(branches: readonly T[]): T {
    const index = this.length();
    const found = branches[index];
    if (found === undefined) throw new AvroError(`a union has no branch ${index}`);
    return found;
  }

  /** Passes over a value that nobody asked for. */
  pass(type: AvroType): void {
    switch (type.kind) {
      case 'null':
        return;
      case 'boolean':
        this.skip(1);
        return;
      case 'int':
      case 'long':
      case 'enum':
        this.long();
        return;
      case 'float':
        this.skip(4);
        return;
      case 'double':
        this.skip(8);
        return;
      case 'bytes':
      case 'string':
        this.skip(this.length());
        return;
      case 'fixed':
        this.skip(type.size);
        return;
      case 'array':
        this.items(() => this.pass(type.items));
        return;
      case 'map':
        this.items(() => {
          this.skip(this.length());
          this.pass(type.values);
        });
        return;
      case 'union':
        this.deeper(() => this.pass(this.branch(type.branches)));
        return;
      case 'record':
        this.deeper(() => {
          for (const field of type.fields) this.pass(field.type);
        });
    }
  }
}
