/** Every command, in the order of the command list. */
import type { Action } from './action.ts';
import {
  closeAction,
  newAction,
  openAction,
  redoAction,
  saveAction,
  saveAsAction,
  undoAction,
} from './document-actions.ts';
import {
  arrangeAction,
  copyAction,
  cutAction,
  deleteAction,
  duplicateAction,
  pasteAction,
  selectAllAction,
} from './edit-actions.ts';
import {
  goOnAction,
  restartEngineAction,
  runAction,
  STEP_ACTIONS,
  savepointAction,
  stopAction,
  stopWithSavepointAction,
} from './run-actions.ts';
import {
  commandsAction,
  darkAction,
  fitAction,
  lightAction,
  panelAction,
  systemThemeAction,
  zoneAction,
} from './view-actions.ts';

export const ACTIONS: readonly Action[] = [
  runAction,
  ...STEP_ACTIONS,
  stopAction,
  savepointAction,
  stopWithSavepointAction,
  goOnAction,
  saveAction,
  saveAsAction,
  openAction,
  newAction,
  closeAction,
  undoAction,
  redoAction,
  copyAction,
  cutAction,
  pasteAction,
  duplicateAction,
  deleteAction,
  selectAllAction,
  fitAction,
  arrangeAction,
  panelAction,
  zoneAction,
  lightAction,
  darkAction,
  systemThemeAction,
  restartEngineAction,
  commandsAction,
];
