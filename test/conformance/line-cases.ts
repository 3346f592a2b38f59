/** Raw lines: which are records, and which are not. Against engine/formats. */
import type { SourceField } from '../../engine/contract/settings.ts';
import { parseType } from '../../engine/contract/types.ts';
import { plainValue } from '../../engine/contract/value-text.ts';
import { decodeFields } from '../../engine/formats/decode-fields.ts';
import type { KnownFormat } from '../../engine/formats/spec.ts';
import { decodeText } from '../../engine/formats/testing.ts';
import {
  type Case,
  failed,
  isObject,
  type Json,
  type JsonObject,
  list,
  type Outcome,
  object,
  PASSED,
  show,
  text,
  Unsupported,
} from './case.ts';
import { type Came, compareRows } from './compare.ts';

const FORMATS: Readonly<Record<string, KnownFormat['kind']>> = {
  json: 'ndjson',
  ndjson: 'ndjson',
  csv: 'csv',
};

const TYPES: Readonly<Record<string, string>> = {
  INTEGER: 'BIGINT',
  LONG: 'BIGINT',
  INT64: 'BIGINT',
  INT32: 'INT',
  FLOAT: 'DOUBLE',
  FLOAT64: 'DOUBLE',
  NUMBER: 'DOUBLE',
  TEXT: 'STRING',
  VARCHAR: 'STRING',
  BOOL: 'BOOLEAN',
};

export function runLines({ operator, input, expected }: Case): Outcome {
  const kind = FORMATS[text(operator['format'] ?? 'json').toLowerCase()];
  if (kind === undefined) throw new Unsupported(`format ${show(operator['format'])}`);
  const schema = schemaOf(operator['schema'] ?? operator['fields'] ?? operator['columns']);
  const fields = decodeFields(schema);
  const format =
    kind === 'csv'
      ? ({ kind, header: operator['header'] === true } as KnownFormat)
      : ({ kind } as KnownFormat);
  const came: Came[] = [];
  let bad = 0;
  input.forEach((step, at) => {
    if (step['op'] === 'end_of_input') return;
    if (step['op'] !== 'line') throw new Unsupported(`step ${show(step['op'] ?? null)}`);
    const line = text(step['text'] ?? step['line'] ?? step['raw'] ?? step['value']);
    const decoded = decodeText(format, schema, `${line}\n`);
    bad += decoded.bad.length;
    for (const values of decoded.rows) {
      const row = fields.map((f, c): [string, Json] => [
        f.name,
        plainValue(values[c] ?? null, f.type) as Json,
      ]);
      came.push({ step: at, ts: null, row: Object.fromEntries(row) });
    }
  });
  const difference = compareRows(expected.rows, came, expected.order === 'exact');
  if (difference !== null) return failed(difference);
  const count = badCount(expected.late);
  return count === null || count === bad ? PASSED : failed(`${count} bad records expected, there are ${bad}`);
}

const badCount = (json: Json): number | null => (Array.isArray(json) ? json.length : null);

/** `{"a": "BIGINT"}`, or a list of `{name, type}`. */
function schemaOf(json: Json | undefined): SourceField[] {
  const pairs: JsonObject[] = isObject(json ?? null)
    ? Object.entries(object(json)).map(([name, type]) => ({ name, type }))
    : list(json).map(object);
  if (pairs.length === 0) throw new Unsupported('lines without a schema');
  return pairs.map((pair): SourceField => {
    const word = text(pair['type']).toUpperCase();
    const type = parseType(TYPES[word] ?? (word.startsWith('TIMESTAMP') ? 'TIMESTAMP' : word));
    if (type === null) throw new Unsupported(`type ${show(pair['type'] ?? null)}`);
    return {
      name: text(pair['name']),
      type: TYPES[word] ?? word,
      nullable: pair['nullable'] !== false,
    } as SourceField;
  });
}
