/**
 * LIKE without regular expressions: `%` any text, `_` one character. Greedy with one point to go back to, so that a stranger's
 * pattern costs at most its length times the text's.
 */
import { RowError } from './row-error.ts';

export function like(text: string, pattern: string, escapeWith: string | null): boolean {
  const t = Array.from(text);
  const p = ready(pattern, escapeWith);
  let at = 0;
  let pos = 0;
  let star = -1;
  let mark = 0;
  while (at < t.length) {
    const token = p[pos];
    if (token === ANY) {
      star = pos++;
      mark = at;
    } else if (token !== undefined && (token === ONE || token === t[at])) {
      at++;
      pos++;
    } else if (star >= 0) {
      pos = star + 1;
      at = ++mark;
    } else {
      return false;
    }
  }
  while (p[pos] === ANY) pos++;
  return pos === p.length;
}

const ANY = Symbol('%');
const ONE = Symbol('_');

/** Mostly one pattern is used for all rows. */
let last: { pattern: string; escapeWith: string | null; tokens: (string | symbol)[] } | null = null;

function ready(pattern: string, escapeWith: string | null): (string | symbol)[] {
  if (last === null || last.pattern !== pattern || last.escapeWith !== escapeWith)
    last = { pattern, escapeWith, tokens: tokens(pattern, escapeWith) };
  return last.tokens;
}

function tokens(pattern: string, escapeWith: string | null): (string | symbol)[] {
  if (escapeWith !== null && Array.from(escapeWith).length !== 1)
    throw new RowError('ESCAPE takes one character');
  const out: (string | symbol)[] = [];
  const chars = Array.from(pattern);
  for (let i = 0; i < chars.length; i++) {
    const c = chars[i] ?? '';
    if (c === escapeWith) {
      const next = chars[++i];
      if (next === undefined) throw new RowError('the LIKE pattern ends in its escape character');
      out.push(next);
    } else {
      out.push(c === '%' ? ANY : c === '_' ? ONE : c);
    }
  }
  return out;
}
