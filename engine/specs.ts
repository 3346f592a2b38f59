/** Every node type, in the order of the palette. One line each; `runtimes.ts` is the other list. */
import type { NodeSpec } from './contract/spec.ts';

export const SPECS: readonly NodeSpec[] = [];

const byType = new Map(SPECS.map((spec) => [spec.type, spec]));

export const specOf = (type: string): NodeSpec | null => byType.get(type) ?? null;

/** The order of a type's settings, for `printDocument`. */
export const configOrder = (type: string): readonly string[] | null => {
  const spec = specOf(type);
  return spec === null ? null : Object.keys(spec.config.shape);
};
