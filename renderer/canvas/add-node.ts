/** New nodes from the palette, selected so that the inspector shows their settings. */
import type { GraphNode, Position } from '../../engine/contract/document.ts';
import { nodeOf } from '../../engine/contract/problems.ts';
import { specOf } from '../../engine/specs.ts';
import { formOf } from '../inspector/form/model.ts';
import { blankOf } from '../inspector/form/values.ts';
import { edit } from '../store/document.ts';
import { selectNodes } from '../store/selection.ts';
import type { Studio } from '../store/studio.ts';
import { focusPath } from '../store/ui.ts';
import { freshId } from './edits.ts';

/** Only what must be there and has an evident first value (a window's kind): the inspector asks for the rest. */
function newNode(type: string): GraphNode {
  const spec = specOf(type);
  return { type, config: spec === null ? {} : { ...blankOf(formOf(spec)) } };
}

/** Ids are what edges and files call a node: its type, with a number from the second on. */
const idFor = (studio: Studio, type: string): string =>
  freshId(studio.document.getState().document.nodes, type.replace(/[^A-Za-z0-9_-]/g, '_'));

export function addNode(studio: Studio, type: string, at: Position): void {
  const id = idFor(studio, type);
  edit(studio.document, { type: 'addNode', id, node: newNode(type), at });
  askForSettings(studio, id);
}

export function spliceInto(studio: Studio, edge: string, type: string, at: Position): void {
  const id = idFor(studio, type);
  edit(studio.document, { type: 'spliceNode', edge, id, node: newNode(type), at });
  askForSettings(studio, id);
  // What followed may have moved out of sight. A frame later the canvas knows of it.
  requestAnimationFrame(() => studio.canvas?.showAll());
}

/** Selects the node and puts the cursor into the first setting that it lacks: one can type at once. */
function askForSettings(studio: Studio, id: string): void {
  selectNodes(studio.selection, [id]);
  const lacking = studio.document
    .getState()
    .graph.problems.find((p) => nodeOf(p) === id && p.path[2] === 'config');
  if (lacking !== undefined) focusPath(studio.ui, lacking.path);
}
