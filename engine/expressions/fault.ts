/** What the check throws and makes. */
import { type Problem, type ProblemCode, problem, type TextSpan } from '../contract/problems.ts';
import { type DataType, printType } from '../contract/types.ts';
import type { Value } from '../contract/values.ts';
import type { Checked, CheckedCall } from './api.ts';

/** What is wrong with a part of an expression; caught in `checkExpression`. */
export class Fault extends Error {
  readonly problems: readonly Problem[];
  constructor(
    code: ProblemCode,
    span: TextSpan,
    message: string,
    details: { value?: string; expected?: string; next?: string } = {},
  ) {
    super(message);
    this.problems = [
      problem(code, { path: [], message, span, next: 'Correct the marked part.', ...details }),
    ];
  }
}

/** Several parts are wrong. */
export class Faults extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super('several faults');
    this.problems = problems;
  }
}

/** Parts that do not depend on each other are all looked at, so that a person sees all faults at once. */
export function each<T, R>(parts: readonly T[], look: (part: T) => R): R[] {
  const problems: Problem[] = [];
  const found: R[] = [];
  for (const part of parts) {
    try {
      found.push(look(part));
    } catch (error) {
      if (!(error instanceof Fault || error instanceof Faults)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new Faults(problems);
  return found;
}

export const isNull = (e: Checked): boolean => e.kind === 'literal' && e.value === null;
/** A NULL without a type of its own, which is held as STRING; CAST(NULL AS INT) has one. */
export const isBareNull = (e: Checked): boolean => isNull(e) && e.type.kind === 'STRING';
export const literal = (value: Value, type: DataType, span: TextSpan): Checked => ({
  kind: 'literal',
  value,
  type,
  nullable: value === null,
  span,
});
export const call = (
  fn: string,
  type: DataType,
  args: readonly Checked[],
  span: TextSpan,
  nullable = args.some((a) => a.nullable),
): CheckedCall => ({ kind: 'call', fn, args, type, nullable, span });

export const misfit = (e: Checked, expected: string): Fault =>
  new Fault('T-TYPE', e.span, `This is ${printType(e.type)}.`, { value: printType(e.type), expected });
