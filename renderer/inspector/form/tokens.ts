/** The parts of an expression's text, for colours and completion. Lexical only: what is right the checker says. */
import { KEYWORDS } from '../../../engine/expressions/keywords.ts';

export type TokenKind =
  | 'keyword'
  | 'function'
  | 'field'
  | 'variable'
  | 'string'
  | 'number'
  | 'comment'
  | 'other';
export interface Token {
  readonly kind: TokenKind;
  readonly from: number;
  readonly to: number;
}

const RESERVED: ReadonlySet<string> = new Set(KEYWORDS);

const PART =
  /(?<string>'(?:[^']|'')*'?)|(?<quoted>`[^`]*`?|"[^"]*"?)|(?<comment>--[^\n]*)|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<word>[\p{L}_$][\p{L}\p{N}_$]*)/gu;

const NONE: ReadonlySet<string> = new Set();

/** @param variables what may stand before a dot: the sides of a join, the variables of a pattern */
export function tokensOf(
  text: string,
  fields: ReadonlySet<string>,
  variables: ReadonlySet<string> = NONE,
): Token[] {
  return splitTokens(text, PART, (groups, from, to) => kindOf(groups, text, from, to, fields, variables));
}

type Groups = Readonly<Record<string, string | undefined>>;

/** A text cut where a pattern matches; what lies between is `other`. */
export function splitTokens(
  text: string,
  pattern: RegExp,
  kindOf: (groups: Groups, from: number, to: number) => TokenKind,
): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const from = match.index;
    const to = from + match[0].length;
    if (from > end) tokens.push({ kind: 'other', from: end, to: from });
    tokens.push({ kind: kindOf(match.groups ?? {}, from, to), from, to });
    end = to;
  }
  if (end < text.length) tokens.push({ kind: 'other', from: end, to: text.length });
  return tokens;
}

function kindOf(
  groups: Groups,
  text: string,
  from: number,
  to: number,
  fields: ReadonlySet<string>,
  variables: ReadonlySet<string>,
): TokenKind {
  if (groups['string'] !== undefined) return 'string';
  if (groups['quoted'] !== undefined) return 'field';
  if (groups['comment'] !== undefined) return 'comment';
  if (groups['number'] !== undefined) return 'number';
  const word = groups['word'] ?? '';
  if (variables.has(word) && (text[to] === '.' || !RESERVED.has(word.toUpperCase()))) return 'variable';
  if (variables.size > 0 && text[from - 1] === '.') return 'field';
  if (/^\s*\(/.test(text.slice(to)) && !RESERVED.has(word.toUpperCase())) return 'function';
  if (fields.has(word)) return 'field';
  return RESERVED.has(word.toUpperCase()) ? 'keyword' : 'other';
}

export interface Named {
  readonly name: string;
  readonly note: string;
  /** How it is written, where that is not the name in backticks as needed: `left.origin`. */
  readonly text?: string;
}

export interface Completion {
  readonly text: string;
  readonly kind: 'field' | 'function';
  /** The field's type, the function's signature. */
  readonly note: string;
}

const SHOWN_MAX = 8;

/** What fits the word before the caret: fields first, then functions; nothing within strings. */
export function completionsAt(
  text: string,
  caret: number,
  fields: readonly Named[],
  functions: readonly Named[],
): { readonly from: number; readonly options: readonly Completion[] } {
  const before = text.slice(0, caret);
  const word = /[\p{L}_$][\p{L}\p{N}_$]*(?:\.(?:[\p{L}_$][\p{L}\p{N}_$]*)?)*$/u.exec(before)?.[0] ?? '';
  const from = caret - word.length;
  const inString = (before.match(/'/g)?.length ?? 0) % 2 === 1;
  if (word === '' || inString || RESERVED.has(word.toUpperCase())) return { from, options: [] };
  const wanted = word.toLowerCase();
  const fits = (name: string): boolean => name.toLowerCase().startsWith(wanted) && name !== word;
  // `pri` means `left.price` too.
  const fitsInside = (name: string): boolean => fits(name) || fits(name.slice(name.lastIndexOf('.') + 1));
  const options: Completion[] = [
    ...fields
      .filter(({ name, text: written }) => (written === undefined ? fits(name) : fitsInside(name)))
      .map(({ name, note, text: written }) => ({
        text: written ?? quoted(name),
        kind: 'field' as const,
        note,
      })),
    ...functions
      .filter(({ name }) => fits(name))
      .map(({ name, note }) => ({ text: opening(name, note), kind: 'function' as const, note })),
  ];
  return { from, options: options.slice(0, SHOWN_MAX) };
}

/** How a call begins: with its bracket, where its signature has one there (`CAST(x AS type)`, `CASE WHEN …`). */
const opening = (name: string, signature: string): string =>
  signature.startsWith(`${name}(`) ? `${name}(` : `${name} `;

/** A field as SQL writes it: in backticks where it is no plain name. */
export const quoted = (name: string): string =>
  /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) && !RESERVED.has(name.toUpperCase()) ? name : `\`${name}\``;
