/** One JSON text as one row: what NDJSON and JSON arrays share. */
import { parseJson } from '../../expressions/json-text.ts';
import { jsonRow } from '../../expressions/json-value.ts';
import type { DecodeField, RowReceiver } from '../codec.ts';
import { NOT_UTF8, strictText } from '../utf8.ts';

export class JsonRecords {
  readonly #fields: readonly DecodeField[];

  constructor(fields: readonly DecodeField[]) {
    this.#fields = fields;
  }

  decode(bytes: Buffer, offset: number, number: number, to: RowReceiver): void {
    const text = strictText(bytes);
    if (text === null) {
      to.bad(NOT_UTF8, bytes, offset, number);
      return;
    }
    let record: unknown;
    try {
      record = parseJson(text);
    } catch (error) {
      to.bad(brokenJson(error), bytes, offset, number);
      return;
    }
    const row = jsonRow(record, this.#fields);
    if (Array.isArray(row)) to.row(row, offset, number);
    else to.bad(misfit(row), bytes, offset, number);
  }
}

/** Its message says where, but can hold the text itself, which the raw record shows already. */
const brokenJson = (error: unknown) =>
  ({
    code: 'R-DECODE',
    message: `The record is not JSON: ${(error instanceof Error ? error.message : String(error)).slice(0, 120)}`,
    expected: 'one JSON object',
    next: 'Look at the raw text; a record that was cut while it was written ends in the middle.',
  }) as const;

/** A value that does not fit its field; also for CSV. */
export function misfit({ field, value, expected }: { field: string; value: string; expected: string }) {
  return {
    code: 'R-DECODE',
    message: field === '' ? `The record is ${value}.` : `The field ${JSON.stringify(field)} is ${value}.`,
    ...(field === '' ? {} : { field }),
    value,
    expected,
    next:
      field === ''
        ? 'Check the format of the source.'
        : 'Change the type of the field in the schema of the source, make it nullable, or mend the record.',
  } as const;
}
