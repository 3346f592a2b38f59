import type { Value } from '../../batch/column.ts';
import type { DataType } from '../../contract/types.ts';
import { jsonToValue } from '../../expressions/json-value.ts';

const WHOLE = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NOT_FINITE: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  infinity: Infinity,
  '+infinity': Infinity,
  '-infinity': -Infinity,
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
};

/** A cell as a value of a type, or `undefined` where it does not fit. Blanks around numbers do not matter. */
export function textToValue(text: string, type: DataType, format: string): Value | undefined {
  switch (type.kind) {
    case 'STRING':
      return text;
    case 'BOOLEAN': {
      const lower = text.trim().toLowerCase();
      return lower === 'true' ? true : lower === 'false' ? false : undefined;
    }
    case 'INT':
    case 'BIGINT': {
      const trimmed = text.trim();
      return WHOLE.test(trimmed) ? (jsonToValue(Number(trimmed), type) ?? undefined) : undefined;
    }
    case 'DOUBLE': {
      const trimmed = text.trim();
      return NUMBER.test(trimmed) ? Number(trimmed) : NOT_FINITE[trimmed.toLowerCase()];
    }
    case 'TIMESTAMP':
      return jsonToValue(text.trim(), type, format) ?? undefined;
    default:
      return undefined;
  }
}
