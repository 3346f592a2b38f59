/**
 * The further condition of a join over pairs of rows, as generated code: pairs are gathered, and their columns (only those that the
 * condition reads) go through it together.
 */
import type { Batch } from '../../batch/batch.ts';
import { ColumnBuilder } from '../../batch/builder.ts';
import type { Field } from '../../contract/types.ts';
import { fieldsOf } from '../../expressions/index.ts';
import { bothFields } from '../../plan/both-fields.ts';
import { checkedSetting } from '../../plan/check-setting.ts';
import { FusedChain } from '../../runtime/chain/chain.ts';
import { type DeadLetter, RAW_TEXT_MAX } from '../../runtime/contracts.ts';
import { rawRow, rowProblem } from '../../runtime/dead-letters.ts';
import { LEFT, type OutputColumn, RIGHT, type Side } from './plan.ts';
import type { Rows } from './rows.ts';

/** By side, the fields that output and condition read: nothing else need be kept of its rows. */
export function fieldsRead(
  columns: readonly OutputColumn[],
  condition: PairCondition | null,
): readonly [Set<number>, Set<number>] {
  const of = (side: Side): Set<number> => {
    const given = columns.flatMap((column) => (column.side === side ? [column.index] : []));
    return new Set([...given, ...(condition?.read[side] ?? [])]);
  };
  return [of(LEFT), of(RIGHT)];
}

export class PairCondition {
  readonly #fields: readonly Field[];
  /** By field: column of the left side, or of the right one as −1 − column. */
  readonly #sources: Int32Array;
  readonly #builders: readonly ColumnBuilder[];
  readonly #chain: FusedChain;
  readonly #reject: (letters: readonly DeadLetter[]) => void;

  /** @param reject takes the pairs for which the condition fails: they do not meet */
  private constructor(
    text: string,
    left: readonly Field[],
    right: readonly Field[],
    reject: (letters: readonly DeadLetter[]) => void,
  ) {
    const both = bothFields(left, right);
    const used = fieldsOf(checkedSetting(text, both, 'BOOLEAN'));
    this.#fields = used.flatMap((index) => both[index] ?? []);
    this.#sources = Int32Array.from(used, (i) => (i < left.length ? i : left.length - 1 - i));
    this.#builders = this.#fields.map((f) => new ColumnBuilder(f.type, null, 64));
    // Checked again over what it reads: names that were clear among all fields are so among these.
    const condition = checkedSetting(text, this.#fields, 'BOOLEAN');
    this.#chain = new FusedChain(this.#fields, [{ kind: 'filter', condition }]);
    this.#reject = reject;
  }

  /** Null where there is no further condition. */
  static of(
    text: string | undefined,
    [left, right]: readonly [readonly Field[], readonly Field[]],
    reject: (letters: readonly DeadLetter[]) => void,
  ): PairCondition | null {
    return text === undefined ? null : new PairCondition(text, left, right, reject);
  }

  /** The fields that it reads, by side. */
  get read(): readonly [readonly number[], readonly number[]] {
    const all = [...this.#sources];
    return [all.filter((from) => from >= 0), all.filter((from) => from < 0).map((from) => -1 - from)];
  }

  /** The pairs that hold, as ascending positions of the arrays; null: all of them. */
  holding(left: Rows, lefts: Int32Array, right: Rows, rights: Int32Array, count: number): Batch {
    for (let c = 0; c < this.#builders.length; c++) {
      const builder = this.#builders[c] as ColumnBuilder;
      const from = this.#sources[c] as number;
      if (from >= 0) left.gather(lefts, count, from, builder);
      else right.gather(rights, count, -1 - from, builder);
    }
    const { batch, failed } = this.#chain.process({
      length: count,
      count,
      columns: this.#builders.map((b) => b.take()),
      selection: null,
      times: null,
      watermarks: null,
      changes: null,
      ingestedAt: 0,
    });
    if (failed.length > 0) {
      const names = this.#fields.map((f) => f.name);
      this.#reject(
        failed.map(({ error, values }) => ({
          problem: rowProblem(error),
          raw: rawRow(names, values).slice(0, RAW_TEXT_MAX),
        })),
      );
    }
    return batch;
  }
}
