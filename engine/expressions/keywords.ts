/** Words that the grammar reserves; every other word is a name. SQL does not tell them apart by case. */
import * as terms from './sql-terms.generated.ts';

const TERMS: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(terms).flatMap(([name, id]) =>
    name.startsWith('kw') ? [[name.slice(2).toUpperCase(), id] as const] : [],
  ),
);

/** Keywords only where a name cannot stand: `VALUE` of a JSON_OBJECT, `PLACING` of OVERLAY. */
const SOFT: ReadonlySet<string> = new Set(
  'UNKNOWN JSON PLACING VALUE RETURNING ERROR DEFAULT EMPTY WITH WITHOUT ABSENT'.split(' '),
);

export const KEYWORDS: readonly string[] = Object.keys(TERMS).filter((word) => !SOFT.has(word));

/** For the generated parser: the keyword's term, or -1 for a name. */
export const keyword = (word: string, _stack?: unknown): number => termOf(word, false);
/** The same for words that may be names too. */
export const softKeyword = (word: string, _stack?: unknown): number => termOf(word, true);

function termOf(word: string, soft: boolean): number {
  const upper = word.toUpperCase();
  return SOFT.has(upper) === soft && Object.hasOwn(TERMS, upper) ? (TERMS[upper] ?? -1) : -1;
}
