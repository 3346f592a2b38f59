/** Text → syntax tree. Recovers from nothing: any error is told with its place, and ends it. */
import type { SyntaxNode } from '@lezer/common';
import { type Problem, problem, showValue, type TextSpan } from '../contract/problems.ts';
import { parser } from './sql-parser.generated.ts';

export type Syntax = { readonly span: TextSpan } & (
  | { readonly kind: 'number' | 'string' | 'column'; readonly text: string }
  | { readonly kind: 'true' | 'false' | 'null' }
  /** `of.name`: a field of a row, or of one of two inputs. */
  | { readonly kind: 'access'; readonly of: Syntax; readonly name: string }
  /** `of[at]` */
  | { readonly kind: 'index'; readonly of: Syntax; readonly at: Syntax }
  /** `TIMESTAMP '…'`, `INTERVAL '5' MINUTE`, `BOTH 'x'`: a word, a string and perhaps a word. */
  | { readonly kind: 'typed'; readonly word: string; readonly text: string; readonly unit: string | null }
  /** Operators and functions; `form` tells how the arguments were joined. */
  | {
      readonly kind: 'call';
      readonly fn: string;
      readonly form: CallForm;
      readonly args: readonly Syntax[];
      readonly word: string;
      /** What stands behind the arguments: `RETURNING INT NULL ON EMPTY`. */
      readonly tail?: string;
    }
);
export type CallForm =
  | 'operator'
  | 'list'
  | 'from'
  | 'to'
  | 'as'
  | 'star'
  | 'distinct'
  | 'overlay'
  | 'array'
  | 'pairs';

export const EXPRESSION_LENGTH_MAX = 20_000;
/** Each level is a few calls deep in check, interpreter and generated code; a stack bears ten times as much. */
const DEPTH_MAX = 500;

export type ParseResult =
  | { readonly ok: true; readonly syntax: Syntax }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function parseExpression(text: string): ParseResult {
  if (text.trim() === '')
    return refuse(text, { from: 0, to: text.length }, 'The expression is empty.', 'a SQL expression');
  if (text.length > EXPRESSION_LENGTH_MAX) {
    const span = { from: EXPRESSION_LENGTH_MAX, to: text.length };
    return refuse('', span, 'The expression is too long.', `at most ${EXPRESSION_LENGTH_MAX} characters`);
  }
  const tree = parser.parse(text);
  let fault: TextSpan | null = null;
  tree.iterate({
    enter: (node) => {
      if (node.type.isError) fault ??= { from: node.from, to: node.to };
    },
  });
  if (fault !== null) return refuse(text, fault, faultMessage(text, fault), faultExpectation(text, fault));
  try {
    const top = tree.topNode.firstChild;
    if (top === null) return refuse(text, { from: 0, to: 0 }, 'The expression is empty.', 'a SQL expression');
    return { ok: true, syntax: build(skipComments(top), text, 0) };
  } catch (error) {
    if (error instanceof Refused) return refuse('', error.span, error.message, error.expected);
    throw error;
  }
}

/** What the grammar takes, but no expression may have. */
class Refused extends Error {
  readonly span: TextSpan;
  readonly expected: string;
  constructor(span: TextSpan, message: string, expected: string) {
    super(message);
    this.span = span;
    this.expected = expected;
  }
}

function refuse(text: string, span: TextSpan, message: string, expected: string): ParseResult {
  const value =
    text === '' ? {} : { value: showValue(text.slice(span.from, Math.max(span.to, span.from + 12))) };
  return {
    ok: false,
    problems: [
      problem('T-SYNTAX', {
        path: [],
        message,
        ...value,
        expected,
        next: 'Correct the expression at the marked place.',
        span,
      }),
    ],
  };
}

function faultMessage(text: string, { from }: TextSpan): string {
  if (from >= text.trimEnd().length) return 'The expression ends too early.';
  return text[from] === '"'
    ? 'Double quotes do not start a string in SQL.'
    : `The expression is not SQL from ${showValue(text.slice(from, from + 12))} on.`;
}

function faultExpectation(text: string, { from }: TextSpan): string {
  if (text[from] === '"') return "a string in single quotes: 'ATL'; a field name in backticks";
  const quotes = text.slice(0, from + 1).split("'").length - 1;
  if (quotes % 2 === 1) return 'a closing single quote';
  return from >= text.trimEnd().length
    ? 'a value, or a closing parenthesis'
    : 'an operator or the end; names that are keywords stand in backticks';
}

function skipComments(node: SyntaxNode): SyntaxNode {
  let at = node;
  while (at.name === 'Comment' && at.nextSibling !== null) at = at.nextSibling;
  return at;
}

function build(node: SyntaxNode, text: string, depth: number): Syntax {
  const span = { from: node.from, to: node.to };
  if (depth > DEPTH_MAX)
    throw new Refused(span, 'The expression is nested too deeply.', `at most ${DEPTH_MAX} levels`);
  const source = (n: SyntaxNode): string => text.slice(n.from, n.to);
  const parts = children(node);
  const values = (): Syntax[] =>
    parts
      .flatMap((n) => (n.name === 'List' ? children(n) : [n]))
      .filter(isValue)
      .map((n) => build(n, text, depth + 1));
  const words = parts.filter((n) => n.name === 'Keyword').map((n) => source(n).toLowerCase());
  const operator = (fn: string, args: readonly Syntax[] = values(), word = ''): Syntax => ({
    kind: 'call',
    fn,
    form: 'operator',
    args,
    word,
    span,
  });
  switch (node.name) {
    case 'Number':
      return { kind: 'number', text: source(node), span };
    case 'String':
      return { kind: 'string', text: unquote(source(node)), span };
    case 'True':
    case 'False':
    case 'Null':
      return { kind: node.name.toLowerCase() as 'true' | 'false' | 'null', span };
    case 'Column':
      return { kind: 'column', text: unquote(source(node)), span };
    case 'Paren':
      return build(parts.filter(isValue)[0] ?? node, text, depth + 1);
    case 'Access': {
      const [of] = parts;
      const name = parts.find((n) => n.name === 'Part');
      if (of === undefined || name === undefined) throw new Error('access');
      return { kind: 'access', of: build(of, text, depth + 1), name: unquote(source(name)), span };
    }
    case 'Index':
      return buildIndex(node, values(), text, span);
    case 'Typed': {
      const [word, literal] = parts.map(source);
      const unit = parts[2] === undefined ? null : text.slice(parts[2].from, node.to);
      return {
        kind: 'typed',
        word: (word ?? '').toUpperCase(),
        text: unquote(literal ?? ''),
        unit: unit?.toUpperCase() ?? null,
        span,
      };
    }
    case 'Or':
    case 'And':
    case 'Not':
      return operator(node.name.toLowerCase());
    case 'Compare':
    case 'Add':
    case 'Multiply': {
      const sign = source(parts.find((n) => n.name.endsWith('Op')) ?? node);
      return operator(sign === '!=' ? '<>' : sign);
    }
    case 'Negate':
      return source(parts[0] ?? node) === '-' ? operator('neg') : (values()[0] ?? operator('neg'));
    case 'Is':
      return negated(operator(`is-${words[words.length - 1] ?? 'null'}`), words);
    case 'IsJson': {
      const last = parts[parts.length - 1];
      const word = last?.name === 'Name' ? source(last).toUpperCase() : 'VALUE';
      return negated(operator('is-json', values(), word), words);
    }
    case 'IsDistinct':
      return negated(operator('is-distinct'), words);
    case 'In':
      return negated(operator('in'), words);
    case 'Between':
      return negated(operator('between'), words);
    case 'Like':
      return negated(operator('like'), words);
    case 'Case':
      return buildCase(parts, text, depth, span);
    case 'Call':
      return buildCall(parts, text, depth, span);
    default:
      throw new Error(`unknown syntax ${node.name}`);
  }
}

const negated = (syntax: Syntax, words: readonly string[]): Syntax =>
  words.includes('not')
    ? { kind: 'call', fn: 'not', form: 'operator', args: [syntax], word: '', span: syntax.span }
    : syntax;

/**
 * `case`: condition, value, condition, value, …, else. `case-of` has its operand before these, once: written out into each
 * condition, nested ones would double at every level.
 */
function buildCase(parts: readonly SyntaxNode[], text: string, depth: number, span: TextSpan): Syntax {
  const operand = parts.find((n) => isValue(n));
  const args: Syntax[] = operand === undefined ? [] : [build(operand, text, depth + 1)];
  for (const part of parts.filter((n) => n.name === 'When')) {
    const [when, then] = children(part).filter(isValue);
    if (when === undefined || then === undefined) continue;
    args.push(build(when, text, depth + 1), build(then, text, depth + 1));
  }
  const otherwise = parts.find((n) => n.name === 'Else');
  const value = otherwise === undefined ? undefined : children(otherwise).find(isValue);
  args.push(value === undefined ? { kind: 'null', span } : build(value, text, depth + 1));
  return {
    kind: 'call',
    fn: operand === undefined ? 'case' : 'case-of',
    form: 'operator',
    args,
    word: '',
    span,
  };
}

/** `ARRAY[1, 2]` makes an array, anything else before the brackets is one. */
function buildIndex(node: SyntaxNode, values: readonly Syntax[], text: string, span: TextSpan): Syntax {
  const [of, at] = values;
  if (of === undefined) throw new Error('index');
  const head = text.slice(node.from, of.span.to);
  if (of.kind === 'column' && head.toUpperCase() === 'ARRAY')
    return { kind: 'call', fn: 'ARRAY', form: 'array', args: values.slice(1), word: '', span };
  if (at === undefined || values.length > 2)
    throw new Refused({ from: of.span.to, to: span.to }, 'An array is looked into by one number.', 'a[1]');
  return { kind: 'index', of, at, span };
}

function buildCall(parts: readonly SyntaxNode[], text: string, depth: number, span: TextSpan): Syntax {
  const [name] = parts;
  const fn = name === undefined ? '' : text.slice(name.from, name.to).toUpperCase();
  const inner = parts.find((n) => ['From', 'To', 'As', 'Star', 'Distinct', 'Overlay'].includes(n.name));
  const list = (nodes: readonly SyntaxNode[]): Syntax[] =>
    nodes.filter(isValue).map((n) => build(n, text, depth + 1));
  if (inner === undefined) {
    const pairs = parts.filter((n) => n.name === 'Pair');
    const end = parts.find((n) => n.name === 'Tail');
    const tail = end === undefined ? {} : { tail: text.slice(end.from, end.to) };
    const args = pairs.length > 0 ? pairs.flatMap((n) => list(children(n))) : list(parts.slice(1));
    return { kind: 'call', fn, form: pairs.length > 0 ? 'pairs' : 'list', args, word: '', span, ...tail };
  }
  const below = children(inner);
  const form = inner.name.toLowerCase() as CallForm;
  const wordNode = below.find((n) => n.name === 'TypeName' || n.name === 'Name');
  const word = wordNode === undefined ? '' : text.slice(wordNode.from, wordNode.to);
  const extra = below.find((n) => n.name === 'For');
  const args = [...list(below), ...(extra === undefined ? [] : list(children(extra)))];
  return { kind: 'call', fn, form, args, word, span };
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let at = node.firstChild; at !== null; at = at.nextSibling) if (at.name !== 'Comment') found.push(at);
  return found;
}

const VALUES = new Set([
  'Access',
  'Index',
  'IsJson',
  'Number',
  'String',
  'True',
  'False',
  'Null',
  'Column',
  'Paren',
  'Typed',
  'Or',
  'And',
  'Not',
  'Compare',
  'Add',
  'Multiply',
  'Negate',
  'Is',
  'IsDistinct',
  'In',
  'Between',
  'Like',
  'Case',
  'Call',
]);
const isValue = (node: SyntaxNode): boolean => VALUES.has(node.name);

/** Takes the quotes off a string or name; doubled ones inside are one. */
function unquote(text: string): string {
  const quote = text[0];
  if (quote !== "'" && quote !== '`') return text;
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}
