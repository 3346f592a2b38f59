/** What is done to the selection. */
import { arrangeDocument } from '../canvas/arrange.ts';
import { copyText, pasteEdit } from '../canvas/clipboard.ts';
import type { Edit } from '../canvas/edits.ts';
import { edit } from '../store/document.ts';
import { clearSelection, selectNodes } from '../store/selection.ts';
import type { Studio } from '../store/studio.ts';
import type { Action } from './action.ts';
import { hasDocument } from './document-actions.ts';

const hasNodes = (studio: Studio): boolean =>
  hasDocument(studio) && studio.selection.getState().nodes.size > 0;

export const deleteAction: Action = {
  id: 'delete',
  label: () => 'action.delete',
  icon: 'M3 4h10M6 4V2.500h4V4M4.500 4l.5 9.500h6l.5-9.500',
  shortcuts: ['Delete', 'Backspace'],
  notInText: true,
  when: (studio) => hasNodes(studio) || (hasDocument(studio) && studio.selection.getState().edges.size > 0),
  perform: removeSelection,
};

function removeSelection(studio: Studio): void {
  const { nodes, edges } = studio.selection.getState();
  const edits: Edit[] = [];
  if (edges.size > 0) edits.push({ type: 'removeEdges', ids: [...edges] });
  if (nodes.size > 0) edits.push({ type: 'removeNodes', ids: [...nodes] });
  clearSelection(studio.selection);
  edit(studio.document, edits);
}

export const duplicateAction: Action = {
  id: 'duplicate',
  label: () => 'action.duplicate',
  icon: 'M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3',
  shortcuts: ['Mod+D'],
  notInText: true,
  when: hasNodes,
  perform: (studio) => {
    const text = selectionText(studio);
    if (text !== null) pasteText(studio, text);
  },
};

/** The selected nodes as text; null where none is. */
export const selectionText = (studio: Studio): string | null =>
  copyText(studio.document.getState().document, studio.selection.getState().nodes);

/** Whether the text held nodes. */
export function pasteText(studio: Studio, text: string): boolean {
  const pasted = pasteEdit(studio.document.getState().document, text);
  if (pasted === null) return false;
  edit(studio.document, pasted.edit);
  selectNodes(studio.selection, pasted.ids);
  return true;
}

export const copyAction: Action = {
  id: 'copy',
  label: () => 'action.copy',
  icon: duplicateAction.icon,
  shortcuts: ['Mod+C'],
  byEvent: true,
  when: hasNodes,
  perform: async (studio) => {
    const text = selectionText(studio);
    if (text !== null) await navigator.clipboard.writeText(text);
  },
};

export const cutAction: Action = {
  id: 'cut',
  label: () => 'action.cut',
  icon: 'M4 12.500a1.500 1.500 0 1 0 0-.01M12 12.500a1.500 1.500 0 1 0 0-.01M5 11l6-8.500M11 11L5 2.500',
  shortcuts: ['Mod+X'],
  byEvent: true,
  when: hasNodes,
  perform: async (studio) => {
    await copyAction.perform(studio);
    removeSelection(studio);
  },
};

export const pasteAction: Action = {
  id: 'paste',
  label: () => 'action.paste',
  icon: 'M5 3H3v11h10V3h-2M5.500 1.500h5v3h-5z',
  shortcuts: ['Mod+V'],
  byEvent: true,
  when: hasDocument,
  perform: async (studio) => pasteText(studio, await navigator.clipboard.readText()),
};

export const selectAllAction: Action = {
  id: 'select-all',
  label: () => 'action.selectAll',
  icon: 'M2.500 2.500h11v11h-11zM5.500 5.500h5v5h-5z',
  shortcuts: ['Mod+A'],
  notInText: true,
  when: hasDocument,
  perform: (studio) => selectNodes(studio.selection, Object.keys(studio.document.getState().document.nodes)),
};

export const arrangeAction: Action = {
  id: 'arrange',
  label: () => 'action.arrange',
  icon: 'M2 3h4v4H2zM10 3h4v4h-4zM10 10h4v4h-4zM6 5h4M8 5v7h2',
  when: hasDocument,
  perform: async (studio) => {
    await arrangeDocument(studio);
    requestAnimationFrame(() => studio.canvas?.fitView());
  },
};
