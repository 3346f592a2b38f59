/** Sentences of the catalogue as data, so that a pure function can give them. */
import { type TextKey, t } from '../../app/strings/index.ts';

export interface Sentence {
  readonly key: TextKey;
  readonly values?: Readonly<Record<string, string | number | Sentence>>;
}

export function say({ key, values = {} }: Sentence): string {
  return t(
    key,
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, typeof value === 'object' ? say(value) : value]),
    ),
  );
}
