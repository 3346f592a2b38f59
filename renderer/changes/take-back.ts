/** The edits that undo one change and leave the others. Pure. */
import { edgeId, type GraphDocument, parseEndpoint } from '../../engine/contract/document.ts';
import type { Change } from '../../engine/plan/diff.ts';
import { writtenOut } from '../../engine/plan/diff-renames.ts';
import type { ValueChange } from '../../engine/plan/diff-values.ts';
import type { Edit } from '../canvas/edits.ts';
import { type Config, getAt, setAt } from '../inspector/form/values.ts';

/**
 * @param change of `diffDocuments(before, now)`
 * @returns null where no edit does just that: other ids, types and tests
 */
export function takeBack(change: Change, before: GraphDocument, now: GraphDocument): readonly Edit[] | null {
  switch (change.kind) {
    case 'node-added':
      return [{ type: 'removeNodes', ids: [change.node] }];
    case 'node-removed':
      return bringBack(change.node, before, now);
    case 'setting': {
      const node = now.nodes[change.node];
      if (node === undefined) return null;
      return [{ type: 'setConfig', id: change.node, config: putBack(node.config, change) as Config }];
    }
    case 'run-setting': {
      const settings = putBack(now.settings ?? {}, change) as NonNullable<GraphDocument['settings']>;
      const empty = Object.keys(settings).length === 0 && before.settings === undefined;
      return [{ type: 'setSettings', settings: empty ? null : settings }];
    }
    case 'node-name':
      return [{ type: 'renameNode', id: change.node, name: change.before }];
    case 'node-note':
      return [{ type: 'setNote', id: change.node, note: change.before }];
    case 'edge-added':
      return [{ type: 'disconnect', ...change.edge }];
    case 'edge-removed':
      return hasEnds(now, change.edge) ? [{ type: 'connect', ...change.edge }] : null;
    case 'document-name':
      return [{ type: 'setAbout', name: change.before, description: now.description ?? null }];
    case 'document-description':
      return [{ type: 'setAbout', name: now.name ?? null, description: change.before }];
    case 'layout':
      return moveBack(change.nodes, before);
    case 'edge-order':
      return reorder(change.to, change.before, now);
    case 'node-id':
    case 'node-type':
    case 'test-added':
    case 'test-removed':
    case 'test-changed':
    case 'other':
      return null;
  }
}

/** What was removed of a list is put in at its place; `setAt` would write over what stands there now. */
function putBack(whole: Config, { path, before, after }: ValueChange): unknown {
  const at = path.at(-1);
  const list = getAt(whole, path.slice(0, -1));
  return after === undefined && typeof at === 'number' && Array.isArray(list)
    ? setAt(whole, path.slice(0, -1), list.toSpliced(at, 0, before))
    : setAt(whole, path, before);
}

/** With its place, and with those of its edges whose other end is there. */
function bringBack(id: string, before: GraphDocument, now: GraphDocument): readonly Edit[] | null {
  const node = before.nodes[id];
  if (node === undefined) return null;
  const nodes = { [id]: node };
  const whole = { ...now, nodes: { ...now.nodes, ...nodes } };
  const edges = before.edges.filter(
    (edge) => [edge.from, edge.to].some((end) => parseEndpoint(end).node === id) && hasEnds(whole, edge),
  );
  const at = before.layout?.nodes[id];
  return [{ type: 'insert', nodes, edges, positions: at === undefined ? {} : { [id]: at } }];
}

/** Taken out and put in again, one after the other. */
function reorder(to: string, froms: readonly string[], now: GraphDocument): readonly Edit[] {
  const edges = froms.flatMap((from) =>
    now.edges.filter((edge) => edgeId(writtenOut(now, edge)) === edgeId({ from, to })),
  );
  return [
    { type: 'removeEdges', ids: edges.map(edgeId) },
    ...edges.map((edge) => ({ type: 'connect' as const, ...edge })),
  ];
}

function moveBack(nodes: readonly string[], before: GraphDocument): readonly Edit[] | null {
  const positions = Object.fromEntries(
    nodes.flatMap((id) => {
      const at = before.layout?.nodes[id];
      return at === undefined ? [] : [[id, at]];
    }),
  );
  return nodes.length > 0 && Object.keys(positions).length === nodes.length
    ? [{ type: 'moveNodes', positions }]
    : null;
}

const hasEnds = ({ nodes }: GraphDocument, { from, to }: { readonly from: string; readonly to: string }) =>
  [from, to].every((end) => Object.hasOwn(nodes, parseEndpoint(end).node));
