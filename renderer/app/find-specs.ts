import type { NodeSpec } from '../../engine/contract/spec.ts';

/** The types that a search means: every word in label, type or summary; those whose label begins with it first. */
export function findSpecs(specs: readonly NodeSpec[], text: string): readonly NodeSpec[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return specs;
  const found = specs.filter((spec) => {
    const searched = `${spec.label} ${spec.type} ${spec.summary}`.toLowerCase();
    return words.every((word) => searched.includes(word));
  });
  const begins = (spec: NodeSpec): number => (spec.label.toLowerCase().startsWith(words[0] ?? '') ? 0 : 1);
  return [...found].sort((a, b) => begins(a) - begins(b));
}
