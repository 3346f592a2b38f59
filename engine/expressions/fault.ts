/** What the check throws and makes. */
import { type Problem, type ProblemCode, problem, type TextSpan } from '../contract/problems.ts';
import { type DataType, printType } from '../contract/types.ts';
import type { Value } from '../contract/values.ts';
import type { Checked, CheckedCall } from './api.ts';

/** Ends the check at the first fault; caught in `checkExpression`. */
export class Fault extends Error {
  readonly problem: Problem;
  constructor(
    code: ProblemCode,
    span: TextSpan,
    message: string,
    details: { value?: string; expected?: string; next?: string } = {},
  ) {
    super(message);
    this.problem = problem(code, { path: [], message, span, next: 'Correct the marked part.', ...details });
  }
}

export const isNull = (e: Checked): boolean => e.kind === 'literal' && e.value === null;
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
