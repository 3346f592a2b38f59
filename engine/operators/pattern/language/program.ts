/**
 * A pattern's tree as a program for the matcher, and what can be said of it without running. The program is the automaton of
 * Flink's NFACompiler for strict contiguity (`next`, `consecutive`), with groups and alternatives added.
 */
import type { TextSpan } from '../../../contract/problems.ts';
import { PatternFault, type PatternNode } from './syntax.ts';

export type Instruction =
  /** The next row must fit the variable. */
  | { readonly op: 'take'; readonly variable: number; readonly next: number }
  /**
   * Both ways are open, the first preferred. Possessive: the second only where the row cannot be taken by the first, which is what
   * Flink does for a greedy quantifier: a row that can be another A is never given to what follows A+.
   */
  | { readonly op: 'split'; readonly first: number; readonly second: number; readonly possessive: boolean }
  | { readonly op: 'match' };

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
  /** By instruction: whether the pattern may be over before it, without a further row. */
  readonly accepts: readonly boolean[];
}

/** Counted quantifiers are written out: {1000} of a group of ten is ten thousand instructions. */
const INSTRUCTIONS_MAX = 4096;

/** @throws PatternFault where the pattern is larger than `INSTRUCTIONS_MAX` */
export function compilePattern(pattern: PatternNode, variables: readonly string[]): Program {
  const instructions: Instruction[] = [{ op: 'match' }];
  const add = (instruction: Instruction): number => {
    if (instructions.length >= INSTRUCTIONS_MAX)
      throw new PatternFault(pattern.span, 'The pattern is too large with its quantifiers written out.', {
        expected: `at most ${INSTRUCTIONS_MAX} steps`,
        next: 'Count fewer rows, or use + and *.',
      });
    return instructions.push(instruction) - 1;
  };

  function compile(node: PatternNode, next: number): number {
    switch (node.kind) {
      case 'variable':
        return add({ op: 'take', variable: variables.indexOf(node.name), next });
      case 'sequence':
        return node.items.reduceRight((after, item) => compile(item, after), next);
      case 'alternative':
        return node.items
          .map((item) => compile(item, next))
          .reduceRight((second, first) => add({ op: 'split', first, second, possessive: false }));
      case 'repeat':
        return repeat(node, next);
    }
  }

  function repeat(node: PatternNode & { kind: 'repeat' }, next: number): number {
    const { item, min, max, reluctant } = node;
    const split = (body: number): Instruction =>
      reluctant
        ? { op: 'split', first: next, second: body, possessive: false }
        : // Flink leaves both ways open for a single optional row.
          { op: 'split', first: body, second: next, possessive: min > 0 || max > 1 };
    let entry = next;
    let copies = min;
    if (max === Infinity) {
      const loop = add({ op: 'match' });
      const body = compile(item, loop);
      instructions[loop] = split(body);
      entry = loop;
      if (copies > 0) {
        entry = body;
        copies--;
      }
    } else {
      for (let n = min; n < max; n++) entry = add(split(compile(item, entry)));
    }
    for (let n = 0; n < copies; n++) entry = compile(item, entry);
    return entry;
  }

  const start = compile(pattern, 0);
  return { instructions, start, accepts: acceptsOf(instructions) };
}

function acceptsOf(instructions: readonly Instruction[]): boolean[] {
  const accepts = instructions.map((instruction) => instruction.op === 'match');
  for (let changed = true; changed; ) {
    changed = false;
    instructions.forEach((instruction, pc) => {
      if (instruction.op !== 'split' || accepts[pc] === true) return;
      if (accepts[instruction.first] === true || accepts[instruction.second] === true) {
        accepts[pc] = true;
        changed = true;
      }
    });
  }
  return accepts;
}

/** Names of the pattern's variables, in the order in which they first appear. */
export function variablesOf(node: PatternNode): string[] {
  const found = new Set<string>();
  visit(node, (inner) => {
    if (inner.kind === 'variable') found.add(inner.name);
  });
  return [...found];
}

function visit(node: PatternNode, see: (node: PatternNode) => void): void {
  see(node);
  if (node.kind === 'repeat') visit(node.item, see);
  else if (node.kind !== 'variable') for (const item of node.items) visit(item, see);
}

/** Whether it can match no row at all. */
export function isNullable(node: PatternNode): boolean {
  switch (node.kind) {
    case 'variable':
      return false;
    case 'sequence':
      return node.items.every(isNullable);
    case 'alternative':
      return node.items.some(isNullable);
    case 'repeat':
      return node.min === 0 || isNullable(node.item);
  }
}

/** A quantifier without end over what can be empty, which would go round without a row. */
export function emptyLoop(node: PatternNode): TextSpan | null {
  let found: TextSpan | null = null;
  visit(node, (inner) => {
    if (inner.kind === 'repeat' && inner.max === Infinity && isNullable(inner.item)) found ??= inner.span;
  });
  return found;
}

/** A greedy quantifier that may be the last of the pattern: it would wait for a row that is not its own, for ever. */
export function greedyEnd(node: PatternNode): TextSpan | null {
  switch (node.kind) {
    case 'variable':
      return null;
    case 'sequence':
      for (const item of node.items.toReversed()) {
        const found = greedyEnd(item);
        if (found !== null || !isNullable(item)) return found;
      }
      return null;
    case 'alternative':
      return node.items.map(greedyEnd).find((found) => found !== null) ?? null;
    case 'repeat':
      return !node.reluctant && node.min !== node.max ? node.span : greedyEnd(node.item);
  }
}

/** Variables that have rows in every match. */
export function alwaysMatched(node: PatternNode): ReadonlySet<string> {
  switch (node.kind) {
    case 'variable':
      return new Set([node.name]);
    case 'sequence':
      return new Set(node.items.flatMap((item) => [...alwaysMatched(item)]));
    case 'alternative': {
      const [first, ...others] = node.items.map(alwaysMatched);
      return new Set([...(first ?? [])].filter((name) => others.every((other) => other.has(name))));
    }
    case 'repeat':
      return node.min === 0 ? new Set() : alwaysMatched(node.item);
  }
}

/** Variables that the first row of a match can be mapped to. */
export function firstVariables(node: PatternNode): ReadonlySet<string> {
  switch (node.kind) {
    case 'variable':
      return new Set([node.name]);
    case 'alternative':
      return new Set(node.items.flatMap((item) => [...firstVariables(item)]));
    case 'repeat':
      return firstVariables(node.item);
    case 'sequence': {
      const until = node.items.findIndex((item) => !isNullable(item));
      const heads = node.items.slice(0, until < 0 ? undefined : until + 1);
      return new Set(heads.flatMap((item) => [...firstVariables(item)]));
    }
  }
}

/** The most rows that one match can map to the variable. */
export function rowsAtMost(node: PatternNode, name: string): number {
  switch (node.kind) {
    case 'variable':
      return node.name === name ? 1 : 0;
    case 'sequence':
      return node.items.reduce((sum, item) => sum + rowsAtMost(item, name), 0);
    case 'alternative':
      return Math.max(...node.items.map((item) => rowsAtMost(item, name)));
    case 'repeat': {
      const inner = rowsAtMost(node.item, name);
      return inner === 0 ? 0 : inner * node.max;
    }
  }
}

/** What of the pattern MATCH_RECOGNIZE in Flink does not take, though SQL has it: for the export to Flink. */
export function beyondFlink(node: PatternNode): string[] {
  const reasons = new Set<string>();
  const seen = new Set<string>();
  visit(node, (inner) => {
    if (inner.kind === 'alternative') reasons.add('alternatives (|)');
    if (inner.kind === 'repeat' && inner.item.kind !== 'variable') reasons.add('a quantifier on a group');
    if (inner.kind === 'repeat' && inner.reluctant && inner.min === 0 && inner.max === 1)
      reasons.add('the reluctant quantifier ??');
    if (inner.kind !== 'variable') return;
    if (seen.has(inner.name)) reasons.add(`the variable ${inner.name} twice`);
    seen.add(inner.name);
  });
  return [...reasons];
}
