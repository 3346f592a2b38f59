/**
 * LIKE without a regular expression: patterns come from strangers, and this matcher takes at most length of text ×
 * length of pattern steps, whatever the pattern.
 */
import { RowError } from './row-error.ts';

/** Tokens: a character, or one of these two. */
const ANY_ONE = 1;
const ANY_RUN = 2;
type Token = string | typeof ANY_ONE | typeof ANY_RUN;

/** A pattern made ready. The common forms (`abc`, `abc%`, `%abc`, `%abc%`) are plain string searches. */
export class LikePattern {
  readonly #tokens: readonly Token[];
  readonly #simple: { readonly text: string; readonly head: boolean; readonly tail: boolean } | null;

  /** Throws RowError where the escape is not one character, or escapes nothing that needs it. */
  constructor(pattern: string, escape: string) {
    this.#tokens = tokenize(pattern, escape);
    const head = this.#tokens[0] === ANY_RUN;
    const tail = this.#tokens.length > 1 && this.#tokens[this.#tokens.length - 1] === ANY_RUN;
    const middle = this.#tokens.slice(head ? 1 : 0, tail ? -1 : undefined);
    this.#simple = middle.every((t) => typeof t === 'string') ? { text: middle.join(''), head, tail } : null;
  }

  test(text: string): boolean {
    if (this.#simple !== null) {
      const { text: part, head, tail } = this.#simple;
      if (head && tail) return text.includes(part);
      if (head) return text.endsWith(part);
      return tail ? text.startsWith(part) : text === part;
    }
    return matches(this.#tokens, text);
  }
}

function tokenize(pattern: string, escape: string): Token[] {
  const tokens: Token[] = [];
  const chars = [...pattern];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? '';
    if (char === escape) {
      const next = chars[++i];
      if (next !== '%' && next !== '_' && next !== escape) {
        throw new RowError('A LIKE pattern has an escape before a character that needs none.', {
          value: pattern,
          expected: `%, _ or ${escape} after ${escape}`,
          next: 'Double the escape character, or choose another with ESCAPE.',
        });
      }
      tokens.push(next);
    } else if (char === '%') {
      if (tokens[tokens.length - 1] !== ANY_RUN) tokens.push(ANY_RUN);
    } else tokens.push(char === '_' ? ANY_ONE : char);
  }
  return tokens;
}

/** Two pointers: after a mismatch only the last `%` is retried, one character further on. */
function matches(tokens: readonly Token[], text: string): boolean {
  let t = 0;
  let at = 0;
  let runToken = -1;
  let runAt = 0;
  while (at < text.length) {
    const token = tokens[t];
    const size = (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    if (token === ANY_RUN) {
      runToken = t++;
      runAt = at;
    } else if (token === ANY_ONE || (typeof token === 'string' && text.startsWith(token, at))) {
      at += size;
      t++;
    } else if (runToken >= 0) {
      runAt += (text.codePointAt(runAt) ?? 0) > 0xffff ? 2 : 1;
      at = runAt;
      t = runToken + 1;
    } else return false;
  }
  while (tokens[t] === ANY_RUN) t++;
  return t === tokens.length;
}
