/** Changes of a document as lines of text: `+` is new, `-` is gone, `~` changed; a blank, what is not of the logic. Pure. */
import { printPath, showValue } from '../contract/problems.ts';
import { type Change, isLogic, nodesOf } from './diff.ts';

/** One line a change. */
export function printChanges(changes: readonly Change[]): string[] {
  const otherwise = new Set(changes.filter(isLogic).flatMap(nodesOf));
  return changes.map((change) => {
    const [mark, text] = said(change, !nodesOf(change).some((node) => otherwise.has(node)));
    return `${isLogic(change) ? mark : ' '} ${text}`;
  });
}

/** @param only no change of the logic is about the same node */
function said(change: Change, only: boolean): [mark: '+' | '-' | '~', text: string] {
  switch (change.kind) {
    case 'node-added':
      return ['+', `node ${change.node} (${change.type})`];
    case 'node-removed':
      return ['-', `node ${change.node} (${change.type})`];
    case 'node-id':
      return ['~', `node ${change.was} is now called ${change.node}`];
    case 'node-type':
      return ['~', `${change.node}: type ${change.before} → ${change.after}`];
    case 'setting':
      return ['~', `${change.node}: ${printPath(change.path)} ${values(change)}`];
    case 'node-name':
      return ['~', `${change.node}: ${only ? 'only its name' : 'name'} ${texts(change)}`];
    case 'node-note':
      return ['~', `${change.node}: ${only ? 'only its note' : 'note'} ${texts(change)}`];
    case 'edge-added':
      return ['+', `edge ${change.edge.from} → ${change.edge.to}`];
    case 'edge-removed':
      return ['-', `edge ${change.edge.from} → ${change.edge.to}`];
    case 'edge-order':
      return [
        '~',
        `order of edges to ${change.to}: ${change.before.join(', ')} → ${change.after.join(', ')}`,
      ];
    case 'run-setting':
      return ['~', `${printPath(['settings', ...change.path])} ${values(change)}`];
    case 'test-added':
      return ['+', `test ${showValue(change.test)}`];
    case 'test-removed':
      return ['-', `test ${showValue(change.test)}`];
    case 'test-changed':
      return ['~', `test ${showValue(change.test)}`];
    case 'document-name':
      return ['~', `name ${texts(change)}`];
    case 'document-description':
      return ['~', `description ${texts(change)}`];
    case 'other':
      return ['~', `${printPath(change.path)} ${values(change)}`];
    case 'layout':
      return ['~', moved(change.nodes.length)];
  }
}

/** `"10 s" → "20 s"`. */
export const values = ({ before, after }: { readonly before: unknown; readonly after: unknown }): string =>
  `${shown(before)} → ${shown(after)}`;

const texts = ({
  before,
  after,
}: {
  readonly before: string | null;
  readonly after: string | null;
}): string => values({ before: before ?? undefined, after: after ?? undefined });

const shown = (value: unknown): string => (value === undefined ? 'left out' : showValue(value));

const moved = (count: number): string =>
  count === 0 ? 'layout changed' : count === 1 ? 'moved 1 node' : `moved ${count} nodes`;
