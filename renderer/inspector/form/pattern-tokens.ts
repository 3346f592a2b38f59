/** The parts of a row pattern, for colours and completion. Lexical only: what is right the pattern's parser says. */
import { type Completion, splitTokens, type Token } from './tokens.ts';

const PART =
  /(?<comment>--[^\n]*)|(?<name>`(?:[^`]|``)*`?|[\p{L}_][\p{L}\p{N}_$]*)|(?<sign>\{[^{}]*\}\??|[*+?|]+)/gu;

export const patternTokens = (text: string): Token[] =>
  splitTokens(text, PART, ({ comment, name }) =>
    comment !== undefined ? 'comment' : name !== undefined ? 'variable' : 'keyword',
  );

/** The variables that the conditions define, where the pattern does not name them yet. */
export function patternCompletions(
  text: string,
  caret: number,
  defined: readonly string[],
): { readonly from: number; readonly options: readonly Completion[] } {
  const word = /[\p{L}_][\p{L}\p{N}_$]*$/u.exec(text.slice(0, caret))?.[0] ?? '';
  const options = defined
    .filter((name) => word !== '' && name !== word && name.toLowerCase().startsWith(word.toLowerCase()))
    .map((name) => ({ text: name, kind: 'field' as const, note: '' }));
  return { from: caret - word.length, options };
}
