/** An expression while it is typed: what is wrong with it, and what it gives for the last record. Pure. */

import type { Sample } from '../../../engine/contract/link.ts';
import type { Problem } from '../../../engine/contract/problems.ts';
import type { SettingMeta } from '../../../engine/contract/spec.ts';
import { type Field, printType, STRING } from '../../../engine/contract/types.ts';
import { cellValue } from '../../../engine/contract/value-text.ts';
import { checkExpression, evaluate, fieldsOf } from '../../../engine/expressions/index.ts';
import { cellToValue } from '../../../engine/expressions/json-value.ts';
import { type Cell, showCell } from '../../runs/cells.ts';
import type { Zone } from '../../store/ui.ts';

export interface Tried {
  readonly problems: readonly Problem[];
  /** The type of the result; null where there is a problem. */
  readonly type: string | null;
  /** `delay 66 → true`, of the last record; null where none was seen. */
  readonly value: { readonly record: string; readonly result: string } | null;
}

/** Values of a record that are shown; the expression itself says which more there are. */
const SHOWN_FIELDS_MAX = 3;

export function tryExpression(
  text: string,
  fields: readonly Field[],
  expects: SettingMeta['expects'],
  sample: Sample | null,
  zone: Zone,
): Tried {
  const checked = checkExpression(text, fields, {
    expects: expects === undefined || expects === 'ANY' ? null : expects,
  });
  if (!checked.ok) return { problems: checked.problems, type: null, value: null };
  const { expression } = checked;
  const type = printType(expression.type);
  const used = fieldsOf(expression);
  const row = recordOf(sample, fields, used);
  if (row === null) return { problems: [], type, value: null };
  const shown = used.slice(0, SHOWN_FIELDS_MAX).flatMap((index) => {
    const one = fields[index];
    return one === undefined
      ? []
      : [`${one.name} ${showCell(row[index] ?? null, printType(one.type), zone).text}`];
  });
  return {
    problems: [],
    type,
    value: { record: shown.join(', '), result: resultOf(expression, row, fields, type, zone) },
  };
}

function resultOf(
  expression: Parameters<typeof evaluate>[0],
  row: readonly Cell[],
  fields: readonly Field[],
  type: string,
  zone: Zone,
): string {
  try {
    const values = row.map((cell, i) => cellToValue(cell, fields[i]?.type ?? STRING) ?? null);
    return showCell(cellValue(evaluate(expression, values), expression.type), type, zone).text;
  } catch (error) {
    // The record would go to the errors port, with this reason.
    return error instanceof Error ? error.message : String(error);
  }
}

/** The last row in the order of the fields; null where one that is used was not in the sample (an older schema). */
function recordOf(
  sample: Sample | null,
  fields: readonly Field[],
  used: readonly number[],
): readonly Cell[] | null {
  const last = sample?.rows.at(-1);
  if (sample === null || last === undefined) return null;
  const at = fields.map(({ name, type }) =>
    sample.columns.findIndex((column) => column.name === name && column.type === printType(type)),
  );
  if (used.some((index) => (at[index] ?? -1) < 0)) return null;
  return at.map((column) => last.cells[column] ?? null);
}
