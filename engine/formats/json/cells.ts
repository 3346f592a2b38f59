/** Cells of a column as JSON, by its type: what `jsonText` says, without asking for the type and the layout of each value. */
import { type Column, valueAt } from '../../batch/column.ts';
import type { DataType } from '../../contract/types.ts';
import { isoTime, jsonText } from '../../contract/value-text.ts';

export type JsonCell = (column: Column | undefined, row: number) => string;

/** Printable ASCII without quote and backslash: stands in JSON as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;
const MS_DAY = 86_400_000;
/** Texts that are kept with their quotes. */
const QUOTED_MAX = 4096;

/** How the cells of a column of this type are written. Each function is for one column: it keeps what repeats. */
export function jsonCells(type: DataType): JsonCell {
  const any: JsonCell = (column, row) =>
    jsonText(column === undefined ? null : valueAt(column, type, row), type);
  switch (type.kind) {
    case 'INT':
    case 'BIGINT':
    case 'DOUBLE':
      return (column, row) => {
        if (column?.kind !== 'number' || column.validity !== null) return any(column, row);
        const value = column.values[row] as number;
        return Number.isFinite(value) ? `${value}` : any(column, row);
      };
    case 'TIMESTAMP':
      return timeCells(any);
    case 'STRING':
      return textCells(any);
    default:
      return any;
  }
}

function textCells(any: JsonCell): JsonCell {
  let strings: readonly string[] | null = null;
  let quoted: (string | undefined)[] = [];
  return (column, row) => {
    if (column?.kind !== 'string' || column.validity !== null) return any(column, row);
    const { table } = column;
    const code = column.values[row] as number;
    const text = table.strings[code] ?? '';
    if (!table.interned || code >= QUOTED_MAX) return quote(text);
    if (table.strings !== strings) {
      strings = table.strings;
      quoted = [];
    }
    const known = quoted[code];
    if (known !== undefined) return known;
    const made = quote(text);
    quoted[code] = made;
    return made;
  };
}

const quote = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

/** Times of a stream lie close together: the text of the day is nearly always that of the time before. */
function timeCells(any: JsonCell): JsonCell {
  let day = Number.NaN;
  let date = '';
  return (column, row) => {
    if (column?.kind !== 'number' || column.validity !== null) return any(column, row);
    const time = column.values[row] as number;
    const own = Math.floor(time / MS_DAY);
    if (own !== day) {
      const text = isoTime(time);
      // Years beyond 9999 and what no Date holds are written in other ways.
      if (text.length !== 24) return any(column, row);
      day = own;
      date = `"${text.slice(0, 11)}`;
    }
    const ms = time - own * MS_DAY;
    const seconds = Math.floor(ms / 1000);
    const minutes = Math.floor(seconds / 60);
    return `${date}${TWO[Math.floor(minutes / 60)]}:${TWO[minutes % 60]}:${TWO[seconds % 60]}.${three(ms % 1000)}Z"`;
  };
}

const TWO = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
const THREE = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0'));
const three = (ms: number): string => THREE[ms] ?? String(ms).padStart(3, '0');
