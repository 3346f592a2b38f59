/** Lines of JSON objects straight from bytes, by the schema: only what its fields need is made into values. */
import { isUtf8 } from 'node:buffer';
import type { DataType } from '../../contract/types.ts';
import type { Value } from '../../contract/values.ts';
import { parseJson } from '../../expressions/json-text.ts';
import { jsonAt, jsonToValue } from '../../expressions/json-value.ts';
import type { DecodeField } from '../codec.ts';
import { ByteCursor, COLON, COMMA, QUOTE } from './byte-cursor.ts';
import { IsoTimes } from './iso-times.ts';
import { TextCache } from './text-cache.ts';

/** What stands under one key of the record. */
interface Slot {
  /** Where the value goes; −1 where several fields, or fields further in, are read from it. */
  readonly index: number;
  readonly field: DecodeField;
  readonly inner: readonly { readonly index: number; readonly field: DecodeField }[];
  readonly texts: TextCache | null;
  readonly times: IsoTimes | null;
}

/** Records of one program have their keys in one order: the key at a place is nearly always that of the record before. */
interface KeyGuess {
  readonly bytes: Uint8Array;
  readonly slot: Slot | null;
}

const GUESSES_MAX = 256;
const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;

/**
 * `parse` gives the row, or null for every line that is anything but a good record as `jsonRow` takes it: broken, misfit,
 * with a key twice, with escapes in keys. `JsonRecords` judges those, so what a record means is said there alone.
 */
export class JsonLineParser {
  readonly #cursor = new ByteCursor();
  readonly #slots: ReadonlyMap<string, Slot>;
  readonly #guesses: KeyGuess[] = [];
  readonly #row: Value[];
  readonly #optional: readonly boolean[];
  /** By field, the number of the last record that had it. */
  readonly #seen: Float64Array;
  #record = 0;

  constructor(fields: readonly DecodeField[]) {
    this.#slots = slotsOf(fields);
    this.#row = fields.map(() => null);
    this.#optional = fields.map((f) => f.nullable);
    this.#seen = new Float64Array(fields.length);
  }

  /** The row of the line from `from` to its line end at `until`, in an array that is used again; or null. */
  parse(bytes: Buffer, from: number, until: number): readonly Value[] | null {
    const cursor = this.#cursor;
    cursor.bytes = bytes;
    cursor.at = from;
    cursor.wide = false;
    this.#record++;
    if (bytes[from] !== 123 || !this.#members() || !this.#fill()) return null;
    let end = cursor.at;
    if (end < until && cursor.blanks() === 13) cursor.at++;
    end = cursor.at;
    if (end !== until) return null;
    return cursor.wide && !isUtf8(bytes.subarray(from, until)) ? null : this.#row;
  }

  #members(): boolean {
    const cursor = this.#cursor;
    cursor.at++;
    if (cursor.blanks() === 125) {
      cursor.at++;
      return true;
    }
    for (let place = 0; ; place++) {
      if (cursor.blanks() !== QUOTE) return false;
      cursor.at++;
      const slot = this.#key(place);
      if (slot === undefined || cursor.blanks() !== COLON) return false;
      cursor.at++;
      cursor.blanks();
      if (!(slot === null ? cursor.skip() : this.#value(slot))) return false;
      const c = cursor.blanks();
      cursor.at++;
      if (c === 125) return true;
      if (c !== COMMA) return false;
    }
  }

  /** Null for a key that no field reads, undefined where there is no telling. */
  #key(place: number): Slot | null | undefined {
    const cursor = this.#cursor;
    const { bytes, at } = cursor;
    const guess = this.#guesses[place];
    if (guess !== undefined) {
      const known = guess.bytes;
      const { length } = known;
      let k = 0;
      while (k < length && known[k] === bytes[at + k]) k++;
      if (k === length) {
        cursor.at = at + k;
        return guess.slot;
      }
    }
    const wideBefore = cursor.wide;
    cursor.wide = false;
    if (!cursor.string() || cursor.escaped) return undefined;
    const { wide } = cursor;
    cursor.wide = wide || wideBefore;
    const slot = this.#slots.get(bytes.toString('utf8', at, cursor.at - 1)) ?? null;
    // Keys beyond ASCII are no guesses, as a guess does not say that the record has to be checked for UTF-8.
    if (place < GUESSES_MAX && !wide)
      this.#guesses[place] = { bytes: Uint8Array.prototype.slice.call(bytes, at, cursor.at), slot };
    return slot;
  }

  #value(slot: Slot): boolean {
    const { index, field } = slot;
    if (index < 0) return this.#inner(slot);
    if (this.#seen[index] === this.#record) return false;
    this.#seen[index] = this.#record;
    const cursor = this.#cursor;
    const c = cursor.bytes[cursor.at] as number;
    if (c === QUOTE) return this.#text(slot);
    if (c === 110) {
      this.#row[index] = null;
      return this.#optional[index] === true && cursor.isNull();
    }
    if (c === 116 || c === 102) {
      this.#row[index] = c === 116;
      return field.type.kind === 'BOOLEAN' && (c === 116 ? cursor.isTrue() : cursor.isFalse());
    }
    if (c === 123 || c === 91) return this.#inner(slot);
    return cursor.readNumber() && this.#set(index, numberOf(cursor.number, field));
  }

  #text({ index, field, texts, times }: Slot): boolean {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    const from = ++cursor.at;
    if (times !== null) {
      const time = times.read(bytes, from);
      if (!Number.isNaN(time)) {
        this.#row[index] = time;
        cursor.at = times.end;
        return true;
      }
    }
    const wideBefore = cursor.wide;
    cursor.wide = false;
    if (!cursor.string()) return false;
    const until = cursor.at - 1;
    const { wide } = cursor;
    cursor.wide = wide || wideBefore;
    let text: string;
    if (cursor.escaped) text = JSON.parse(bytes.toString('utf8', from - 1, until + 1)) as string;
    else if (wide) text = bytes.toString('utf8', from, until);
    else text = texts === null ? bytes.toString('latin1', from, until) : texts.ascii(bytes, from, until);
    if (texts === null) return this.#set(index, jsonToValue(text, field.type, field.format));
    this.#row[index] = text;
    return true;
  }

  /** An array or object that is a value, or has fields in it. */
  #inner({ index, field, inner }: Slot): boolean {
    const cursor = this.#cursor;
    const from = cursor.at;
    if (!cursor.skip()) return false;
    const json = parseJson(cursor.bytes.toString('utf8', from, cursor.at));
    if (index >= 0) return this.#set(index, jsonToValue(json, field.type, field.format));
    for (const { index: at, field: one } of inner) {
      if (this.#seen[at] === this.#record) return false;
      this.#seen[at] = this.#record;
      const value = jsonToValue(jsonAt(json, one.path.slice(1)), one.type, one.format);
      if (!this.#set(at, value)) return false;
    }
    return true;
  }

  #set(index: number, value: Value | undefined): boolean {
    if (value === undefined || (value === null && this.#optional[index] !== true)) return false;
    this.#row[index] = value;
    return true;
  }

  /** NULL for fields that the record does not have. */
  #fill(): boolean {
    const record = this.#record;
    for (let i = 0; i < this.#row.length; i++) {
      if (this.#seen[i] === record) continue;
      if (this.#optional[i] !== true) return false;
      this.#row[i] = null;
    }
    return true;
  }
}

/** As `jsonToValue`, which is asked where it is not plain. */
function numberOf(json: unknown, { type, format }: DecodeField): Value | undefined {
  if (typeof json === 'number') {
    if (type.kind === 'DOUBLE') return json;
    if (type.kind === 'BIGINT' && Number.isSafeInteger(json)) return json + 0;
    if (type.kind === 'INT')
      return Number.isInteger(json) && json >= INT_MIN && json <= INT_MAX ? json + 0 : undefined;
  }
  return jsonToValue(json, type as DataType, format);
}

function slotsOf(fields: readonly DecodeField[]): ReadonlyMap<string, Slot> {
  const byKey = new Map<string, { index: number; field: DecodeField }[]>();
  for (const [index, field] of fields.entries()) {
    const key = field.path[0] ?? '';
    byKey.set(key, [...(byKey.get(key) ?? []), { index, field }]);
  }
  const slots = new Map<string, Slot>();
  for (const [key, inner] of byKey) {
    const [first] = inner;
    if (first === undefined) continue;
    const { index, field } = first;
    const isAlone = inner.length === 1 && field.path.length === 1;
    slots.set(key, {
      index: isAlone ? index : -1,
      field,
      inner,
      texts: field.type.kind === 'STRING' ? new TextCache() : null,
      times: field.type.kind === 'TIMESTAMP' && field.format === 'iso' ? new IsoTimes() : null,
    });
  }
  return slots;
}
