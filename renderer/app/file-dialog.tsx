/** Open and save where the host has no dialogs of its own: folders and .weir files, as the host lists them. */
import { useEffect, useState } from 'react';
import type { FolderEntry, FolderListing } from '../../engine/contract/host.ts';
import type { Problem } from '../../engine/contract/problems.ts';
import type { Dialog } from '../store/ui.ts';
import { Icon } from '../ui/icon.tsx';
import { Modal } from '../ui/modal.tsx';
import { openPath, saveTo } from './files.ts';
import { t } from './strings/index.ts';
import { useStudio } from './studio-context.ts';

const FOLDER = 'M2 13V3h4l1.500 2H14v8z';
const FILE = 'M4 1.500h5l3 3v10H4zM9 1.500v3h3';
const UP = 'M8 13V3M4 7l4-4 4 4';

type FileDialogState = Extract<Dialog, { kind: 'open' | 'save' }>;

export function FileDialog({ dialog }: { dialog: FileDialogState }) {
  const studio = useStudio();
  const start = studio.document.getState().file?.path?.replace(/[\\/][^\\/]*$/, '') ?? null;
  const [folder, setFolder] = useState<string | null>(start);
  const [listing, setListing] = useState<FolderListing | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [name, setName] = useState(dialog.kind === 'save' ? dialog.suggestedName : '');
  const saving = dialog.kind === 'save';
  useEffect(() => {
    let gone = false;
    void studio.host.list(folder).then((result) => {
      if (gone) return;
      setProblem(result.ok ? null : result.problem);
      if (result.ok) setListing(result.value);
    });
    return () => {
      gone = true;
    };
  }, [studio, folder]);

  const close = (saved: boolean): void => {
    studio.ui.setState({ dialog: null });
    if (dialog.kind === 'save') dialog.done(saved);
  };
  const fileName = withExtension(name.trim());
  const taken = listing?.entries.some((entry) => !entry.folder && entry.name === fileName) === true;
  const confirm = async (): Promise<void> => {
    if (listing === null || name.trim() === '') return;
    const path = join(listing.path, fileName);
    if (saving) {
      // Closed first where it worked: a failure is shown on the page behind.
      close(await saveTo(studio, path));
    } else {
      close(false);
      await openPath(studio, path);
    }
  };
  const pick = (entry: FolderEntry): void => (entry.folder ? setFolder(entry.path) : setName(entry.name));
  const title = t(saving ? 'files.save' : 'files.open');
  return (
    <Modal label={title} close={() => close(false)}>
      <div className="modal-body file-dialog">
        <h2>{title}</h2>
        <div className="file-path">
          <button
            type="button"
            className="btn small"
            title={t('files.up')}
            aria-label={t('files.up')}
            disabled={listing?.parent == null}
            onClick={() => setFolder(listing?.parent ?? null)}
          >
            <Icon path={UP} />
          </button>
          <span className="mono" title={listing?.path}>
            <bdi>{listing?.path}</bdi>
          </span>
        </div>
        <ul className="file-list">
          {listing?.entries.map((entry) => (
            <li key={entry.path}>
              <button
                type="button"
                data-current={!entry.folder && entry.name === fileName}
                onClick={() => pick(entry)}
                onDoubleClick={() => {
                  if (!entry.folder) void confirm();
                }}
              >
                <Icon path={entry.folder ? FOLDER : FILE} />
                {entry.name}
              </button>
            </li>
          ))}
          {listing === null && problem === null && <li className="muted">{t('files.loading')}</li>}
          {listing?.entries.length === 0 && <li className="muted">{t('files.empty')}</li>}
          {problem !== null && (
            <li className="file-problem">
              {problem.message} {problem.next}
            </li>
          )}
        </ul>
        {saving && (
          <label className="file-name">
            {t('files.name')}
            <input
              className="input"
              // biome-ignore lint/a11y/noAutofocus: the name is what is asked for
              autoFocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter') void confirm();
              }}
            />
          </label>
        )}
        {saving && taken && <p className="muted">{t('files.replace')}</p>}
      </div>
      <div className="modal-buttons">
        <span className="spring" />
        <button type="button" className="btn" onClick={() => close(false)}>
          {t('files.cancel')}
        </button>
        <button
          type="button"
          className="btn primary"
          disabled={listing === null || name.trim() === ''}
          onClick={() => void confirm()}
        >
          {t(saving ? 'files.saveButton' : 'files.openButton')}
        </button>
      </div>
    </Modal>
  );
}

const withExtension = (name: string): string =>
  name.toLowerCase().endsWith('.weir') ? name : `${name}.weir`;

const join = (folder: string, name: string): string => {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  return folder.endsWith(separator) ? folder + name : folder + separator + name;
};
