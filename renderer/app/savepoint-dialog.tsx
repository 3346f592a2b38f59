/** Asks for the name of a savepoint, and says why it was not taken. */
import { useState } from 'react';
import { zSavepointName } from '../../engine/contract/checkpoints.ts';
import type { Problem } from '../../engine/contract/problems.ts';
import { ProblemNotes } from '../inspector/problem-note.tsx';
import { Modal } from '../ui/modal.tsx';
import { loadKept } from './checkpoints.ts';
import { takeSavepoint } from './go-on.ts';
import { t } from './strings/index.ts';
import { useStudio } from './studio-context.ts';

export function SavepointDialog({ stop }: { stop: boolean }) {
  const studio = useStudio();
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const close = (): void => studio.ui.setState({ dialog: null });
  const parsed = zSavepointName.safeParse(name.trim());
  const bad = name.trim() === '' || parsed.success ? null : (parsed.error.issues[0]?.message ?? '');
  const take = async (): Promise<void> => {
    if (!parsed.success || busy) return;
    setBusy(true);
    const found = await takeSavepoint(studio, parsed.data, stop);
    setBusy(false);
    setProblems(found);
    if (found.length > 0) return;
    close();
    if (stop) await loadKept(studio);
  };
  const title = t(stop ? 'savepoint.stopTitle' : 'savepoint.title');
  return (
    <Modal label={title} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void take();
        }}
      >
        <div className="modal-body">
          <h2>{title}</h2>
          <p className="muted">{t(stop ? 'savepoint.stopText' : 'savepoint.text')}</p>
          <label className="field-label" htmlFor="savepoint-name">
            {t('savepoint.name')}
          </label>
          <input
            id="savepoint-name"
            className="input"
            // biome-ignore lint/a11y/noAutofocus: a dialog that was opened to type into
            autoFocus
            autoComplete="off"
            spellCheck={false}
            maxLength={64}
            placeholder={t('savepoint.placeholder')}
            aria-invalid={bad !== null}
            value={name}
            onChange={(event) => {
              setName(event.target.value);
              setProblems([]);
            }}
          />
          {bad !== null && <p className="field-problem">{bad}</p>}
          <ProblemNotes problems={problems} />
        </div>
        <div className="modal-buttons">
          <span className="spring" />
          <button type="button" className="btn" onClick={close}>
            {t('unsaved.cancel')}
          </button>
          <button type="submit" className="btn primary" disabled={!parsed.success || busy}>
            {t(busy ? 'savepoint.busy' : stop ? 'savepoint.stop' : 'savepoint.take')}
          </button>
        </div>
      </form>
    </Modal>
  );
}
