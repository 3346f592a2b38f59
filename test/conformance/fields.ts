/** The fields of a case's inputs, from the values of all their records. */
import {
  BIGINT,
  BOOLEAN,
  type DataType,
  DOUBLE,
  type Field,
  field,
  STRING,
  TIMESTAMP,
} from '../../engine/contract/types.ts';
import { isObject, type Json, type JsonObject, list, object, text } from './case.ts';
import type { Step } from './steps.ts';

/** The record's own time as a field: what cases call `rowtime` or `ts` where their rows have no such field. */
export const TIME_FIELD = 'rowtime';

/** The input's fields with their types, from the values of all records. */
export function fieldsOf(steps: readonly (readonly Step[])[], operator: JsonObject, stream: string): Field[] {
  const values = new Map<string, Json[]>();
  for (const step of steps.flat()) {
    if (step.op !== 'records') continue;
    for (const { row, stream: of } of step.records) {
      if (of !== null && of !== stream) continue;
      for (const [name, value] of Object.entries(row)) {
        const column = values.get(name);
        if (column === undefined) values.set(name, [value]);
        else column.push(value);
      }
    }
  }
  // SUM and AVG of texts are of decimals, which cases write as text.
  const summed = new Set(
    [operator, ...list(operator['stages']).map(object)]
      .flatMap((stage) => list(stage['aggregates']))
      .map(object)
      .filter((a) => ['sum', 'avg'].includes(text(a['fn'])))
      .map((a) => text(a['of'])),
  );
  const fields = [...values].flatMap(([name, column]): Field[] => {
    const type = isTimeName(name) ? TIMESTAMP : typeOf(column, summed.has(name));
    return type === null ? [] : [field(name, type)];
  });
  return values.has(TIME_FIELD) ? fields : [...fields, field(TIME_FIELD, TIMESTAMP)];
}

/** Fields that cases give as ms and mean as times: those of windows, which operators go by, and those of Nexmark. */
const TIME_NAMES = ['window_start', 'window_end', 'window_time', 'date_time', 'expires', TIME_FIELD];
const isTimeName = (name: string): boolean => TIME_NAMES.includes(name);

/** Null for what Weir has no column for (mixed values): a case that needs it is refused by the check. */
function typeOf(column: readonly Json[], decimals: boolean): DataType | null {
  const present = column.filter((value) => value !== null);
  const all = (test: (value: Json) => boolean): boolean => present.every(test);
  if (present.length > 0 && all((v) => Array.isArray(v))) {
    const element = typeOf(present.flatMap(list), decimals);
    return element === null ? null : { kind: 'ARRAY', element };
  }
  if (present.length > 0 && all(isObject)) return rowOf(present.map(object));
  if (all((v) => typeof v === 'boolean') && present.length > 0) return BOOLEAN;
  if (all((v) => Number.isSafeInteger(v))) return BIGINT;
  if (all((v) => typeof v === 'number')) return DOUBLE;
  if (!all((v) => typeof v === 'string')) return null;
  return decimals && all((v) => /^-?\d+(\.\d+)?$/.test(text(v))) ? DOUBLE : STRING;
}

function rowOf(objects: readonly JsonObject[]): DataType | null {
  const names = [...new Set(objects.flatMap((o) => Object.keys(o)))];
  const fields = names.map((name) => {
    const type = typeOf(
      objects.map((o) => o[name] ?? null),
      false,
    );
    return type === null ? null : field(name, type);
  });
  const known = fields.filter((f) => f !== null);
  return known.length === names.length && known.length > 0 ? { kind: 'ROW', fields: known } : null;
}
