/** Every command by name: Ctrl/Cmd+K. */
import { useState } from 'react';
import { ACTIONS } from '../actions/index.ts';
import { printShortcut } from '../actions/shortcuts.ts';
import { Icon } from '../ui/icon.tsx';
import { Modal } from '../ui/modal.tsx';
import { t } from './strings/index.ts';
import { useStudio } from './studio-context.ts';

export function CommandList() {
  const studio = useStudio();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const close = (): void => studio.ui.setState({ dialog: null });
  const found = ACTIONS.filter(
    (action) =>
      action.id !== 'commands' &&
      action.when(studio) &&
      t(action.label(studio)).toLowerCase().includes(text.trim().toLowerCase()),
  );
  const perform = (i: number): void => {
    const action = found[i];
    if (action === undefined) return;
    close();
    void action.perform(studio);
  };
  const mac = studio.capabilities.platform === 'darwin';
  return (
    <Modal label={t('commands.title')} close={close}>
      <input
        className="command-input"
        // biome-ignore lint/a11y/noAutofocus: a dialog that was opened to type into
        autoFocus
        placeholder={t('commands.search')}
        aria-label={t('commands.search')}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
          if (step !== 0 && found.length > 0) {
            event.preventDefault();
            setAt((at + step + found.length) % found.length);
          }
          if (event.key === 'Enter') perform(at);
        }}
      />
      <ul className="command-list">
        {found.map((action, i) => (
          <li key={action.id}>
            <button
              type="button"
              data-current={i === at}
              onClick={() => perform(i)}
              onMouseEnter={() => setAt(i)}
            >
              <Icon path={action.icon} />
              <span>{t(action.label(studio))}</span>
              {action.shortcuts?.[0] !== undefined && <kbd>{printShortcut(action.shortcuts[0], mac)}</kbd>}
            </button>
          </li>
        ))}
        {found.length === 0 && <li className="command-none">{t('commands.none')}</li>}
      </ul>
    </Modal>
  );
}
