/** Files and history. */
import { closeFile, newDocument, openByDialog, save, saveAs } from '../app/files.ts';
import { CHANGES_ICON } from '../changes/icon.ts';
import { redo, undo } from '../store/document.ts';
import type { Studio } from '../store/studio.ts';
import type { Action } from './action.ts';

export const hasDocument = (studio: Studio): boolean => studio.document.getState().file !== null;

export const newAction: Action = {
  id: 'new',
  label: () => 'action.new',
  icon: 'M4 1.5h5l3 3v10H4zM8 7v5M5.500 9.500h5',
  shortcuts: ['Mod+Alt+N'],
  when: () => true,
  perform: newDocument,
};

export const openAction: Action = {
  id: 'open',
  label: () => 'action.open',
  icon: 'M2 13V3h4l1.500 2H14v8z',
  shortcuts: ['Mod+O'],
  when: () => true,
  perform: openByDialog,
};

export const saveAction: Action = {
  id: 'save',
  label: () => 'action.save',
  icon: 'M2.500 2.500h9l2 2v9h-11zM5 2.500v4h5v-4M5 13.500V9.500h6v4',
  shortcuts: ['Mod+S'],
  when: hasDocument,
  perform: save,
};

export const saveAsAction: Action = {
  id: 'save-as',
  label: () => 'action.saveAs',
  icon: saveAction.icon,
  shortcuts: ['Mod+Shift+S'],
  when: hasDocument,
  perform: saveAs,
};

export const changesAction: Action = {
  id: 'changes',
  label: () => 'action.changes',
  icon: CHANGES_ICON,
  shortcuts: ['Mod+Alt+D'],
  when: hasDocument,
  perform: ({ ui }) => ui.setState({ dialog: { kind: 'changes', against: 'saved' } }),
};

export const closeAction: Action = {
  id: 'close',
  label: () => 'action.close',
  icon: 'M3 3l10 10M13 3L3 13',
  when: (studio) => hasDocument(studio) || studio.document.getState().broken !== null,
  perform: closeFile,
};

export const undoAction: Action = {
  id: 'undo',
  label: () => 'action.undo',
  icon: 'M6 3L2.500 6.500 6 10M3 6.500h6a4 4 0 0 1 0 7H6',
  shortcuts: ['Mod+Z'],
  notInText: true,
  when: (studio) => studio.document.getState().past.length > 0,
  perform: (studio) => undo(studio.document),
};

export const redoAction: Action = {
  id: 'redo',
  label: () => 'action.redo',
  icon: 'M10 3l3.500 3.500L10 10M13 6.500H7a4 4 0 0 0 0 7h3',
  shortcuts: ['Mod+Shift+Z', 'Mod+Y'],
  notInText: true,
  when: (studio) => studio.document.getState().future.length > 0,
  perform: (studio) => redo(studio.document),
};
