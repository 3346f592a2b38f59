import type { Json, JsonObject } from './case.ts';

export const without = (json: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(json).filter(([name]) => !names.includes(name)));

/**
 * What stands under one of the words, under `to`. Where several are there, one is taken and the others stay: the driver refuses
 * what it does not know.
 */
export function renamed(
  json: JsonObject,
  words: readonly string[],
  to: string,
  change: (value: Json) => Json = (value) => value,
): JsonObject {
  const word = json[to] === undefined ? words.find((w) => json[w] !== undefined) : to;
  return word === undefined ? json : { ...without(json, [word]), [to]: change(json[word] ?? null) };
}
