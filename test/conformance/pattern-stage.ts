/** MATCH_RECOGNIZE as the cases write it: pattern and conditions near SQL, measures as a list. */
import { printDuration } from '../../engine/contract/duration.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  list,
  ms,
  object,
  onlyKeys,
  show,
  text,
  Unsupported,
} from './case.ts';
import type { CaseGraph, Ref } from './graph.ts';

export function pattern(graph: CaseGraph, stage: JsonObject, input: Ref): Ref {
  onlyKeys(
    stage,
    [
      'type',
      'partition_by',
      'order_by',
      'pattern',
      'define',
      'measures',
      'after_match',
      'within_ms',
      'watermark',
    ],
    'pattern_match',
  );
  const text_ = text(stage['pattern']);
  const variables = [...new Set(text_.match(/[A-Za-z_]\w*/g) ?? [])];
  const keys = list(stage['partition_by']).map(text);
  const measures = measuresOf(stage['measures']).map(({ words, as }) => ({
    of: expression(words, null, variables, input.fields),
    as,
  }));
  const define = Object.entries(object(stage['define'])).map(([variable, condition]) => ({
    variable,
    when: expression(text(condition), variable, variables, input.fields),
  }));
  const config = {
    keys,
    pattern: text_,
    define,
    measures,
    after: afterOf(stage['after_match']),
    ...(stage['within_ms'] === undefined
      ? {}
      : { within: printDuration(ms(stage['within_ms'], 'within_ms')) }),
  };
  return graph.add('pattern', config, { in: input }, [...keys, ...measures.map((m) => m.as)]);
}

/** `"first(A.price), B.price"`; or with names: `["A.price as top"]`, `{"top": "A.price"}`. */
function measuresOf(json: Json | undefined): { words: string; as: string }[] {
  if (isObject(json ?? null))
    return Object.entries(object(json)).map(([as, words]) => ({ words: text(words), as }));
  const parts = typeof json === 'string' ? splitList(json) : list(json).map(text);
  return parts.map((part, at) => {
    const [, words = part, as = measureName(at)] = /^(.+?)\s+as\s+(\w+)$/i.exec(part) ?? [];
    return { words, as };
  });
}

/** Those that have a name of their own. */
export const measureNames = (json: Json | undefined): string[] =>
  measuresOf(json).flatMap(({ as }, at) => (as === measureName(at) ? [] : [as]));

/** Cases name the measures only in their rows: they are compared by place. */
export const measureName = (at: number): string => `measure${at}`;

function afterOf(json: Json | undefined): JsonObject {
  const words = text(json ?? 'skip past last row').toLowerCase();
  if (words === 'skip past last row') return { kind: 'past-last-row' };
  if (words === 'skip to next row') return { kind: 'to-next-row' };
  const [, where, variable] = /^skip to (first|last) (\w+)$/i.exec(text(json)) ?? [];
  if (where !== undefined && variable !== undefined) return { kind: `to-${where.toLowerCase()}`, variable };
  throw new Unsupported(`after_match ${show(json)}`);
}

/** At commas outside parentheses. */
function splitList(words: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= words.length; at++) {
    const char = words[at];
    if (char === '(') depth++;
    if (char === ')') depth--;
    if (at === words.length || (char === ',' && depth === 0)) {
      parts.push(words.slice(from, at).trim());
      from = at + 1;
    }
  }
  return parts.filter((part) => part !== '');
}

/**
 * `price > previous A price (first A free)`, `price < last A price`, `first row time`: a few words that cases use in the place of SQL. A bare
 * field is that of the row which is looked at.
 */
function expression(
  words: string,
  variable: string | null,
  variables: readonly string[],
  fields: readonly string[],
): string {
  const names = variables.join('|');
  let sql = words;
  // The examples of the docs print 14.5 as the average of whole prices.
  sql = sql.replace(/\bavg\(([^()]+)\)/gi, 'AVG(CAST($1 AS DOUBLE))');
  let free: string | null = null;
  sql = sql.replace(/\s*\(first (\w+) free\)/gi, (_, name: string) => {
    free = name;
    return '';
  });
  sql = sql.replace(
    new RegExp(`previous (${names}) (\\w+)`, 'g'),
    (_, name: string, f: string) => `LAST(${name}.${f}, 1)`,
  );
  sql = sql.replace(
    new RegExp(`last (${names}) (\\w+)`, 'g'),
    (_, name: string, f: string) => `LAST(${name}.${f})`,
  );
  sql = sql.replace(/^first row time$/i, `FIRST(${variables[0]}.rowtime)`);
  sql = sql.replace(/^last row time$/i, `LAST(${variables.at(-1)}.rowtime)`);
  if (variable !== null)
    for (const f of fields) sql = sql.replace(new RegExp(`(?<![\\w.])${f}(?!\\w)`, 'g'), `${variable}.${f}`);
  if (free !== null) {
    const [, before] = /LAST\((\w+\.\w+), 1\)/.exec(sql) ?? [];
    if (before !== undefined) sql = `LAST(${before}, 1) IS NULL OR ${sql}`;
  }
  return sql;
}
