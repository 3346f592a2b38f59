import type { SourceField } from '../../contract/settings.ts';
import { Guess } from './guess.ts';

/** Objects inside objects are opened to this depth. */
const DEPTH_MAX = 3;
export const FIELDS_MAX = 500;

/** The fields of JSON records, in the order in which they came up; deeper objects, and arrays of no one type, are left out. */
export function inferFields(records: Iterable<unknown>): SourceField[] {
  const guesses = new Map<string, Guess>();
  for (const record of records) collect(record, [], guesses);
  return named([...guesses.values()].filter((guess) => guess.isReadable));
}

function collect(value: unknown, path: readonly string[], guesses: Map<string, Guess>): void {
  if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) {
      see(value, path, guesses);
      return;
    }
    if (path.length >= DEPTH_MAX) return;
    for (const [key, inner] of Object.entries(value)) {
      // A path is written with dots, so a key with dots can be named at the top only.
      if (key !== '' && (path.length === 0 || !`${path.join('')}${key}`.includes('.'))) {
        collect(inner, [...path, key], guesses);
      }
    }
    return;
  }
  see(value, path, guesses);
}

function see(value: unknown, path: readonly string[], guesses: Map<string, Guess>): void {
  if (path.length === 0) return;
  const id = path.join('\u0000');
  let guess = guesses.get(id);
  if (guess === undefined) {
    if (guesses.size >= FIELDS_MAX) return;
    guess = new Guess(path);
    guesses.set(id, guess);
  }
  guess.see(value);
}

/** Each field by its last key where that is free, by its whole path where not. */
export function named(guesses: readonly Guess[]): SourceField[] {
  const top = new Set(guesses.filter((g) => g.path.length === 1).map((g) => cleanName(g.path[0] ?? '')));
  const used = new Set<string>();
  return guesses.map((guess) => {
    const { path } = guess;
    const last = cleanName(path.at(-1) ?? '');
    const free = !used.has(last) && (path.length === 1 || !top.has(last));
    let name = free ? last : cleanName(path.join('_'));
    for (let n = 2; used.has(name); n++) name = `${cleanName(path.join('_'))}_${n}`;
    used.add(name);
    const from = path.join('.');
    return { name, ...guess.type(name), ...(path.length === 1 && name === from ? {} : { from }) };
  });
}

/** A name as `zFieldName` takes it. */
function cleanName(text: string): string {
  const clean = text.replace(/[^\p{L}\p{N}_$ .-]/gu, '_').slice(0, 120);
  return /^[\p{L}_$]/u.test(clean) ? clean : `_${clean}`;
}
