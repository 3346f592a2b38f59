/** What a DEFINE condition or a measure takes from the rows of a match: the cells that its expression is evaluated over. */
import type { DataType } from '../../../contract/types.ts';

export type AggregateName = 'COUNT' | 'SUM' | 'AVG' | 'MIN' | 'MAX';

/** Stands for the default variable `*`: all rows of the match. */
export const ALL_ROWS = -1;

export type AggregateReference = Reference & { readonly kind: 'aggregate' };

export type Reference =
  /** `A.x`, `LAST(A.x, n)`, `FIRST(A.x, n)`: one row of a variable, counted from either end, from 0. NULL where there is none. */
  | {
      readonly kind: 'row';
      /** Index of the variable, or ALL_ROWS. */
      readonly variable: number;
      readonly from: 'first' | 'last';
      readonly offset: number;
      /** Index among the plan's columns. */
      readonly column: number;
    }
  | {
      readonly kind: 'aggregate';
      readonly fn: AggregateName;
      readonly variable: number;
      /** Null: COUNT(*). */
      readonly column: number | null;
      /** Of what is aggregated; null for COUNT(*). */
      readonly argument: DataType | null;
      readonly type: DataType;
      /** In conditions, its index among the aggregates that are kept up to date with every row; −1 in measures. */
      readonly running: number;
    }
  /** The variable that the last row is mapped to. */
  | { readonly kind: 'classifier' }
  /** Event time of the last row. */
  | { readonly kind: 'time' };
