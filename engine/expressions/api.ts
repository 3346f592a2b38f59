/**
 * What the rest of Weir uses of the expression language. Text → checked tree → generated code (or interpretation).
 * Pure: also the studio checks and highlights with it.
 */
import type { Problem, TextSpan } from '../contract/problems.ts';
import type { DataType } from '../contract/types.ts';
import type { Value } from '../contract/values.ts';

/** A checked expression: every node typed, every name resolved to a field's index, every function to its spec. */
export type Checked = CheckedLiteral | CheckedField | CheckedCall;

interface CheckedBase {
  readonly type: DataType;
  readonly nullable: boolean;
  readonly span: TextSpan;
}
export interface CheckedLiteral extends CheckedBase {
  readonly kind: 'literal';
  readonly value: Value;
  /** What a DOUBLE written as `0.908` is exactly, for its use beside a DECIMAL (docs/decisions/0006). */
  readonly exact?: { readonly unscaled: bigint; readonly type: DataType };
}
export interface CheckedField extends CheckedBase {
  readonly kind: 'field';
  readonly index: number;
  readonly name: string;
}
/** Operators, CASE, CAST, … are calls of named functions too. */
export interface CheckedCall extends CheckedBase {
  readonly kind: 'call';
  readonly fn: string;
  readonly args: readonly Checked[];
}

export interface CheckOptions {
  /** The type that is needed (a filter's BOOLEAN); null takes any. */
  readonly expects?: DataType['kind'] | null;
}

export type CheckResult =
  | { readonly ok: true; readonly expression: Checked }
  /** `path` is empty; `span` says where in the text. */
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Code for one expression, to be placed inside a loop over rows.
 * `value` and `isNull` are JavaScript expressions that may be used once or more, after `statements` ran for the row.
 * They mention only: `i` (the row's position), `c0 v0 t0 …` (values, validity and string table of column 0, as the
 * caller declared them), constants `k[n]`, and runtime helpers `f.name(…)`.
 */
export interface Emitted {
  readonly statements: readonly string[];
  readonly value: string;
  /** `'false'` where it can never be NULL. */
  readonly isNull: string;
}

/** What generated code is made with. */
export interface Emitter {
  /**
   * Whether BIGINTs may be bigints beyond 2^53. Narrow code, where they are doubles, throws `WideNeeded` at the first result
   * that a double does not hold; it must not be run over columns that have such values.
   */
  readonly wide: boolean;
  /** A name for a value that stays the same for all rows. */
  constant(value: unknown): string;
  /** Names of a column's values, validity (null: never NULL) and string table. */
  column(index: number): {
    readonly values: string;
    readonly validity: string | null;
    readonly table: string;
  };
  /** A fresh local name. */
  temp(): string;
}
