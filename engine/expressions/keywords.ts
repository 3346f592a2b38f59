/** Words that the grammar reserves; every other word is a name. SQL does not tell them apart by case. */
import * as terms from './sql-terms.generated.ts';

const TERMS: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(terms).flatMap(([name, id]) =>
    name.startsWith('kw') ? [[name.slice(2).toUpperCase(), id] as const] : [],
  ),
);

export const KEYWORDS: readonly string[] = Object.keys(TERMS);

/** For the generated parser: the keyword's term, or -1 for a name. */
export const keyword = (word: string, _stack?: unknown): number => {
  const upper = word.toUpperCase();
  return Object.hasOwn(TERMS, upper) ? (TERMS[upper] ?? -1) : -1;
};
