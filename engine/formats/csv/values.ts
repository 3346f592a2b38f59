import type { Value } from '../../batch/column.ts';
import type { DataType } from '../../contract/types.ts';
import { parseJson } from '../../expressions/json-text.ts';
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
      if (!WHOLE.test(trimmed)) return undefined;
      const number = Number(trimmed);
      const json = Number.isSafeInteger(number) ? number : trimmed.replace(/^(-?)[+0]*/, '$1');
      return jsonToValue(json, type) ?? undefined;
    }
    case 'DECIMAL':
      return NUMBER.test(text.trim()) ? (jsonToValue(text, type) ?? undefined) : undefined;
    case 'ARRAY':
    case 'ROW':
      return jsonToValue(jsonOf(text), type) ?? undefined;
    case 'DOUBLE': {
      const trimmed = text.trim();
      return NUMBER.test(trimmed) ? Number(trimmed) : NOT_FINITE[trimmed.toLowerCase()];
    }
    case 'TIMESTAMP':
    case 'BYTES':
      return jsonToValue(text.trim(), type, format) ?? undefined;
  }
}

/** Arrays and rows stand in cells as JSON. */
function jsonOf(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
