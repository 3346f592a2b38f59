/** What a source could read: topics, and the newest records of the one that is looked at. */
import { useEffect, useState } from 'react';
import type { PeekedRecord, Place } from '../../engine/contract/connections.ts';
import type { Problem } from '../../engine/contract/problems.ts';
import { t } from '../app/strings/index.ts';
import { useStudio, useUi } from '../app/studio-context.ts';
import { ProblemNotes } from '../inspector/problem-note.tsx';
import { formatCount, formatTime } from '../ui/format.ts';
import { Modal } from '../ui/modal.tsx';
import { type Asked, browse, peek } from './ask.ts';
import './connections.css';

interface Looked {
  readonly place: string;
  readonly records: readonly PeekedRecord[] | null;
  readonly problems: readonly Problem[];
}

export function PlacesDialog({ asked, use }: { asked: Asked; use: (place: string) => void }) {
  const studio = useStudio();
  const zone = useUi((state) => state.zone);
  const [places, setPlaces] = useState<readonly Place[] | null>(null);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [looked, setLooked] = useState<Looked | null>(null);
  const [filter, setFilter] = useState('');
  const close = (): void => studio.ui.setState({ dialog: null });

  useEffect(() => {
    void browse(studio, asked).then((answer) => {
      setPlaces(answer.ok ? answer.value : []);
      if (!answer.ok) setProblems(answer.problems);
    });
  }, [studio, asked]);

  const look = async (place: string): Promise<void> => {
    setLooked({ place, records: null, problems: [] });
    const answer = await peek(studio, asked, place);
    const found = answer.ok
      ? { place, records: answer.value, problems: [] }
      : { place, records: [], problems: answer.problems };
    // Another one may have been picked meanwhile.
    setLooked((now) => (now?.place === place ? found : now));
  };
  const shown = places?.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase())) ?? [];
  return (
    <Modal label={t('places.title')} close={close}>
      <div className="modal-body places">
        <h2>{t('places.title')}</h2>
        <ProblemNotes problems={problems} />
        <div className="places-sides">
          <div className="places-list">
            <input
              className="input"
              // biome-ignore lint/a11y/noAutofocus: a dialog that was opened to type into
              autoFocus
              aria-label={t('places.filter')}
              placeholder={t('places.filter')}
              spellCheck={false}
              value={filter}
              onChange={(event) => setFilter(event.target.value)}
            />
            <div className="file-list">
              {places === null && <p className="muted">{t('places.reading')}</p>}
              {places?.length === 0 && problems.length === 0 && <p className="muted">{t('places.none')}</p>}
              {shown.map(({ name, partitions, records }) => (
                <button
                  key={name}
                  type="button"
                  data-current={looked?.place === name}
                  aria-pressed={looked?.place === name}
                  title={t('places.hint', { partitions, records: formatCount(records) })}
                  onClick={() => void look(name)}
                  onDoubleClick={() => use(name)}
                >
                  <span className="place-name">{name}</span>
                  <span className="faint num">
                    {t('places.size', { partitions, records: formatCount(records) })}
                  </span>
                </button>
              ))}
            </div>
          </div>
          <div className="places-records">
            {looked === null ? (
              <p className="muted">{t('places.pick')}</p>
            ) : (
              <>
                <ProblemNotes problems={looked.problems} />
                {looked.records === null && <p className="muted">{t('places.reading')}</p>}
                {looked.records?.length === 0 && looked.problems.length === 0 && (
                  <p className="muted">{t('places.empty')}</p>
                )}
                {looked.records !== null && looked.records.length > 0 && (
                  <table aria-label={t('places.records', { place: looked.place })}>
                    <thead>
                      <tr>
                        <th>{t('places.where')}</th>
                        <th>{t('places.time')}</th>
                        <th>{t('places.key')}</th>
                        <th>{t('places.value')}</th>
                      </tr>
                    </thead>
                    <tbody>
                      {looked.records.toReversed().map((record) => (
                        <tr key={`${record.partition} ${record.offset}`}>
                          <td className="num">
                            {record.partition}:{record.offset}
                          </td>
                          <td className="num">{formatTime(record.timestamp, zone)}</td>
                          <td className="mono" title={record.key ?? undefined}>
                            {record.key ?? <span className="faint">–</span>}
                          </td>
                          <td className="mono" title={record.value ?? undefined}>
                            {record.value ?? <span className="faint">{t('places.tombstone')}</span>}
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                )}
              </>
            )}
          </div>
        </div>
      </div>
      <div className="modal-buttons">
        <span className="spring" />
        <button type="button" className="btn" onClick={close}>
          {t('connections.close')}
        </button>
        <button
          type="button"
          className="btn primary"
          disabled={looked === null}
          onClick={() => {
            if (looked !== null) use(looked.place);
          }}
        >
          {t('places.use')}
        </button>
      </div>
    </Modal>
  );
}
