/** Every text of the studio, by key. Another language is another catalogue of the same keys. */
import { en } from './en.ts';

export type TextKey = keyof typeof en;
export type Catalogue = Readonly<Record<TextKey, string>>;

let catalogue: Catalogue = en;

export const setCatalogue = (next: Catalogue): void => {
  catalogue = next;
};

/** The text of a key; `{name}` in it is replaced by the value of that name. */
export function t(key: TextKey, values?: Readonly<Record<string, string | number>>): string {
  const text = catalogue[key];
  return values === undefined
    ? text
    : text.replace(/\{(\w+)\}/g, (whole, name: string) =>
        Object.hasOwn(values, name) ? String(values[name]) : whole,
      );
}
