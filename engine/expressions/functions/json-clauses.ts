/** What stands behind the arguments of JSON functions: `RETURNING INT DEFAULT 0 ON EMPTY`. */
import { type DataType, parseType } from '../../contract/types.ts';

/** What a function gives where there is nothing, or where something is wrong. */
export type Otherwise =
  | { readonly kind: 'null' | 'error' | 'true' | 'false' | 'empty-array' | 'empty-object' }
  | { readonly kind: 'default'; readonly literal: string };

export interface Clauses {
  readonly returning: DataType | null;
  readonly onEmpty: Otherwise | null;
  readonly onError: Otherwise | null;
  /** `NULL ON NULL`, `ABSENT ON NULL`. */
  readonly onNull: 'null' | 'absent' | null;
  readonly wrapper: 'without' | 'conditional' | 'unconditional';
  /** Places of arguments that are JSON already: calls of JSON_OBJECT and JSON_ARRAY. */
  readonly raw: readonly number[];
}

const LITERAL = String.raw`'(?:[^']|'')*'|[+-]?\s*[\d.]+(?:[eE][+-]?\d+)?|TRUE|FALSE|NULL`;
const OTHERWISE = String.raw`(?:NULL|ERROR|TRUE|FALSE|UNKNOWN|EMPTY\s+ARRAY|EMPTY\s+OBJECT|EMPTY|DEFAULT\s+(?:${LITERAL}))`;
const CLAUSE = new RegExp(
  String.raw`\s*(?:RAW\s+(?<raw>[\d,]*)|RETURNING\s+(?<type>[A-Za-z]\w*(?:\s*\([\d\s,]*\)|\s*<[^>]*>+)?)|(?<null>NULL|ABSENT)\s+ON\s+NULL|(?<otherwise>${OTHERWISE})\s+ON\s+(?<on>EMPTY|ERROR)|(?<wrapper>WITHOUT|WITH)(?:\s+(?<how>CONDITIONAL|UNCONDITIONAL))?(?:\s+ARRAY)?\s+WRAPPER)(?=\s|$)`,
  'iy',
);

/** Null where the text is not clauses. */
export function readClauses(text: string): Clauses | null {
  const clauses: { -readonly [K in keyof Clauses]: Clauses[K] } = {
    returning: null,
    onEmpty: null,
    onError: null,
    onNull: null,
    wrapper: 'without',
    raw: [],
  };
  const end = text.trimEnd().length;
  for (let at = 0; at < end; at = CLAUSE.lastIndex) {
    CLAUSE.lastIndex = at;
    const found = CLAUSE.exec(text)?.groups;
    if (found === undefined) return null;
    if (found['raw'] !== undefined)
      clauses.raw = found['raw'] === '' ? [] : found['raw'].split(',').map(Number);
    else if (found['type'] !== undefined) {
      clauses.returning = parseType(found['type']);
      if (clauses.returning === null) return null;
    } else if (found['null'] !== undefined)
      clauses.onNull = found['null'].toUpperCase() === 'NULL' ? 'null' : 'absent';
    else if (found['wrapper'] !== undefined) {
      const isConditional = found['how']?.toUpperCase() === 'CONDITIONAL';
      clauses.wrapper =
        found['wrapper'].toUpperCase() === 'WITHOUT'
          ? 'without'
          : isConditional
            ? 'conditional'
            : 'unconditional';
    } else
      clauses[found['on']?.toUpperCase() === 'EMPTY' ? 'onEmpty' : 'onError'] = otherwise(
        found['otherwise'] ?? '',
      );
  }
  return clauses;
}

function otherwise(text: string): Otherwise {
  const words = text.trim().toUpperCase().split(/\s+/);
  switch (words[0]) {
    case 'DEFAULT':
      return { kind: 'default', literal: text.trim().slice('DEFAULT'.length).trim() };
    case 'EMPTY':
      return { kind: words[1] === 'OBJECT' ? 'empty-object' : 'empty-array' };
    case 'ERROR':
      return { kind: 'error' };
    case 'TRUE':
      return { kind: 'true' };
    case 'FALSE':
      return { kind: 'false' };
    default:
      return { kind: 'null' };
  }
}
