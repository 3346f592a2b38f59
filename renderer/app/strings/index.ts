/** Every text of the studio, by key. Another language is another catalogue of the same keys. */
import { en } from './en.ts';
import { ja } from './ja.ts';

export type TextKey = keyof typeof en;
export type Catalogue = Readonly<Record<TextKey, string>>;
export type Language = 'en' | 'ja';

const CATALOGUES: Readonly<Record<Language, Catalogue>> = { en, ja };
const listeners = new Set<() => void>();
let shown: Language = 'en';

/** The language that `t` speaks. */
export const language = (): Language => shown;

/** What was drawn before keeps its words: who draws listens, and draws anew. */
export function setLanguage(next: Language): void {
  if (next === shown) return;
  shown = next;
  for (const listener of listeners) listener();
}

export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The text of a key; `{name}` in it is replaced by the value of that name. */
export function t(key: TextKey, values?: Readonly<Record<string, string | number>>): string {
  const text = CATALOGUES[shown][key];
  return values === undefined
    ? text
    : text.replace(/\{(\w+)\}/g, (whole, name: string) =>
        Object.hasOwn(values, name) ? String(values[name]) : whole,
      );
}
