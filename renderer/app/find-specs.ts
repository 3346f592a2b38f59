import type { NodeSpec } from '../../engine/contract/spec.ts';
import { nodeText } from './strings/spec-text.ts';

/** The types that a search means: every word in label, type or summary, in English and in the studio's language; those whose label begins with it first. */
export function findSpecs(specs: readonly NodeSpec[], text: string): readonly NodeSpec[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return specs;
  const found = specs.filter((spec) => {
    const searched =
      `${spec.label} ${spec.type} ${spec.summary} ${nodeText(spec.label)} ${nodeText(spec.summary)}`.toLowerCase();
    return words.every((word) => searched.includes(word));
  });
  const begins = (spec: NodeSpec): number =>
    [spec.label, nodeText(spec.label)].some((label) => label.toLowerCase().startsWith(words[0] ?? ''))
      ? 0
      : 1;
  return [...found].sort((a, b) => begins(a) - begins(b));
}
