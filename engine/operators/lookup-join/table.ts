/** The table that is looked up: built once, then only read. */
import type { Batch } from '../../batch/batch.ts';
import { position } from '../../batch/batch.ts';
import { BatchBuilder } from '../../batch/builder.ts';
import { rowValues } from '../../connectors/generator/plan.ts';
import type { EdgeSchema } from '../../contract/types.ts';
import { JoinKeys } from '../joins/keys.ts';
import { LEFT, type PlannedJoin, RIGHT } from '../joins/plan.ts';
import { JoinSide } from '../joins/side.ts';
import { type LookupJoinConfig, tableSchema } from './spec.ts';

export class LookupTable {
  readonly #keys: JoinKeys;
  readonly #side: JoinSide;

  constructor(config: LookupJoinConfig, plan: PlannedJoin, left: EdgeSchema) {
    const schema = tableSchema(config);
    this.#keys = new JoinKeys(plan.keys, left, schema);
    this.#side = new JoinSide(schema.fields);
  }

  get rows(): JoinSide['rows'] {
    return this.#side.rows;
  }
  get chains(): JoinSide['chains'] {
    return this.#side.chains;
  }
  get bytes(): number {
    return this.#keys.bytes + this.#side.bytes;
  }

  /** Whether no key has more than one row. */
  get isUnique(): boolean {
    return this.#side.chains.liveKeys === this.#side.rows.size;
  }

  add(batch: Batch): void {
    const keys = this.#keys.resolve(batch, RIGHT);
    for (let k = 0; k < batch.count; k++) {
      const i = position(batch, k);
      const key = keys[i] as number;
      if (!this.#keys.meetsNothing(key)) this.#side.append(batch, i, key);
    }
  }

  /** By position of the batch, the key that `chains` goes by; valid until the next call. */
  lookUp(batch: Batch): Int32Array {
    // The stream's own keys are given numbers too: those that the table lacks are forgotten from time to time.
    this.#keys.compact(this.#side.chains);
    return this.#keys.resolve(batch, LEFT);
  }
}

/** The table that the settings hold; empty where it is a file. */
export function writtenTable(config: LookupJoinConfig, plan: PlannedJoin, left: EdgeSchema): LookupTable {
  const table = new LookupTable(config, plan, left);
  if (config.table.kind !== 'rows') return table;
  const builder = new BatchBuilder(tableSchema(config).fields);
  for (const row of rowValues(config.table)) builder.push(row);
  if (builder.length > 0) table.add(builder.take(0));
  return table;
}
