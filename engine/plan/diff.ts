/** What differs between two documents in what they mean: nodes, settings and edges, not lines of text. Pure; the studio asks at every edit. */
import {
  edgeId,
  type GraphDocument,
  type GraphEdge,
  type GraphNode,
  parseEndpoint,
} from '../contract/document.ts';
import { findRenames, renamedEdge, writtenOut } from './diff-renames.ts';
import { canonicalText, type ValueChange, valueChanges } from './diff-values.ts';

/** Nodes are named by their id in the second document, but for those that it does not have. */
export type Change =
  | { readonly kind: 'node-added' | 'node-removed'; readonly node: string; readonly type: string }
  /** The id alone; a change of its name or note is told beside it. */
  | { readonly kind: 'node-id'; readonly node: string; readonly was: string }
  | { readonly kind: 'node-type'; readonly node: string; readonly before: string; readonly after: string }
  /** `path` counts from the node's `config`. */
  | (ValueChange & { readonly kind: 'setting'; readonly node: string })
  | (Texts & { readonly kind: 'node-name' | 'node-note'; readonly node: string })
  /** `edge` as the document writes it, with the ids of the second one. */
  | { readonly kind: 'edge-added' | 'edge-removed'; readonly edge: GraphEdge }
  /** The edges that end at a port come in another order, in which an input with several edges reads them. */
  | { readonly kind: 'edge-order'; readonly to: string; readonly before: Froms; readonly after: Froms }
  /** `path` counts from the document's `settings`. */
  | (ValueChange & { readonly kind: 'run-setting' })
  | { readonly kind: 'test-added' | 'test-removed' | 'test-changed'; readonly test: string }
  | (Texts & { readonly kind: 'document-name' | 'document-description' })
  /** Whatever else the format holds; `path` counts from the document. */
  | (ValueChange & { readonly kind: 'other' })
  /** `nodes` is empty where only the rest of the layout differs. */
  | { readonly kind: 'layout'; readonly nodes: readonly string[] };

interface Texts {
  readonly before: string | null;
  readonly after: string | null;
}
type Froms = readonly string[];

/**
 * Whether it is about what the pipeline does, or must do (tests), or goes on from (ids name the state in checkpoints). Names, notes
 * and layout are not.
 */
export function isLogic({ kind }: Change): boolean {
  return !NOT_LOGIC.has(kind);
}
const NOT_LOGIC: ReadonlySet<Change['kind']> = new Set([
  'node-name',
  'node-note',
  'document-name',
  'document-description',
  'other',
  'layout',
]);

/** The nodes that a change is about. */
export function nodesOf(change: Change): readonly string[] {
  if (change.kind === 'layout') return change.nodes;
  if ('node' in change) return [change.node];
  if (change.kind === 'edge-order') return [parseEndpoint(change.to).node];
  if ('edge' in change) return [parseEndpoint(change.edge.from).node, parseEndpoint(change.edge.to).node];
  return [];
}

/** Empty where both say the same. In the order of the second document; what is gone stands behind what is there. */
export function diffDocuments(before: GraphDocument, after: GraphDocument): Change[] {
  if (before === after) return [];
  const renames = findRenames(before, after);
  const old = new Map(Object.entries(before.nodes).map(([id, node]) => [renames.get(id) ?? id, node]));
  const oldIds = new Map([...renames].map(([was, is]) => [is, was]));
  return [
    ...textChange('document-name', before.name, after.name),
    ...textChange('document-description', before.description, after.description),
    ...valueChanges(before.settings ?? {}, after.settings ?? {}).map((change) => ({
      kind: 'run-setting' as const,
      ...change,
    })),
    ...Object.entries(after.nodes).flatMap(([id, node]) =>
      nodeChanges(id, oldIds.get(id), old.get(id), node),
    ),
    ...[...old].flatMap(([node, { type }]): Change[] =>
      Object.hasOwn(after.nodes, node) ? [] : [{ kind: 'node-removed', node, type }],
    ),
    ...edgeChanges(before, after, renames),
    ...testChanges(before, after, renames),
    ...otherChanges(before, after, OF_DOCUMENT, []),
    ...layoutChanges(before, after, renames),
  ];
}

const OF_DOCUMENT = ['weir', 'name', 'description', 'settings', 'nodes', 'edges', 'tests', 'layout'];
const OF_NODE = ['type', 'name', 'note', 'config'];

function nodeChanges(
  id: string,
  was: string | undefined,
  old: GraphNode | undefined,
  node: GraphNode,
): Change[] {
  if (old === undefined) return [{ kind: 'node-added', node: id, type: node.type }];
  const found: Change[] = was === undefined ? [] : [{ kind: 'node-id', node: id, was }];
  if (old === node) return found;
  if (old.type !== node.type) found.push({ kind: 'node-type', node: id, before: old.type, after: node.type });
  for (const change of valueChanges(old.config, node.config))
    found.push({ kind: 'setting', node: id, ...change });
  for (const { kind, ...texts } of [
    ...textChange('node-name', old.name, node.name),
    ...textChange('node-note', old.note, node.note),
  ])
    found.push({ kind, node: id, ...texts });
  return [...found, ...otherChanges(old, node, OF_NODE, ['nodes', id])];
}

/** No text and an empty one are the same. */
function textChange<K extends Change['kind']>(kind: K, before = '', after = ''): (Texts & { kind: K })[] {
  return before === after ? [] : [{ kind, before: before || null, after: after || null }];
}

function edgeChanges(
  before: GraphDocument,
  after: GraphDocument,
  renames: ReadonlyMap<string, string>,
): Change[] {
  if (before.edges === after.edges && renames.size === 0) return [];
  const old = new Map(
    before.edges.map((edge) => [
      edgeId(renamedEdge(writtenOut(before, edge), renames)),
      renamedEdge(edge, renames),
    ]),
  );
  const now = new Map(after.edges.map((edge) => [edgeId(writtenOut(after, edge)), edge]));
  const without = (all: typeof old, others: typeof old, kind: 'edge-added' | 'edge-removed'): Change[] =>
    [...all].flatMap(([id, edge]) => (others.has(id) ? [] : [{ kind, edge }]));
  return [
    ...without(now, old, 'edge-added'),
    ...without(old, now, 'edge-removed'),
    ...orderChanges(
      [...old.keys()].filter((id) => now.has(id)),
      [...now.keys()].filter((id) => old.has(id)),
    ),
  ];
}

/** @param before,after the same `edgeId`s, in two orders */
function orderChanges(before: readonly string[], after: readonly string[]): Change[] {
  const [old, now] = [byTarget(before), byTarget(after)];
  return [...now].flatMap(([to, froms]): Change[] => {
    const were = old.get(to) ?? [];
    return froms.every((from, i) => from === were[i])
      ? []
      : [{ kind: 'edge-order', to, before: were, after: froms }];
  });
}

function byTarget(ids: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const id of ids) {
    const [from = '', to = ''] = id.split('→');
    const froms = found.get(to);
    if (froms === undefined) found.set(to, [from]);
    else froms.push(from);
  }
  return found;
}

/** Tests are told apart by their names; of one name, by their order. */
function testChanges(
  before: GraphDocument,
  after: GraphDocument,
  renames: ReadonlyMap<string, string>,
): Change[] {
  if (before.tests === after.tests && renames.size === 0) return [];
  const old = byName(before, renames);
  const now = byName(after, new Map());
  return [
    ...[...now].flatMap(([key, { test, text }]): Change[] => {
      const was = old.get(key);
      if (was === undefined) return [{ kind: 'test-added', test }];
      return was.text === text ? [] : [{ kind: 'test-changed', test }];
    }),
    ...[...old].flatMap(([key, { test }]): Change[] =>
      now.has(key) ? [] : [{ kind: 'test-removed', test }],
    ),
  ];
}

function byName({ tests = [] }: GraphDocument, renames: ReadonlyMap<string, string>) {
  const renamed = <T>(rows: Readonly<Record<string, T>> | undefined) =>
    rows === undefined
      ? undefined
      : Object.fromEntries(Object.entries(rows).map(([id, value]) => [renames.get(id) ?? id, value]));
  const found = new Map<string, { readonly test: string; readonly text: string }>();
  for (const test of tests) {
    let nth = 1;
    while (found.has(`${nth} ${test.name}`)) nth++;
    const { input, expected, tables, ...rest } = test;
    const parts = { ...rest, input: renamed(input), expected: renamed(expected), tables: renamed(tables) };
    found.set(`${nth} ${test.name}`, { test: test.name, text: canonicalText(parts) });
  }
  return found;
}

/** Of keys that are not in `known`: what the format holds, and no kind of change is about. */
function otherChanges(
  before: object,
  after: object,
  known: readonly string[],
  path: readonly string[],
): Change[] {
  const rest = (value: object) =>
    Object.fromEntries(Object.entries(value).filter(([key]) => !known.includes(key)));
  return valueChanges(rest(before), rest(after), path).map((change) => ({ kind: 'other', ...change }));
}

function layoutChanges(
  { layout: old, nodes: oldNodes }: GraphDocument,
  { layout: now, nodes }: GraphDocument,
  renames: ReadonlyMap<string, string>,
): Change[] {
  if (old === now) return [];
  const moved = Object.keys(oldNodes).flatMap((id) => {
    const is = renames.get(id) ?? id;
    const [a, b] = [old?.nodes[id], now?.nodes[is]];
    return Object.hasOwn(nodes, is) && (a?.x !== b?.x || a?.y !== b?.y) ? [is] : [];
  });
  const rest = otherChanges(old ?? {}, now ?? {}, ['nodes'], []);
  return moved.length > 0 || rest.length > 0 ? [{ kind: 'layout', nodes: moved }] : [];
}
