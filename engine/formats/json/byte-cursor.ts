/** Walks JSON in bytes. Every step says −1 or false where it is not sure: then `JSON.parse` has to judge. */
import { parseJson } from '../../expressions/json-text.ts';

export const QUOTE = 34;
export const COMMA = 44;
export const COLON = 58;
const BACKSLASH = 92;
const DEPTH_MAX = 64;
/** 10^0 to 10^22: those that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));

export class ByteCursor {
  bytes: Buffer = Buffer.alloc(0);
  at = 0;
  /** Whether a byte beyond ASCII was seen: then somebody has to check that all is UTF-8. */
  wide = false;
  /** Whether the string that was read last has an escape. */
  escaped = false;
  /** Of the number that was read last. */
  number: unknown = 0;

  blanks(): number {
    const { bytes } = this;
    let c = bytes[this.at] as number;
    while (c === 32 || c === 9) c = bytes[++this.at] as number;
    return c;
  }

  /** From after the first quote to after the last. */
  string(): boolean {
    const { bytes } = this;
    let at = this.at;
    this.escaped = false;
    for (;;) {
      const c = bytes[at] as number;
      if (c === QUOTE) {
        this.at = at + 1;
        return true;
      }
      if (c < 32 || c === undefined) return false;
      if (c === BACKSLASH) {
        this.escaped = true;
        at = afterEscape(bytes, at + 1);
        if (at < 0) return false;
        continue;
      }
      if (c > 127) this.wide = true;
      at++;
    }
  }

  /**
   * Fewer than 16 characters with a point among them (`parseJson` keeps longer ones as they are written) are a whole number by a power of ten, both exact, so the quotient is what
   * JSON.parse gives. Everything else is parsed by it.
   */
  readNumber(): boolean {
    const { bytes } = this;
    const from = this.at;
    let at = from;
    const minus = bytes[at] === 45;
    if (minus) at++;
    const first = at;
    let value = 0;
    let c = bytes[at] as number;
    for (; c >= 48 && c <= 57; c = bytes[++at] as number) value = value * 10 + (c - 48);
    let digits = at - first;
    let decimals = 0;
    let plain = digits > 0 && (digits === 1 || bytes[first] !== 48);
    if (c === 46) {
      const point = at;
      c = bytes[++at] as number;
      for (; c >= 48 && c <= 57; c = bytes[++at] as number) value = value * 10 + (c - 48);
      decimals = at - point - 1;
      digits += decimals;
      plain &&= decimals > 0;
    }
    if (plain && digits <= 15 && at - from < 16 && c !== 101 && c !== 69) {
      if (decimals > 0) value /= POWERS[decimals] as number;
      this.number = minus ? -value : value;
      this.at = at;
      return true;
    }
    while (c === 46 || c === 43 || c === 45 || c === 101 || c === 69 || (c >= 48 && c <= 57))
      c = bytes[++at] as number;
    try {
      this.number = parseJson(bytes.toString('latin1', from, at));
    } catch {
      return false;
    }
    this.at = at;
    return true;
  }

  word(a: number, b: number, c: number, d: number): boolean {
    const { bytes, at } = this;
    if (bytes[at] !== a || bytes[at + 1] !== b || bytes[at + 2] !== c || bytes[at + 3] !== d) return false;
    this.at = at + 4;
    return true;
  }

  isTrue = (): boolean => this.word(116, 114, 117, 101);
  isNull = (): boolean => this.word(110, 117, 108, 108);
  isFalse(): boolean {
    if (this.bytes[this.at + 4] !== 101 || !this.word(102, 97, 108, 115)) return false;
    this.at++;
    return true;
  }

  /** Passes over any value, which is checked all the same. */
  skip(depth = 0): boolean {
    const c = this.bytes[this.at] as number;
    if (c === QUOTE) {
      this.at++;
      return this.string();
    }
    if (c === 123 || c === 91) return depth < DEPTH_MAX && this.#skipAll(c === 123, depth + 1);
    if (c === 116) return this.isTrue();
    if (c === 102) return this.isFalse();
    return c === 110 ? this.isNull() : this.readNumber();
  }

  #skipAll(isObject: boolean, depth: number): boolean {
    const close = isObject ? 125 : 93;
    this.at++;
    if (this.blanks() === close) {
      this.at++;
      return true;
    }
    for (;;) {
      if (isObject) {
        if (this.blanks() !== QUOTE) return false;
        this.at++;
        if (!this.string() || this.blanks() !== COLON) return false;
        this.at++;
      }
      this.blanks();
      if (!this.skip(depth)) return false;
      const c = this.blanks();
      this.at++;
      if (c === close) return true;
      if (c !== COMMA) return false;
    }
  }
}

/** The place after an escape whose letter stands at `at`; −1 where there is no such escape. */
function afterEscape(bytes: Buffer, at: number): number {
  const c = bytes[at] as number;
  if (c === 117) {
    for (let k = at + 1; k < at + 5; k++) if (!isHex(bytes[k] as number)) return -1;
    return at + 5;
  }
  const simple =
    c === QUOTE ||
    c === BACKSLASH ||
    c === 47 ||
    c === 98 ||
    c === 102 ||
    c === 110 ||
    c === 114 ||
    c === 116;
  return simple ? at + 1 : -1;
}

const isHex = (c: number): boolean => (c >= 48 && c <= 57) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102);
