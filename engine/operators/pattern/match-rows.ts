/** The rows of a complete match by variable, for its measures. */
import type { Value } from '../../batch/column.ts';
import type { RowStore } from '../../state/row-store.ts';
import { accumulate, emptyAccumulator, resultOf } from './aggregates.ts';
import { ALL_ROWS, type Reference } from './language/references.ts';
import { NO_NODE, type Paths } from './paths.ts';

export class MatchRows {
  readonly #rows: RowStore;
  readonly #all: number[] = [];
  readonly #byVariable: number[][];
  readonly #classifier: string;

  /** @param node of the match's last row */
  constructor(paths: Paths, node: number, variables: readonly string[], rows: RowStore) {
    this.#rows = rows;
    this.#byVariable = variables.map(() => []);
    for (let at = node; at !== NO_NODE; at = paths.previous[at] as number) {
      const row = paths.rows[at] as number;
      this.#all.push(row);
      this.#byVariable[paths.variables[at] as number]?.push(row);
    }
    this.#all.reverse();
    for (const own of this.#byVariable) own.reverse();
    this.#classifier = variables[paths.variables[node] as number] ?? '';
  }

  /** In the order of the match. */
  of(variable: number): readonly number[] {
    return variable === ALL_ROWS ? this.#all : (this.#byVariable[variable] ?? []);
  }

  get lastRow(): number {
    return this.#all[this.#all.length - 1] as number;
  }

  cell(cell: Reference): Value {
    switch (cell.kind) {
      case 'row': {
        const rows = this.of(cell.variable);
        const row = rows[cell.from === 'first' ? cell.offset : rows.length - 1 - cell.offset];
        return row === undefined ? null : this.#rows.value(row, cell.column);
      }
      case 'aggregate': {
        const state = emptyAccumulator();
        for (const row of this.of(cell.variable))
          accumulate(
            state,
            cell.fn,
            cell.argument,
            cell.column === null ? null : this.#rows.value(row, cell.column),
          );
        return resultOf(state, cell.fn, cell.argument, cell.type);
      }
      case 'classifier':
        return this.#classifier;
      case 'time':
        return this.#rows.time(this.lastRow);
    }
  }
}
