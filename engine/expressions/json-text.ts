/** JSON whose numbers keep all their digits. */

/** A number that a double does not hold as it is written. */
export class ExactNumber {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
  toJSON(): unknown {
    return Number(this.source);
  }
}

/** What may have more digits than a double: most records have no such number, and are read by `JSON.parse` alone. */
const MANY_DIGITS = /[\d.]{16}/;

/** Throws a SyntaxError where the text is not JSON. */
export function parseJson(text: string): unknown {
  return MANY_DIGITS.test(text) ? JSON.parse(text, keepDigits as Reviver) : JSON.parse(text);
}

type Reviver = (this: unknown, key: string, value: unknown) => unknown;

/** The third argument is of ES2026; a host without it reads doubles. */
function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || source.length < 16) return value;
  return Number.isSafeInteger(value) || String(value) === source ? value : new ExactNumber(source);
}

/** Compact JSON text of what `parseJson` gave. */
export function stringifyJson(json: unknown): string {
  if (json instanceof ExactNumber) return json.source;
  if (Array.isArray(json)) return `[${json.map(stringifyJson).join(',')}]`;
  if (typeof json !== 'object' || json === null) return JSON.stringify(json ?? null);
  return `{${Object.entries(json)
    .map(([key, value]) => `${JSON.stringify(key)}:${stringifyJson(value)}`)
    .join(',')}}`;
}
