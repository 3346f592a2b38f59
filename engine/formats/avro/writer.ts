/** Rows in Avro's binary encoding, by the schema of `row-schema.ts`. */
import type { Batch } from '../../batch/batch.ts';
import { valueAt } from '../../batch/column.ts';
import type { DataType, Field } from '../../contract/types.ts';
import type { Value } from '../../contract/values.ts';

/** The rows of one edge. `head` stands before each value. */
export function avroRows(fields: readonly Field[], head: Buffer): (batch: Batch, row: number) => Buffer {
  const output = new AvroOutput();
  return (batch, row) => {
    output.begin(head);
    fields.forEach(({ type, nullable }, c) => {
      const column = batch.columns[c];
      const value = column === undefined ? null : valueAt(column, type, row);
      if (nullable) output.optional(value, type);
      else output.value(value as NonNullable<Value>, type);
    });
    return output.end();
  };
}

class AvroOutput {
  #bytes = Buffer.alloc(1024);
  #at = 0;

  begin(head: Buffer): void {
    this.#at = 0;
    this.#put(head);
  }

  end(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#at));
  }

  optional(value: Value, type: DataType): void {
    this.#long(value === null ? 0 : 1);
    if (value !== null) this.value(value, type);
  }

  value(value: NonNullable<Value>, type: DataType): void {
    switch (type.kind) {
      case 'BOOLEAN':
        this.#room(1)[this.#at++] = value === true ? 1 : 0;
        return;
      case 'INT':
      case 'BIGINT':
        this.#long(value as number | bigint);
        return;
      case 'TIMESTAMP':
        this.#long(Math.floor(value as number));
        return;
      case 'DOUBLE':
        this.#at = this.#room(8).writeDoubleLE(value as number, this.#at);
        return;
      case 'STRING':
        this.#sized(Buffer.from(value as string, 'utf8'));
        return;
      case 'BYTES':
        this.#sized(value as Uint8Array);
        return;
      case 'DECIMAL':
        this.#sized(signedBytes(value as bigint));
        return;
      case 'ARRAY': {
        const list = value as readonly Value[];
        if (list.length > 0) this.#long(list.length);
        for (const one of list) this.optional(one, type.element);
        this.#long(0);
        return;
      }
      case 'ROW':
        for (const [i, f] of type.fields.entries())
          this.optional((value as readonly Value[])[i] ?? null, f.type);
    }
  }

  #sized(bytes: Uint8Array): void {
    this.#long(bytes.length);
    this.#put(bytes);
  }

  #put(bytes: Uint8Array): void {
    this.#room(bytes.length).set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Zigzag, seven bits a byte. */
  #long(value: number | bigint): void {
    const bytes = this.#room(10);
    if (typeof value === 'number' && Math.abs(value) < 2 ** 30) {
      let rest = ((value << 1) ^ (value >> 31)) >>> 0;
      for (; rest > 127; rest >>>= 7) bytes[this.#at++] = (rest & 127) | 128;
      bytes[this.#at++] = rest;
      return;
    }
    const big = BigInt(value);
    let rest = BigInt.asUintN(64, (big << 1n) ^ (big >> 63n));
    for (; rest > 127n; rest >>= 7n) bytes[this.#at++] = Number(rest & 127n) | 128;
    bytes[this.#at++] = Number(rest);
  }

  #room(count: number): Buffer {
    if (this.#at + count > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#at + count));
      this.#bytes.copy(larger, 0, 0, this.#at);
      this.#bytes = larger;
    }
    return this.#bytes;
  }
}

/** Two's complement, the highest byte first, as few as hold it. */
function signedBytes(value: bigint): Uint8Array {
  let length = 1;
  while (BigInt.asIntN(length * 8, value) !== value) length++;
  return Uint8Array.from({ length }, (_, i) => Number((value >> BigInt((length - 1 - i) * 8)) & 0xffn));
}
