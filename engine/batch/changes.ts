/** What a row of an updating stream does to its table; names and order as Flink's RowKind. */
export const INSERT = 0;
export const UPDATE_BEFORE = 1;
export const UPDATE_AFTER = 2;
export const DELETE = 3;

export type Change = 0 | 1 | 2 | 3;

/** By change: how it is written, in the studio and by changelog encodings. */
export const CHANGE_NAMES = ['+I', '-U', '+U', '-D'] as const;
export type ChangeName = (typeof CHANGE_NAMES)[number];

/** Whether the row adds to the table (insert, update-after) rather than takes away. */
export const adds = (change: number): boolean => change === INSERT || change === UPDATE_AFTER;
