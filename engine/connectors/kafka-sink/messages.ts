/** Rows as records of a topic. */
import { type Batch, position } from '../../batch/batch.ts';
import { adds, DELETE, INSERT, UPDATE_BEFORE } from '../../batch/changes.ts';
import { type Column, valueAt } from '../../batch/column.ts';
import type { EdgeSchema, Field } from '../../contract/types.ts';
import { jsonText } from '../../contract/value-text.ts';
import { csvCell, jsonRows } from '../../formats/row-text.ts';
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

type ValueText = (batch: Batch, row: number) => string | Buffer | null;

export class RecordEncoder {
  readonly #value: ValueText;
  readonly #key: ValueText | null;
  readonly #upsert: boolean;
  readonly #headers: readonly { readonly name: string; readonly text: ValueText }[];
  readonly #partition: number;
  readonly #timestamp: number;

  constructor(config: KafkaSinkConfig, input: EdgeSchema) {
    const { fields, changelog } = input;
    const indexOf = (name: string | undefined): number => fields.findIndex((f) => f.name === name);
    this.#upsert = changelog === 'updating' && config.changes === 'upsert';
    this.#value = valueText(config, input);
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
        key: bytes(this.#key?.(batch, row) ?? null),
        value: isDeleted ? null : bytes(this.#value(batch, row)),
        timestamp: this.#timeOf(batch, row),
        partition: numberAt(batch.columns[this.#partition], row),
        headers: this.#headers.map(({ name, text }) => [name, bytes(text(batch, row))] as const),
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

const bytes = (text: string | Buffer | null): Buffer | null =>
  typeof text === 'string' ? Buffer.from(text, 'utf8') : text;

function numberAt(column: Column | undefined, row: number): number | null {
  if (column?.kind !== 'number' || (column.validity !== null && column.validity[row] === 0)) return null;
  return column.values[row] ?? null;
}

function valueText({ format, changes }: KafkaSinkConfig, { fields, changelog }: EdgeSchema): ValueText {
  if (changelog === 'updating' && changes === 'debezium') {
    const object = jsonRows(fields);
    // As the file sink, and Flink's debezium-json, write it.
    return (batch, row) =>
      adds(batch.changes?.[row] ?? INSERT)
        ? `{"before":null,"after":${object(batch, row)},"op":"c"}`
        : `{"before":${object(batch, row)},"after":null,"op":"d"}`;
  }
  switch (format.kind) {
    case 'json': {
      const object = jsonRows(fields);
      return (batch, row) => object(batch, row);
    }
    case 'csv':
      return (batch, row) => fields.map((f, c) => csvCell(batch.columns[c], f.type, row)).join(',');
    case 'field':
      return plainText(
        fields,
        fields.findIndex((f) => f.name === format.field),
      );
  }
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

/** Text and bytes as they are, everything else as JSON has it; NULL is null. */
function plainText(fields: readonly Field[], at: number): ValueText {
  const type = fields[at]?.type;
  return (batch, row) => {
    const column = batch.columns[at];
    const value = column === undefined || type === undefined ? null : valueAt(column, type, row);
    if (value === null || type === undefined) return null;
    if (typeof value === 'string') return value;
    if (value instanceof Uint8Array) return Buffer.from(value);
    const text = jsonText(value, type);
    return text.startsWith('"') ? JSON.parse(text) : text;
  };
}
