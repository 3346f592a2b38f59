import type { GraphDocument } from '../../engine/contract/document.ts';
import { specOf } from '../../engine/specs.ts';
import { nodeText } from '../app/strings/spec-text.ts';

/** What people call a node: its name, else its type's label, else its id. */
export function nodeName(document: GraphDocument, id: string): string {
  const node = document.nodes[id];
  return node === undefined ? id : (node.name ?? nodeText(specOf(node.type)?.label ?? node.type));
}
