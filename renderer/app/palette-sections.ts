/** The palette's headings, and what stands under each. Pure. */
import { type NodeSpec, OPERATOR_GROUPS, type OperatorGroup } from '../../engine/contract/spec.ts';

export interface PaletteSection {
  readonly name: 'source' | OperatorGroup | 'sink';
  readonly specs: readonly NodeSpec[];
}

const NAMES = ['source', ...OPERATOR_GROUPS, 'sink'] as const;

/** In the order of the data's way through a graph; the specs of a section keep theirs. Empty ones are left out. */
export function paletteSections(specs: readonly NodeSpec[]): readonly PaletteSection[] {
  return NAMES.map((name) => ({ name, specs: specs.filter((spec) => sectionOf(spec) === name) })).filter(
    (section) => section.specs.length > 0,
  );
}

const sectionOf = (spec: NodeSpec): PaletteSection['name'] =>
  spec.kind === 'operator' ? (spec.group ?? 'transform') : spec.kind;
