/**
 * The part of Java's regular expressions that can be matched in linear time: characters, classes, groups, alternatives, repeats
 * (greedy and lazy), anchors and word boundaries, `(?i)` and `(?s)` at the start. Back references, look-around and possessive repeats
 * are refused.
 */
import { RowError } from '../row-error.ts';

export type Node =
  /** One character; `source` is the same in JavaScript's syntax with the flag `u`. */
  | { readonly kind: 'set'; readonly source: string }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'group'; readonly index: number | null; readonly body: Node }
  | {
      readonly kind: 'repeat';
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
      readonly body: Node;
    }
  | {
      readonly kind: 'assert';
      readonly what: 'start' | 'end' | 'last-line-end' | 'boundary' | 'no-boundary';
    };

export interface Parsed {
  readonly node: Node;
  readonly groups: number;
  readonly ignoreCase: boolean;
}

const PATTERN_LENGTH_MAX = 1000;
const REPEAT_MAX = 1000;
const DEPTH_MAX = 100;

const CLASSES: Readonly<Record<string, string>> = {
  d: '0-9',
  w: '0-9A-Z_a-z',
  s: ' \\t\\n\\v\\f\\r',
};
const CONTROLS: Readonly<Record<string, string>> = {
  t: '\\t',
  n: '\\n',
  r: '\\r',
  f: '\\f',
  a: '\\x07',
  e: '\\x1b',
};
const PROPERTIES: Readonly<Record<string, string>> = {
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: '0-9A-Za-z',
  Upper: 'A-Z',
  Lower: 'a-z',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Space: ' \\t\\n\\v\\f\\r',
};
/** What Java's dot does not match. */
const LINE_ENDS = '\\n\\r\\x85\\u2028\\u2029';

export function parseRegexp(pattern: string): Parsed {
  if (pattern.length > PATTERN_LENGTH_MAX) throw fault(`it is longer than ${PATTERN_LENGTH_MAX} characters`);
  const flags = /^\(\?([is]+)\)/.exec(pattern);
  const reader = new Reader(Array.from(pattern.slice(flags?.[0].length ?? 0)), flags?.[1] ?? '');
  const node = reader.choice(0);
  if (!reader.atEnd) throw fault(`${reader.rest} is one ")" too many`);
  return { node, groups: reader.groups, ignoreCase: flags?.[1]?.includes('i') === true };
}

const fault = (why: string): RowError => new RowError(`the regular expression cannot be used: ${why}`);

class Reader {
  readonly #chars: readonly string[];
  readonly #dotAll: boolean;
  readonly #ignoreCase: boolean;
  #at = 0;
  groups = 0;

  constructor(chars: readonly string[], flags: string) {
    this.#chars = chars;
    this.#dotAll = flags.includes('s');
    this.#ignoreCase = flags.includes('i');
  }

  get atEnd(): boolean {
    return this.#at >= this.#chars.length;
  }
  get rest(): string {
    return JSON.stringify(this.#chars.slice(this.#at, this.#at + 10).join(''));
  }

  #peek(ahead = 0): string {
    return this.#chars[this.#at + ahead] ?? '';
  }
  #eat(text: string): boolean {
    const chars = Array.from(text);
    if (chars.some((c, i) => this.#peek(i) !== c)) return false;
    this.#at += chars.length;
    return true;
  }

  choice(depth: number): Node {
    if (depth > DEPTH_MAX) throw fault(`it is nested more than ${DEPTH_MAX} deep`);
    const parts = [this.#sequence(depth)];
    while (this.#eat('|')) parts.push(this.#sequence(depth));
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: 'choice', parts };
  }

  #sequence(depth: number): Node {
    const parts: Node[] = [];
    while (!this.atEnd && this.#peek() !== '|' && this.#peek() !== ')') parts.push(this.#repeated(depth));
    return { kind: 'sequence', parts };
  }

  #repeated(depth: number): Node {
    let node = this.#atom(depth);
    for (let bounds = this.#bounds(); bounds !== null; bounds = this.#bounds()) {
      if (node.kind === 'assert' || node.kind === 'repeat')
        throw fault(`nothing to repeat before ${this.rest}`);
      if (this.#eat('+')) throw fault('possessive repeats (such as a*+) are not supported');
      const lazy = this.#eat('?');
      node = { kind: 'repeat', ...bounds, lazy, body: node };
    }
    return node;
  }

  #bounds(): { min: number; max: number } | null {
    if (this.#eat('*')) return { min: 0, max: Infinity };
    if (this.#eat('+')) return { min: 1, max: Infinity };
    if (this.#eat('?')) return { min: 0, max: 1 };
    if (this.#peek() !== '{') return null;
    const text = /^\{(\d+)(,(\d*))?\}/.exec(this.#chars.slice(this.#at, this.#at + 20).join(''));
    if (text === null) throw fault('a { is not a repeat; write \\{ for the character');
    this.#at += text[0].length;
    const min = Number(text[1]);
    const max = text[2] === undefined ? min : text[3] === '' ? Infinity : Number(text[3]);
    if (min > REPEAT_MAX || (max > REPEAT_MAX && max !== Infinity) || max < min)
      throw fault(`${text[0]} does not repeat 0 to ${REPEAT_MAX} times`);
    return { min, max };
  }

  #atom(depth: number): Node {
    if (this.#eat('(')) return this.#group(depth);
    if (this.#eat('[')) return { kind: 'set', source: this.#set() };
    if (this.#eat('.')) return { kind: 'set', source: this.#dotAll ? '[^]' : `[^${LINE_ENDS}]` };
    if (this.#eat('^')) return { kind: 'assert', what: 'start' };
    if (this.#eat('$')) return { kind: 'assert', what: 'last-line-end' };
    if (this.#eat('\\')) return this.#escape();
    const char = this.#peek();
    if ('*+?{'.includes(char)) throw fault(`nothing to repeat before ${this.rest}`);
    this.#at++;
    return { kind: 'set', source: quoted(char) };
  }

  #group(depth: number): Node {
    let index: number | null = null;
    if (this.#eat('?')) {
      const named = /^<([A-Za-z][A-Za-z0-9]*)>/.exec(this.#chars.slice(this.#at, this.#at + 60).join(''));
      if (named !== null) {
        this.#at += named[0].length;
        index = ++this.groups;
      } else if (!this.#eat(':'))
        throw fault(`(?${this.#peek()}…) is not supported: no look-around, flags only at the start`);
    } else index = ++this.groups;
    const body = this.choice(depth + 1);
    if (!this.#eat(')')) throw fault('a ( is not closed');
    return { kind: 'group', index, body };
  }

  #escape(): Node {
    const char = this.#peek();
    const what = { A: 'start', z: 'end', Z: 'last-line-end', b: 'boundary', B: 'no-boundary' } as const;
    if (Object.hasOwn(what, char)) {
      this.#at++;
      return { kind: 'assert', what: what[char as keyof typeof what] };
    }
    if (/[1-9k]/.test(char)) throw fault('back references (\\1) are not supported');
    return { kind: 'set', source: `[${this.#escaped()}]` };
  }

  /** What follows a backslash, as it stands inside of brackets. */
  #escaped(): string {
    const char = this.#peek();
    this.#at++;
    if (Object.hasOwn(CLASSES, char)) return CLASSES[char] ?? '';
    if (/[DWS]/.test(char)) return outside(CLASSES[char.toLowerCase()] ?? '', this.#ignoreCase);
    if (Object.hasOwn(CONTROLS, char)) return CONTROLS[char] ?? '';
    if (char === 'p' || char === 'P') return this.#property(char === 'P');
    if (char === 'x' || char === 'u') {
      const digits = this.#chars.slice(this.#at, this.#at + (char === 'x' ? 2 : 4)).join('');
      if (!/^([0-9a-f]{2}|[0-9a-f]{4})$/i.test(digits)) throw fault(`\\${char} needs hexadecimal digits`);
      this.#at += digits.length;
      return `\\u{${digits}}`;
    }
    if (char === '' || /[A-Za-z0-9]/.test(char)) throw fault(`\\${char} is not supported`);
    return quoted(char);
  }

  #property(not: boolean): string {
    const text = /^(?:\{(?:Is)?([A-Za-z]+)\}|([A-Z]))/.exec(
      this.#chars.slice(this.#at, this.#at + 40).join(''),
    );
    const name = text?.[1] ?? text?.[2] ?? '';
    this.#at += text?.[0].length ?? 0;
    if (Object.hasOwn(PROPERTIES, name))
      return not ? outside(PROPERTIES[name] ?? '', this.#ignoreCase) : (PROPERTIES[name] ?? '');
    const named = `\\${not ? 'P' : 'p'}{${name}}`;
    try {
      new RegExp(named, 'u');
      return named;
    } catch {
      throw fault(`\\p{${name}} is not known`);
    }
  }

  /** After `[`. */
  #set(): string {
    const not = this.#eat('^');
    let source = '';
    for (let first = true; !this.#eat(']') || first; first = false) {
      if (this.atEnd) throw fault('a [ is not closed');
      if (this.#peek() === '[' || (this.#peek() === '&' && this.#peek(1) === '&'))
        throw fault('classes inside of classes are not supported; write \\[ for the character');
      if (first && source === '' && this.#chars[this.#at - 1] === ']') {
        source += '\\]';
        continue;
      }
      source += this.#member();
    }
    return `[${not ? '^' : ''}${source}]`;
  }

  /** A character, a class, or a range. */
  #member(): string {
    const from = this.#setChar();
    if (this.#peek() !== '-' || this.#peek(1) === ']' || this.#peek(1) === '') return from;
    this.#at++;
    const to = this.#setChar();
    const range = `${from}-${to}`;
    try {
      new RegExp(`[${range}]`, 'u');
    } catch {
      throw fault(`${range} is not a range of characters`);
    }
    return range;
  }

  #setChar(): string {
    if (this.#eat('\\')) return this.#escaped();
    const char = this.#peek();
    this.#at++;
    return quoted(char);
  }
}

const quoted = (char: string): string =>
  /[\^$\\.*+?()[\]{}|/-]/.test(char) ? `\\u{${char.charCodeAt(0).toString(16)}}` : char;

/** All characters that ASCII ranges leave out, as ranges: `0-9` → what is below, between and above. */
function outside(ranges: string, ignoreCase: boolean): string {
  const inside = new RegExp(`[${ranges}]`, 'u');
  let source = '';
  let from = -1;
  for (let code = 0; code <= 128; code++) {
    const isOut = code < 128 && !inside.test(String.fromCharCode(code));
    if (isOut && from < 0) from = code;
    if (isOut || from < 0) continue;
    source += `\\u{${from.toString(16)}}-\\u{${(code - 1).toString(16)}}`;
    from = -1;
  }
  // Whatever their case, U+017F is an s and U+212A a k.
  return (
    source + (ignoreCase ? '\\u{80}-\\u{17e}\\u{180}-\\u{2129}\\u{212b}-\\u{10ffff}' : '\\u{80}-\\u{10ffff}')
  );
}
