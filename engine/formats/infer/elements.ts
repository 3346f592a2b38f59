/** The type of an array's elements, from a sample of them. */
import { parseTime } from '../../expressions/time-format.ts';

const DEPTH_MAX = 4;
const FIELDS_MAX = 50;

/** A type's text, or null where the values have none in common. NULLs say nothing. */
export function typeOfValues(values: readonly unknown[], depth = 0): string | null {
  const known = values.filter((v) => v !== null && v !== undefined);
  const [first] = known;
  if (first === undefined || depth > DEPTH_MAX) return null;
  if (known.every(Array.isArray)) {
    const element = typeOfValues(known.flat(1), depth + 1);
    return element === null ? null : `ARRAY<${element}>`;
  }
  if (known.some((v) => typeof v !== typeof first || Array.isArray(v))) return null;
  switch (typeof first) {
    case 'boolean':
      return 'BOOLEAN';
    case 'number':
      if (known.some((v) => !Number.isInteger(v))) return 'DOUBLE';
      return known.every((v) => Math.abs(v as number) < 2 ** 30) ? 'INT' : 'BIGINT';
    case 'string': {
      const isTime = known.every(
        (v) => /^\d{4}-\d\d-\d\d./.test(String(v)) && parseTime(String(v), 'iso') !== null,
      );
      return isTime ? 'TIMESTAMP' : 'STRING';
    }
    default:
      return rowType(known as Readonly<Record<string, unknown>>[], depth);
  }
}

/** Keys that a type's text can name, of which the type is known. */
function rowType(rows: readonly Readonly<Record<string, unknown>>[], depth: number): string | null {
  const keys = new Set(rows.flatMap((row) => Object.keys(row).filter((key) => /^\w+$/.test(key))));
  const fields = [...keys].slice(0, FIELDS_MAX).flatMap((key) => {
    const type = typeOfValues(
      rows.map((row) => (Object.hasOwn(row, key) ? row[key] : null)),
      depth + 1,
    );
    return type === null ? [] : [`${key} ${type}`];
  });
  return fields.length === 0 ? null : `ROW<${fields.join(', ')}>`;
}
