/** The parts of a JavaScript text, for colours. Lexical only: what is wrong the run says, with the line. */
import { splitTokens, type Token, type TokenKind } from './tokens.ts';

const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'async await break case catch class const continue default delete do else export extends false finally for function if in ' +
    'instanceof let new null of return static super switch this throw true try typeof undefined var void while yield'
  ).split(' '),
);

const PART =
  /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>'(?:[^'\\\n]|\\.)*'?|"(?:[^"\\\n]|\\.)*"?|`(?:[^`\\]|\\[\s\S])*`?)|(?<number>\b\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?n?\b)|(?<word>[\p{L}_$][\p{L}\p{N}_$]*)/gu;

export const codeTokens = (text: string): Token[] =>
  splitTokens(text, PART, (groups, _, to) => kindOf(groups, text, to));

function kindOf(groups: Readonly<Record<string, string | undefined>>, text: string, to: number): TokenKind {
  for (const kind of ['comment', 'string', 'number'] as const) if (groups[kind] !== undefined) return kind;
  if (KEYWORDS.has(groups['word'] ?? '')) return 'keyword';
  return text[to] === '(' ? 'function' : 'other';
}
