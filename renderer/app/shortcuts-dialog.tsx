/** Every key that does something, from the same list that obeys them. */
import { ACTIONS } from '../actions/index.ts';
import { printShortcut } from '../actions/shortcuts.ts';
import { Modal } from '../ui/modal.tsx';
import { type TextKey, t } from './strings/index.ts';
import { useStudio } from './studio-context.ts';

/** Those that no action has: they belong to what has the focus. */
const OTHERS: readonly (readonly [TextKey, readonly string[]])[] = [
  ['shortcuts.findNode', ['/']],
  ['shortcuts.addNode', ['Enter']],
  ['shortcuts.focusNext', ['Tab']],
  ['shortcuts.select', ['Enter']],
  ['shortcuts.move', ['←', '↑', '→', '↓']],
];

export function ShortcutsDialog() {
  const studio = useStudio();
  const close = (): void => studio.ui.setState({ dialog: null });
  const mac = studio.capabilities.platform === 'darwin';
  const ofActions = ACTIONS.filter(({ shortcuts = [] }) => shortcuts.length > 0);
  return (
    <Modal label={t('shortcuts.title')} close={close}>
      <div className="modal-body shortcuts">
        <h2>{t('shortcuts.title')}</h2>
        <dl>
          {ofActions.map((action) => (
            <div key={action.id}>
              <dt>{t(action.label(studio))}</dt>
              <dd>
                {action.shortcuts?.map((shortcut) => (
                  <kbd key={shortcut}>{printShortcut(shortcut, mac)}</kbd>
                ))}
              </dd>
            </div>
          ))}
          {OTHERS.map(([key, shortcuts]) => (
            <div key={key}>
              <dt>{t(key)}</dt>
              <dd>
                {shortcuts.map((shortcut) => (
                  <kbd key={shortcut}>{shortcut}</kbd>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      </div>
      <div className="modal-buttons">
        <span className="spring" />
        <button type="button" className="btn primary" onClick={close}>
          {t('preferences.close')}
        </button>
      </div>
    </Modal>
  );
}
