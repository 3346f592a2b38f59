/** Opening and saving: what may be lost is asked for first, and a file that cannot be read stays as it is. */
import { emptyDocument } from '../../engine/contract/document.ts';
import type { HostResult, OpenedFile } from '../../engine/contract/host.ts';
import { parseDocument } from '../../engine/contract/parse.ts';
import {
  closeDocument,
  documentText,
  isUnsaved,
  markSaved,
  openDocument,
  showBroken,
} from '../store/document.ts';
import { forgetRun } from '../store/run.ts';
import { clearSelection } from '../store/selection.ts';
import type { Studio } from '../store/studio.ts';
import { endRun } from './runs.ts';
import { t } from './strings/index.ts';

/** Shows a text as the open document, or its problems. */
export function openText(studio: Studio, file: OpenedFile): void {
  leave(studio);
  const { path, fileName } = file;
  const parsed = parseDocument(file.text);
  if (parsed.ok) openDocument(studio.document, parsed.value, { path, fileName });
  else showBroken(studio.document, { path, fileName, problems: parsed.problems });
}

export async function newDocument(studio: Studio): Promise<void> {
  if (!(await mayLeave(studio))) return;
  leave(studio);
  openDocument(studio.document, emptyDocument(), { path: null, fileName: t('app.untitled') });
}

/** Back to the start screen. */
export async function closeFile(studio: Studio): Promise<void> {
  if (!(await mayLeave(studio))) return;
  leave(studio);
  closeDocument(studio.document);
}

/** By a native dialog where the host has one, else by the studio's own. */
export async function openByDialog(studio: Studio): Promise<void> {
  if (!studio.capabilities.dialogs) return studio.ui.setState({ dialog: { kind: 'open' } });
  if (!(await mayLeave(studio))) return;
  const file = take(studio, await studio.host.openDialog());
  if (file !== null) openText(studio, file);
}

export async function openPath(studio: Studio, path: string): Promise<void> {
  if (!(await mayLeave(studio))) return;
  const file = take(studio, await studio.host.open(path));
  if (file !== null) openText(studio, file);
}

/** An example or a dropped file: it has no place of its own until it is saved. */
export async function openCopy(studio: Studio, fileName: string, text: string): Promise<void> {
  if (await mayLeave(studio)) openText(studio, { path: null, fileName, text });
}

/** Whether the document is saved now: false after a cancel or a failure, which is shown. */
export async function save(studio: Studio): Promise<boolean> {
  const { file, document } = studio.document.getState();
  if (file === null) return false;
  if (file.path === null) return saveAs(studio);
  const saved = take(studio, await studio.host.save(file.path, documentText(document)));
  if (saved === null) return false;
  markSaved(studio.document, document, { path: saved.path, fileName: saved.fileName });
  return true;
}

export async function saveAs(studio: Studio): Promise<boolean> {
  const { file, document } = studio.document.getState();
  if (file === null) return false;
  if (!studio.capabilities.dialogs) {
    return new Promise((done) =>
      studio.ui.setState({ dialog: { kind: 'save', suggestedName: file.fileName, done } }),
    );
  }
  const saved = take(studio, await studio.host.saveDialog(file.fileName, documentText(document)));
  if (saved === null) return false;
  markSaved(studio.document, document, { path: saved.path, fileName: saved.fileName });
  return true;
}

/** For the studio's own dialog. Whether it worked; a failure is shown. */
export async function saveTo(studio: Studio, path: string): Promise<boolean> {
  const { document } = studio.document.getState();
  const saved = take(studio, await studio.host.save(path, documentText(document)));
  if (saved === null) return false;
  markSaved(studio.document, document, { path: saved.path, fileName: saved.fileName });
  return true;
}

/** Asks about unsaved changes. False: stay. */
export async function mayLeave(studio: Studio): Promise<boolean> {
  if (!isUnsaved(studio.document.getState())) return true;
  const choice = await new Promise<'save' | 'discard' | 'cancel'>((choose) =>
    studio.ui.setState({ dialog: { kind: 'unsaved', choose } }),
  );
  studio.ui.setState({ dialog: null });
  return choice === 'save' ? save(studio) : choice === 'discard';
}

function leave(studio: Studio): void {
  endRun(studio);
  forgetRun(studio.run);
  studio.telemetry.clear();
  clearSelection(studio.selection);
}

function take<T>(studio: Studio, result: HostResult<T>): T | null {
  if (result.ok) return result.value;
  studio.ui.setState({ notice: result.problem });
  return null;
}
