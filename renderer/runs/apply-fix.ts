/** The edits that mend what a finding found. */
import type { GraphDocument } from '../../engine/contract/document.ts';
import type { Fix } from '../../engine/findings/finding.ts';
import type { Edit } from '../canvas/edits.ts';

/** Null where a node of the fix is no longer in the document, or it has been made. */
export function fixEdits(document: GraphDocument, fix: Fix): Edit[] | null {
  const edits = fix.edits.map(({ path, value }): Edit | null => {
    const [root, id, part, ...rest] = path;
    const node = typeof id === 'string' ? document.nodes[id] : undefined;
    if (root !== 'nodes' || part !== 'config' || typeof id !== 'string' || node === undefined) return null;
    const config = withValue(node.config, rest, value) as typeof node.config;
    return JSON.stringify(config) === JSON.stringify(node.config) ? null : { type: 'setConfig', id, config };
  });
  return edits.every((edit) => edit !== null) ? edits : null;
}

/** A copy with the value at the path; what is missing on the way is made. */
function withValue(into: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(into)) return into.map((item, at) => (at === key ? withValue(item, rest, value) : item));
  const object = typeof into === 'object' && into !== null ? (into as Record<string, unknown>) : {};
  return { ...object, [key]: withValue(object[key], rest, value) };
}
