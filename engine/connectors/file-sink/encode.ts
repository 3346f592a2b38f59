/** Rows as lines of text. */
import { type Batch, position } from '../../batch/batch.ts';
import { adds, CHANGE_NAMES, type Change, DELETE, INSERT, UPDATE_BEFORE } from '../../batch/changes.ts';
import type { EdgeSchema, Field } from '../../contract/types.ts';
import { csvCell, csvText, jsonRows } from '../../formats/row-text.ts';
import type { ChangelogEncoding } from './spec.ts';

export interface Encoder {
  /** What stands before the first row of a file. */
  readonly header: string;
  /** Lines of the rows that count, from number `from` to `until`, each with its line end. */
  rows(batch: Batch, from: number, until: number): string;
}

/** @param changes how the rows of an updating stream say what they do; for other streams it adds nothing */
export function encoderOf(input: EdgeSchema, format: 'ndjson' | 'csv', changes: ChangelogEncoding): Encoder {
  const { fields, changelog } = input;
  const encoding = changelog === 'updating' ? changes : 'refuse';
  if (encoding === 'debezium') return debezium(fields);
  return format === 'csv' ? csvEncoder(fields, encoding) : ndjsonEncoder(fields, encoding);
}

function ndjsonEncoder(fields: readonly Field[], changes: ChangelogEncoding): Encoder {
  const object = jsonRows(fields);
  return {
    header: '',
    rows: (batch, from, until) =>
      lines(batch, from, until, (row) => {
        const op = opOf(batch, row, changes);
        return op === null ? null : object(batch, row, op === '' ? '' : `"op":"${op}",`);
      }),
  };
}

function csvEncoder(fields: readonly Field[], changes: ChangelogEncoding): Encoder {
  const withOp = changes !== 'refuse';
  return {
    header: `${[...(withOp ? ['op'] : []), ...fields.map((f) => csvText(f.name))].join(',')}\n`,
    rows: (batch, from, until) =>
      lines(batch, from, until, (row) => {
        const op = opOf(batch, row, changes);
        if (op === null) return null;
        const cells = fields.map((f, c) => csvCell(batch.columns[c], f.type, row));
        return (withOp ? [op, ...cells] : cells).join(',');
      }),
  };
}

/** Flink's debezium-json: an update is a delete of the row before and a create of the row after. */
function debezium(fields: readonly Field[]): Encoder {
  const object = jsonRows(fields);
  return {
    header: '',
    rows: (batch, from, until) =>
      lines(batch, from, until, (row) =>
        adds(batch.changes?.[row] ?? INSERT)
          ? `{"before":null,"after":${object(batch, row, '')},"op":"c"}`
          : `{"before":${object(batch, row, '')},"after":null,"op":"d"}`,
      ),
  };
}

/** What stands under op; empty where nothing does, null where the row is not written. */
function opOf(batch: Batch, row: number, changes: ChangelogEncoding): string | null {
  if (changes === 'refuse') return '';
  const change = (batch.changes?.[row] ?? INSERT) as Change;
  if (changes === 'op') return CHANGE_NAMES[change];
  if (change === UPDATE_BEFORE) return null;
  return change === DELETE ? 'delete' : 'upsert';
}

function lines(batch: Batch, from: number, until: number, line: (row: number) => string | null): string {
  let text = '';
  for (let k = from; k < until; k++) {
    const one = line(position(batch, k));
    if (one !== null) text += `${one}\n`;
  }
  return text;
}
