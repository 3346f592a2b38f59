/** Changes as the studio says them, and how they are put together. Pure but for the catalogue of texts. */
import type { GraphDocument } from '../../engine/contract/document.ts';
import { printPath, showValue } from '../../engine/contract/problems.ts';
import { type Change, isLogic, nodesOf } from '../../engine/plan/diff.ts';
import { t } from '../app/strings/index.ts';
import { nodeName } from '../canvas/node-name.ts';

export interface Said {
  readonly change: Change;
  readonly what: string;
  readonly mark: '+' | '−' | '~';
  /** Null where the change says all. */
  readonly values: { readonly before: string; readonly after: string } | null;
}

/** Changes under one heading. */
export interface Group {
  readonly key: string;
  readonly title: string;
  /** To go to; null where it is none, or none that is there. */
  readonly node: string | null;
  readonly changes: readonly Said[];
}

export function groupChanges(
  changes: readonly Change[],
  before: GraphDocument,
  now: GraphDocument,
): readonly Group[] {
  const found = new Map<string, { title: string; node: string | null; changes: Said[] }>();
  const said = sayChanges(changes);
  for (const one of said) {
    const { change } = one;
    const id = 'node' in change ? change.node : null;
    const key = id === null ? sectionOf(change) : `node ${id}`;
    const there = id !== null && Object.hasOwn(now.nodes, id);
    const title = id === null ? t(`changes.${sectionOf(change)}`) : nodeName(there ? now : before, id);
    const group = found.get(key) ?? { title, node: there ? id : null, changes: [] };
    group.changes.push(one);
    found.set(key, group);
  }
  return [...found].map(([key, group]) => ({ key, ...group }));
}

function sectionOf({ kind }: Change): 'document' | 'edges' | 'settings' | 'tests' | 'layout' {
  if (kind.startsWith('edge')) return 'edges';
  if (kind.startsWith('test')) return 'tests';
  if (kind === 'run-setting') return 'settings';
  return kind === 'layout' ? 'layout' : 'document';
}

export function sayChanges(changes: readonly Change[]): readonly Said[] {
  const otherwise = new Set(changes.filter(isLogic).flatMap(nodesOf));
  return changes.map((change) => say(change, !nodesOf(change).some((node) => otherwise.has(node))));
}

/** @param only no change of the logic is about the same node */
function say(change: Change, only: boolean): Said {
  const changed = (what: string, before: unknown, after: unknown): Said => ({
    change,
    what,
    mark: '~',
    values: { before: shown(before), after: shown(after) },
  });
  const plain = (mark: Said['mark'], what: string): Said => ({ change, what, mark, values: null });
  switch (change.kind) {
    case 'node-added':
      return plain('+', t('changes.added'));
    case 'node-removed':
      return plain('−', t('changes.removed'));
    case 'node-id':
      return { ...plain('~', t('changes.id')), values: { before: change.was, after: change.node } };
    case 'node-type':
      return { ...plain('~', t('changes.type')), values: { before: change.before, after: change.after } };
    case 'setting':
    case 'run-setting':
    case 'other':
      return changed(printPath(change.path), change.before, change.after);
    case 'node-name':
      return changed(t(only ? 'changes.nameOnly' : 'changes.name'), change.before, change.after);
    case 'node-note':
      return changed(t(only ? 'changes.noteOnly' : 'changes.note'), change.before, change.after);
    case 'document-name':
      return changed(t('changes.name'), change.before, change.after);
    case 'document-description':
      return changed(t('changes.description'), change.before, change.after);
    case 'edge-added':
      return plain('+', `${change.edge.from} → ${change.edge.to}`);
    case 'edge-removed':
      return plain('−', `${change.edge.from} → ${change.edge.to}`);
    case 'edge-order':
      return {
        ...plain('~', t('changes.order', { to: change.to })),
        values: { before: change.before.join(', '), after: change.after.join(', ') },
      };
    case 'test-added':
      return plain('+', change.test);
    case 'test-removed':
      return plain('−', change.test);
    case 'test-changed':
      return plain('~', change.test);
    case 'layout':
      return plain('~', moved(change.nodes.length));
  }
}

/** Texts keep their quotes: a blank at an end, or nothing, is seen. */
const shown = (value: unknown): string =>
  value === undefined || value === null ? t('changes.leftOut') : showValue(value);

function moved(count: number): string {
  if (count === 0) return t('changes.movedRest');
  return count === 1 ? t('changes.moved.one') : t('changes.moved.many', { count });
}
