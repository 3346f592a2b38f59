/** Joins whose sides do not meet. */
import type { EvidenceOf } from '../../contract/evidence.ts';
import type { Rule } from '../rules.ts';

type Side = EvidenceOf<'keys'>['sides'][number];

export const noMatch: Rule = (scene, node) => {
  const keys = scene.evidence('keys', node.id);
  const [left, right] = keys?.sides ?? [];
  if (left === undefined || right === undefined || left.rows.length === 0 || right.rows.length === 0)
    return null;
  // Outer joins give rows that met nothing, too.
  if (
    scene.node(node.id, 'recordsOut') > 0 ||
    ['left', 'right', 'full', 'anti'].includes(String(node.config?.['join']))
  )
    return null;
  return {
    code: 'no-match',
    node: node.id,
    facts: { sides: [left, right], nulls: [nullsOf(left), nullsOf(right)], almost: almostBy(left, right) },
    fix: null,
  };
};

const nullsOf = ({ rows }: Side): number =>
  rows.filter((row) => row.includes(null)).length / Math.max(1, rows.length);

function almostBy(left: Side, right: Side): 'blanks' | 'case' | null {
  const meets = (as: (text: string) => string): boolean => {
    const said = (side: Side): Set<string> =>
      new Set(
        side.rows
          .filter((row) => !row.includes(null))
          .map((row) => JSON.stringify(row.map((v) => as(String(v))))),
      );
    const other = said(right);
    return [...said(left)].some((key) => other.has(key));
  };
  if (meets((text) => text)) return null;
  if (meets((text) => text.trim())) return 'blanks';
  return meets((text) => text.trim().toLowerCase()) ? 'case' : null;
}
