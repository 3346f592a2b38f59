/** What a function says of itself. */
import type { DataType } from '../../contract/types.ts';
import type { Value } from '../../contract/values.ts';

export type { Value } from '../../contract/values.ts';

export type FunctionGroup = 'number' | 'string' | 'time' | 'array' | 'json' | 'condition';

// biome-ignore lint/suspicious/noExplicitAny: each function takes the types that its `result` lets through
export type Implementation = (...args: any[]) => Value;

/** What is known of a call before its first record. */
export interface Binding {
  readonly args: readonly DataType[];
  readonly result: DataType;
  /** As for `result` of the spec. */
  readonly literals: readonly (Value | undefined)[];
  /** Whether BIGINTs may be bigints. */
  readonly wide: boolean;
}

export interface FunctionSpec {
  readonly name: string;
  readonly group: FunctionGroup;
  /** As the reference shows it: `ROUND(x [, digits])`. */
  readonly signature: string;
  /** One line. */
  readonly reference: string;
  /** Run by a test. The result is written as `plainValue` does. */
  readonly example: { readonly text: string; readonly result: unknown };
  /** Where Flink SQL and Spark differ, or we from them. */
  readonly note?: string;
  readonly args: readonly [least: number, most: number];
  /**
   * The type of the result; null where the arguments do not fit. `literals` has the values of arguments that are
   * written out, undefined for the others.
   */
  result(args: readonly DataType[], literals: readonly (Value | undefined)[]): DataType | null;
  /** What is wrong with an argument that is written out: `at` says which. Told at the check, not at the first record. */
  fault?(
    literals: readonly (Value | undefined)[],
  ): { readonly at: number; readonly message: string; readonly expected: string } | null;
  /** What arguments are brought to before the call: DECIMAL to DOUBLE, or all to the type that they have in common. */
  readonly coerce?: 'double' | 'common';
  /**
   * The value for arguments that are all not NULL. Throws a RowError. A BIGINT argument is a number unless `exact`, which
   * takes bigints beyond 2^53 as well.
   */
  readonly call: Implementation;
  readonly exact?: boolean;
  /** Replaces `call` where what it does depends on the types. */
  bind?(call: Binding): Implementation | null;
  /** `call` takes NULLs too, as null. */
  readonly takesNull?: boolean;
  /** May give NULL although no argument is. */
  readonly canBeNull?: boolean;
  /** JavaScript for the call of numbers, where that is as good as the call itself. */
  inline?(code: readonly string[]): string;
}
