/** ROLLUP and CUBE as the grouping sets that they stand for. */
import { type Json, type JsonObject, list, text } from './case.ts';
import { without } from './words.ts';

export function inGroupingSets(stage: JsonObject): JsonObject {
  const { rollup, cube, grouping_sets: sets } = stage;
  const rest = without(stage, ['rollup', 'cube', 'grouping_sets']);
  if (rollup !== undefined) return { ...rest, grouping_sets: rolledUp(list(rollup)) };
  if (cube !== undefined) return { ...rest, grouping_sets: cubed(list(cube)) };
  if (typeof sets !== 'string') return stage;
  const [, word = '', inside = ''] = /^\s*(rollup|cube)\s*\(([^()]*)\)\s*$/i.exec(sets) ?? [];
  const keys = inside.split(',').map((key) => key.trim());
  if (word === '') return stage;
  return { ...rest, grouping_sets: word.toLowerCase() === 'cube' ? cubed(keys) : rolledUp(keys) };
}

const rolledUp = (keys: readonly Json[]): Json => [...keys, ''].map((_, n) => keys.slice(0, keys.length - n));

function cubed(keys: readonly Json[]): Json {
  const sets = keys.reduce<Json[][]>((before, key) => before.flatMap((set) => [[...set, key], set]), [[]]);
  return sets.map((set) => set.map((key) => text(key)));
}
