/** Which of two streams is the left one of a join. */
import { type JsonObject, list, object, text } from './case.ts';

/**
 * As a join says (`left: "orders"`), or by its condition (`orders.customer = customers.id`); else in the order of their names: `a` and `b`,
 * `orders` and `payments`, `stream` and `table`.
 */
export function sidesOf(operator: JsonObject, streams: readonly string[]): readonly string[] {
  for (const stage of [operator, ...list(operator['stages']).map(object)]) {
    const said = ['left', 'right'].map((side) => streams.find((name) => name === stage[side]));
    const [left = other(streams, said[1]), right = other(streams, said[0])] = said;
    if (left !== undefined && right !== undefined) return [left, right];
    const [, first] = /^\s*(\w+)\.\w+\s*=/.exec(text(list(stage['on'])[0])) ?? [];
    const second = first !== undefined && streams.includes(first) ? other(streams, first) : undefined;
    if (first !== undefined && second !== undefined) return [first, second];
  }
  return [...streams].sort();
}

const other = (streams: readonly string[], name: string | undefined): string | undefined =>
  name === undefined ? undefined : streams.find((stream) => stream !== name);
