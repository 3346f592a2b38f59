/** Rows as records of a topic. */
import { type Batch, position } from '../../batch/batch.ts';
import { adds, DELETE, INSERT, UPDATE_BEFORE } from '../../batch/changes.ts';
import type { Column } from '../../batch/column.ts';
import type { EdgeSchema, Field } from '../../contract/types.ts';
import { jsonRows } from '../../formats/row-text.ts';
import { bytesOf, plainText, type ValueText, valueText } from '../../formats/sink-value/encode.ts';
import { keyFields } from './plan.ts';
import type { KafkaSinkConfig } from './spec.ts';

/** A record to be written. */
export interface OutRecord {
  readonly key: Buffer | null;
  /** Null: a tombstone. */
  readonly value: Buffer | null;
  /** ms since the epoch; null: when it is written. */
  readonly timestamp: number | null;
  /** Null: by the key. */
  readonly partition: number | null;
  readonly headers: readonly (readonly [string, Buffer | null])[];
}

export class RecordEncoder {
  readonly #value: ValueText;
  readonly #key: ValueText | null;
  readonly #upsert: boolean;
  readonly #headers: readonly { readonly name: string; readonly text: ValueText }[];
  readonly #partition: number;
  readonly #timestamp: number;

  /** @param schemaId of the registry, where the format has one */
  constructor(config: KafkaSinkConfig, input: EdgeSchema, schemaId: number) {
    const { fields, changelog } = input;
    const indexOf = (name: string | undefined): number => fields.findIndex((f) => f.name === name);
    this.#upsert = changelog === 'updating' && config.changes === 'upsert';
    this.#value = recordText(config, input, schemaId);
    this.#key = keyOf(keyFields(config, input), fields);
    this.#headers = config.headers.map(({ name, field }) => ({
      name,
      text: plainText(fields, indexOf(field)),
    }));
    this.#partition = indexOf(config.partition);
    this.#timestamp = indexOf(config.timestamp);
  }

  /** Those of the rows that count, in their order; rows before an update have none where the newest of a key counts. */
  records(batch: Batch): OutRecord[] {
    const { changes } = batch;
    const records: OutRecord[] = [];
    for (let k = 0; k < batch.count; k++) {
      const row = position(batch, k);
      const change = changes?.[row] ?? INSERT;
      if (this.#upsert && change === UPDATE_BEFORE) continue;
      const isDeleted = this.#upsert && change === DELETE;
      records.push({
        key: bytesOf(this.#key?.(batch, row) ?? null),
        value: isDeleted ? null : bytesOf(this.#value(batch, row)),
        timestamp: this.#timeOf(batch, row),
        partition: numberAt(batch.columns[this.#partition], row),
        headers: this.#headers.map(({ name, text }) => [name, bytesOf(text(batch, row))] as const),
      });
    }
    return records;
  }

  #timeOf(batch: Batch, row: number): number | null {
    const own = numberAt(batch.columns[this.#timestamp], row) ?? batch.times?.[row] ?? null;
    // A broker takes no record of before 1970.
    return own !== null && own >= 0 ? Math.floor(own) : null;
  }
}

function numberAt(column: Column | undefined, row: number): number | null {
  if (column?.kind !== 'number' || (column.validity !== null && column.validity[row] === 0)) return null;
  return column.values[row] ?? null;
}

function recordText(
  { format, changes }: KafkaSinkConfig,
  { fields, changelog }: EdgeSchema,
  schemaId: number,
): ValueText {
  if (changelog === 'updating' && changes === 'debezium') {
    const object = jsonRows(fields);
    // As the file sink, and Flink's debezium-json, write it.
    return (batch, row) =>
      adds(batch.changes?.[row] ?? INSERT)
        ? `{"before":null,"after":${object(batch, row)},"op":"c"}`
        : `{"before":${object(batch, row)},"after":null,"op":"d"}`;
  }
  return valueText(format, fields, schemaId);
}

/** One field is its text, several are a JSON object of them. */
function keyOf(names: readonly string[], fields: readonly Field[]): ValueText | null {
  const at = names.map((name) => fields.findIndex((f) => f.name === name));
  const [first] = at;
  if (first === undefined) return null;
  if (at.length === 1) return plainText(fields, first);
  const object = jsonRows(at.map((c) => fields[c] as Field));
  return (batch, row) => object({ ...batch, columns: at.map((c) => batch.columns[c] as Column) }, row);
}
