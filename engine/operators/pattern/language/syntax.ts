/** Pattern text → tree. Pure; any error is told with its place. */
import type { SyntaxNode } from '@lezer/common';
import { type Problem, problem, showValue, type TextSpan } from '../../../contract/problems.ts';
import { parser } from './pattern-parser.generated.ts';

export type PatternNode = { readonly span: TextSpan } & (
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'sequence' | 'alternative'; readonly items: readonly PatternNode[] }
  | {
      readonly kind: 'repeat';
      readonly item: PatternNode;
      readonly min: number;
      /** Infinity: without end. */
      readonly max: number;
      readonly reluctant: boolean;
    }
);

export const PATTERN_LENGTH_MAX = 4000;
/** Rows that one quantifier may count. */
const COUNT_MAX = 1000;
const DEPTH_MAX = 100;

export type ParsedPattern =
  | { readonly ok: true; readonly pattern: PatternNode }
  | { readonly ok: false; readonly problem: Problem };

/** Ends the reading at the first fault. */
export class PatternFault extends Error {
  readonly problem: Problem;
  constructor(span: TextSpan, message: string, details: { value?: string; expected: string; next?: string }) {
    super(message);
    this.problem = problem('T-SYNTAX', {
      path: [],
      message,
      span,
      next: 'Correct the marked part of the pattern.',
      ...details,
    });
  }
}

export function parsePattern(text: string): ParsedPattern {
  try {
    return { ok: true, pattern: read(text) };
  } catch (error) {
    if (error instanceof PatternFault) return { ok: false, problem: error.problem };
    throw error;
  }
}

function read(text: string): PatternNode {
  if (text.length > PATTERN_LENGTH_MAX) {
    throw new PatternFault({ from: PATTERN_LENGTH_MAX, to: text.length }, 'The pattern is too long.', {
      expected: `at most ${PATTERN_LENGTH_MAX} characters`,
    });
  }
  const tree = parser.parse(text);
  let fault: TextSpan | null = null;
  tree.iterate({
    enter: (node) => {
      if (node.type.isError) fault ??= { from: node.from, to: node.to };
    },
  });
  const [top] = children(tree.topNode);
  if (top === undefined || fault !== null) throw syntaxFault(text, fault ?? { from: 0, to: text.length });
  return build(top, text, 0);
}

/** Forms of the SQL standard that neither Flink nor Weir has, by how they begin. */
const UNSUPPORTED: readonly (readonly [string, string])[] = [
  ['^', 'Anchors make no sense in a stream, which has no end.'],
  ['$', 'Anchors make no sense in a stream, which has no end.'],
  ['{-', 'Exclusion only changes ALL ROWS PER MATCH, and a match gives one row.'],
];

function syntaxFault(text: string, span: TextSpan): PatternFault {
  if (text.trim() === '')
    return new PatternFault(span, 'The pattern is empty.', { expected: 'variables, such as A B* C' });
  const rest = text.slice(span.from);
  // What is not known may have begun one character earlier: `{` alone is.
  const known = UNSUPPORTED.find(
    ([start]) => rest.startsWith(start) || text.slice(span.from - 1).startsWith(start),
  );
  if (/\bpermute\s*\(/i.test(text)) return permuteFault(text);
  if (known !== undefined)
    return new PatternFault(span, `This is not supported. ${known[1]}`, {
      value: showValue(known[0]),
      expected: 'variables with quantifiers',
    });
  if (rest.trim() === '')
    return new PatternFault(span, 'The pattern ends too early.', {
      expected: 'a variable, or a closing ) or }',
    });
  return new PatternFault(span, `The pattern is not understood from ${showValue(rest.slice(0, 12))} on.`, {
    value: showValue(rest.slice(0, 12)),
    expected: 'variables with *, +, ?, {n}, {n,}, {n,m} or {,m}, groups in ( ), and |',
  });
}

function build(node: SyntaxNode, text: string, depth: number): PatternNode {
  const span = { from: node.from, to: node.to };
  if (depth > DEPTH_MAX)
    throw new PatternFault(span, 'The pattern is nested too deeply.', {
      expected: `at most ${DEPTH_MAX} levels`,
    });
  const parts = children(node);
  const inner = (): PatternNode[] => parts.map((part) => build(part, text, depth + 1));
  switch (node.name) {
    case 'Variable':
      return { kind: 'variable', name: unquote(text.slice(node.from, node.to)), span };
    case 'Group':
      return build(parts[0] as SyntaxNode, text, depth + 1);
    case 'Sequence':
      if (parts.some((part, i) => isPermute(part, text) && parts[i + 1]?.name === 'Group'))
        throw permuteFault(text);
      return { kind: 'sequence', items: inner(), span };
    case 'Alternative':
      return { kind: 'alternative', items: inner(), span };
    case 'Repeat': {
      const [item, quantifier] = parts as [SyntaxNode, SyntaxNode];
      return {
        kind: 'repeat',
        item: build(item, text, depth + 1),
        ...readQuantifier(quantifier, text),
        span,
      };
    }
    default:
      throw new Error(`unknown syntax ${node.name}`);
  }
}

/** `PERMUTE(A, B)` does not parse, for its comma; `PERMUTE(A)` does. */
function permuteFault(text: string): PatternFault {
  const from = text.search(/permute/i);
  return new PatternFault({ from, to: from + 7 }, 'PERMUTE is not supported.', {
    value: text.slice(from, from + 7),
    expected: 'the orders written out: A B | B A',
  });
}

function readQuantifier(node: SyntaxNode, text: string): { min: number; max: number; reluctant: boolean } {
  const [kind, reluctant] = children(node);
  const marked = { reluctant: reluctant !== undefined };
  switch (kind?.name) {
    case 'Star':
      return { min: 0, max: Infinity, ...marked };
    case 'Plus':
      return { min: 1, max: Infinity, ...marked };
    case 'Option':
      return { min: 0, max: 1, ...marked };
    default:
      return { ...readRange(kind as SyntaxNode, text), ...marked };
  }
}

/** `{n}`, `{n,}`, `{n,m}` and `{,m}`: the rules of Flink's page for n and m. */
function readRange(node: SyntaxNode, text: string): { min: number; max: number } {
  const parts = children(node);
  const comma = parts.findIndex((part) => part.name === 'Comma');
  const count = (part: SyntaxNode | undefined): number | null =>
    part?.name === 'Count' ? Number(text.slice(part.from, part.to)) : null;
  const first = count(parts[0]);
  const last = count(parts[parts.length - 1]);
  const min = comma === 0 ? 0 : first;
  const max = comma < 0 ? first : comma === parts.length - 1 ? Infinity : last;
  const counted = [min, max].filter((n) => n !== null && n !== Infinity) as number[];
  const wrong =
    min === null || max === null || (comma === 0 && parts.length === 1)
      ? 'a number of rows'
      : max === 0
        ? 'at least one row'
        : max < min
          ? 'a second number that is not below the first'
          : counted.some((n) => n > COUNT_MAX)
            ? `at most ${COUNT_MAX}`
            : null;
  if (wrong !== null)
    throw new PatternFault({ from: node.from, to: node.to }, 'The quantifier counts what cannot be.', {
      value: text.slice(node.from, node.to),
      expected: wrong,
    });
  return { min: min as number, max: max as number };
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let at = node.firstChild; at !== null; at = at.nextSibling)
    if (/^[A-Z]/.test(at.name) && at.name !== 'Comment') found.push(at);
  return found;
}

const isPermute = (node: SyntaxNode, text: string): boolean =>
  text.slice(node.from, node.to).toUpperCase() === 'PERMUTE';

const unquote = (text: string): string =>
  text.startsWith('`') ? text.slice(1, -1).replaceAll('``', '`') : text;
