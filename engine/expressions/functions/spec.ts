/** What a function says of itself. */
import type { DataType } from '../../contract/types.ts';
import type { Value } from '../../contract/values.ts';

export type { Value } from '../../contract/values.ts';

export interface FunctionSpec {
  readonly name: string;
  readonly group: 'number' | 'string' | 'time' | 'condition';
  /** As the reference shows it: `ROUND(x [, digits])`. */
  readonly signature: string;
  /** One line. */
  readonly reference: string;
  /** Run by a test. */
  readonly example: { readonly text: string; readonly result: Value };
  /** Where Flink SQL and Spark differ, or we from them. */
  readonly note?: string;
  readonly args: readonly [least: number, most: number];
  /** The type of the result; null where the arguments do not fit. */
  result(args: readonly DataType[]): DataType | null;
  /** The value for arguments that are all not NULL. Throws a RowError. Absent: `special` functions of the emitter. */
  // biome-ignore lint/suspicious/noExplicitAny: each function takes the types that its `result` lets through
  call(...args: any[]): Value;
  /** May give NULL although no argument is. */
  readonly canBeNull?: boolean;
  /** JavaScript for the call, where that is as good as the call itself. */
  inline?(code: readonly string[]): string;
}
