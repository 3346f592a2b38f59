/** What a window does once, beside drawing: theme, language, shortcuts, clipboard, the host's commands, the engine. */
import type { WeirBridge } from '../../electron/ipc/contract.ts';
import { deleteAction, pasteText, selectionText } from '../actions/edit-actions.ts';
import { ACTIONS } from '../actions/index.ts';
import { actionFor } from '../actions/shortcuts.ts';
import { isUnsaved } from '../store/document.ts';
import type { Studio } from '../store/studio.ts';
import { followKept } from './checkpoints.ts';
import { openPath } from './files.ts';
import { followLanguage } from './language.ts';
import { connectEngine } from './runs.ts';
import { followTheme } from './theme.ts';

export function start(studio: Studio): void {
  followTheme(studio.ui);
  followLanguage(studio.ui);
  void studio.host.capabilities().then((capabilities) => {
    studio.capabilities = capabilities;
  });
  followKept(studio);
  void connectEngine(studio);
  window.addEventListener('keydown', (event) => press(studio, event));
  document.addEventListener('copy', (event) => copy(studio, event));
  document.addEventListener('cut', (event) => {
    if (copy(studio, event)) void deleteAction.perform(studio);
  });
  document.addEventListener('paste', (event) => {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (!inText(event) && studio.document.getState().file !== null && pasteText(studio, text))
      event.preventDefault();
  });
  window.addEventListener('beforeunload', (event) => {
    if (isUnsaved(studio.document.getState())) event.preventDefault();
  });
  // A file dropped outside of what takes it would replace the page.
  for (const type of ['dragover', 'drop'] as const)
    window.addEventListener(type, (event) => event.preventDefault());
  const { weir } = globalThis as { weir?: WeirBridge };
  weir?.onCommand((id) => void run(studio, id));
  weir?.onOpenFile((path) => void openPath(studio, path));
}

function press(studio: Studio, event: KeyboardEvent): void {
  if (event.defaultPrevented || studio.ui.getState().dialog !== null) return;
  const mac = studio.capabilities.platform === 'darwin' || /Mac/.test(navigator.platform);
  const action = actionFor(ACTIONS, event, { mac, inText: inText(event) });
  if (action === null) return;
  event.preventDefault();
  if (action.when(studio)) void action.perform(studio);
}

/** What the native menu asks for. In a text field its edit commands mean the text. */
function run(studio: Studio, id: string): void {
  const action = ACTIONS.find((known) => known.id === id);
  const focused = document.activeElement;
  if (action?.notInText === true && focused !== null && isText(focused)) {
    document.execCommand(TEXT_COMMANDS[id] ?? id);
    return;
  }
  if (action?.when(studio) === true) void action.perform(studio);
}

function copy(studio: Studio, event: ClipboardEvent): boolean {
  const chosen = document.getSelection()?.isCollapsed === false;
  const text = inText(event) || chosen ? null : selectionText(studio);
  if (text === null) return false;
  event.clipboardData?.setData('text/plain', text);
  event.preventDefault();
  return true;
}

const TEXT_COMMANDS: Readonly<Record<string, string>> = { 'select-all': 'selectAll' };

/** Whether the event belongs to a text field. */
const inText = (event: Event): boolean => event.target instanceof Element && isText(event.target);

const isText = (element: Element): boolean =>
  element.closest('input, textarea, select, [contenteditable="true"]') !== null;
