import { ChangesDialog } from '../changes/changes-dialog.tsx';
import { ConnectionsDialog } from '../connections/connections-dialog.tsx';
import { PlacesDialog } from '../connections/places-dialog.tsx';
import { Modal } from '../ui/modal.tsx';
import { CommandList } from './command-list.tsx';
import { FileDialog } from './file-dialog.tsx';
import { PreferencesDialog } from './preferences-dialog.tsx';
import { SavepointDialog } from './savepoint-dialog.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { t } from './strings/index.ts';
import { useDocument, useUi } from './studio-context.ts';

export function Dialogs() {
  const dialog = useUi((state) => state.dialog);
  switch (dialog?.kind) {
    case undefined:
      return null;
    case 'open':
    case 'save':
      return <FileDialog dialog={dialog} />;
    case 'unsaved':
      return <UnsavedDialog choose={dialog.choose} />;
    case 'savepoint':
      return <SavepointDialog stop={dialog.stop} />;
    case 'changes':
      return <ChangesDialog against={dialog.against} />;
    case 'preferences':
      return <PreferencesDialog />;
    case 'shortcuts':
      return <ShortcutsDialog />;
    case 'connections':
      return <ConnectionsDialog />;
    case 'places':
      return <PlacesDialog asked={dialog.asked} use={dialog.use} />;
    case 'commands':
      return <CommandList />;
  }
}

function UnsavedDialog({ choose }: { choose: (choice: 'save' | 'discard' | 'cancel') => void }) {
  const name = useDocument((state) => state.file?.fileName ?? '');
  return (
    <Modal label={t('unsaved.title', { name })} close={() => choose('cancel')}>
      <div className="modal-body">
        <h2>{t('unsaved.title', { name })}</h2>
        <p className="muted">{t('unsaved.text')}</p>
      </div>
      <div className="modal-buttons">
        <button type="button" className="btn" onClick={() => choose('discard')}>
          {t('unsaved.discard')}
        </button>
        <span className="spring" />
        <button type="button" className="btn" onClick={() => choose('cancel')}>
          {t('unsaved.cancel')}
        </button>
        <button type="button" className="btn primary" onClick={() => choose('save')}>
          {t('unsaved.save')}
        </button>
      </div>
    </Modal>
  );
}
