/** By node, what of it is not what runs: told on its card. */
import type { GraphDocument } from '../../engine/contract/document.ts';
import { type Change, diffDocuments, isLogic, nodesOf } from '../../engine/plan/diff.ts';
import { type Language, language } from '../app/strings/index.ts';
import { type Said, sayChanges } from './say.ts';

/** Only of the logic; nodes that run and are drawn no more have no card to tell it on. */
export function compareWithRun(ran: GraphDocument, drawn: GraphDocument): ReadonlyMap<string, string> {
  const byNode = new Map<string, string[]>();
  for (const said of sayChanges(diffDocuments(ran, drawn).filter(isLogic)))
    for (const node of nodesOf(said.change)) {
      if (!Object.hasOwn(drawn.nodes, node)) continue;
      byNode.set(node, [...(byNode.get(node) ?? []), inOneLine(said)]);
    }
  return new Map([...byNode].map(([node, lines]) => [node, lines.join('; ')]));
}

const inOneLine = ({ what, values, mark, change }: Said): string => {
  if (values !== null) return `${what} ${values.before} → ${values.after}`;
  return isOfEdge(change) ? `${mark} ${what}` : what;
};

const isOfEdge = (change: Change): boolean => 'edge' in change;

interface Compared {
  readonly ran: GraphDocument;
  readonly drawn: GraphDocument;
  readonly language: Language;
  readonly found: ReadonlyMap<string, string>;
}
let last: Compared | null = null;

/** The same for all cards, which ask at every change of the document: while nodes are dragged nothing is compared. */
export function notRunning(ran: GraphDocument, drawn: GraphDocument): ReadonlyMap<string, string> {
  const same =
    last !== null &&
    last.ran === ran &&
    last.drawn.nodes === drawn.nodes &&
    last.drawn.edges === drawn.edges &&
    last.language === language();
  if (last === null || !same) last = { ran, drawn, language: language(), found: compareWithRun(ran, drawn) };
  return last.found;
}
