/** The person's connections: what there is, and a form for another one, which can be tried before it is kept. */
import { useEffect, useState } from 'react';
import { type KnownConnection, type Reached, SASL_MECHANISMS } from '../../engine/contract/connections.ts';
import type { Problem } from '../../engine/contract/problems.ts';
import { t } from '../app/strings/index.ts';
import { useStudio } from '../app/studio-context.ts';
import { ProblemNotes } from '../inspector/problem-note.tsx';
import { Modal } from '../ui/modal.tsx';
import { Select } from '../ui/select.tsx';
import { Switch } from '../ui/switch.tsx';
import { listConnections, removeConnection, saveConnection, testConnection } from './ask.ts';
import './connections.css';
import { connectionOf, type Draft, EMPTY_DRAFT, isName, type Mechanism } from './draft.ts';
import { ReachedNote } from './reached-note.tsx';

type Said = { readonly reached: Reached } | { readonly problems: readonly Problem[] } | null;

type TextKey = Exclude<keyof Draft, 'tls' | 'mechanism'>;
const isSecret = (key: TextKey): boolean => key === 'password' || key === 'registryPassword';

export function ConnectionsDialog() {
  const studio = useStudio();
  const [known, setKnown] = useState<readonly KnownConnection[] | null>(null);
  const [draft, setDraft] = useState<Draft>(EMPTY_DRAFT);
  const [busy, setBusy] = useState<string | null>(null);
  const [said, setSaid] = useState<Said>(null);
  const close = (): void => studio.ui.setState({ dialog: null });

  useEffect(() => {
    void listConnections(studio).then((answer) => {
      setKnown(answer.ok ? answer.value : []);
      if (!answer.ok) setSaid({ problems: answer.problems });
    });
  }, [studio]);

  const made = connectionOf(draft);
  const isReady = isName(draft.name) && !('wrong' in made);
  const set = (change: Partial<Draft>): void => {
    setDraft({ ...draft, ...change });
    setSaid(null);
  };
  const test = async (what: Parameters<typeof testConnection>[1], name: string): Promise<void> => {
    setBusy(name);
    setSaid(null);
    const answer = await testConnection(studio, what);
    setBusy(null);
    setSaid(answer.ok ? { reached: answer.value } : { problems: answer.problems });
  };
  const keep = async (): Promise<void> => {
    if (!isReady || 'wrong' in made) return;
    const answer = await saveConnection(studio, draft.name, made);
    if (!answer.ok) return setSaid({ problems: answer.problems });
    setKnown(answer.value);
    setDraft(EMPTY_DRAFT);
    setSaid(null);
  };
  const remove = async (name: string): Promise<void> => {
    const answer = await removeConnection(studio, name);
    if (answer.ok) setKnown(answer.value);
    else setSaid({ problems: answer.problems });
  };
  const field = (key: TextKey, placeholder: string) => (
    <label className="connection-field" data-key={key}>
      <span className="field-label">{t(`connections.${key}`)}</span>
      <input
        className="input"
        type={isSecret(key) ? 'password' : 'text'}
        autoComplete={isSecret(key) ? 'new-password' : 'off'}
        spellCheck={false}
        placeholder={placeholder}
        value={draft[key]}
        onChange={(event) => set({ [key]: event.target.value })}
      />
    </label>
  );
  return (
    <Modal label={t('connections.title')} close={close}>
      <form
        className="connections"
        onSubmit={(event) => {
          event.preventDefault();
          void keep();
        }}
      >
        <div className="modal-body">
          <h2>{t('connections.title')}</h2>
          <p className="muted">{t('connections.text')}</p>
          <ul className="connection-list" aria-label={t('connections.list')}>
            {known?.map(({ name, text }) => (
              <li key={name}>
                <span className="connection-name">{name}</span>
                <span className="muted connection-text" title={text ?? undefined}>
                  {text ?? t('connections.unreadable')}
                </span>
                <button
                  type="button"
                  className="btn small"
                  disabled={busy !== null || text === null}
                  onClick={() => void test(name, name)}
                >
                  {t(busy === name ? 'connections.testing' : 'connections.test')}
                </button>
                <button
                  type="button"
                  className="tool"
                  aria-label={t('connections.remove', { name })}
                  title={t('connections.remove', { name })}
                  onClick={() => void remove(name)}
                >
                  ×
                </button>
              </li>
            ))}
            {known?.length === 0 && <li className="faint">{t('connections.none')}</li>}
          </ul>
          <h3>{t('connections.new')}</h3>
          <div className="connection-fields">
            {field('name', 'orders')}
            {field('brokers', 'b1.example.com:9093, b2.example.com:9093')}
            <span className="switch-line">
              <Switch label={t('connections.tls')} checked={draft.tls} onChange={(tls) => set({ tls })} />
              {t('connections.tls')}
            </span>
            {draft.tls && field('caFile', '/etc/ssl/kafka-ca.pem')}
            <div className="connection-field">
              <span className="field-label">{t('connections.mechanism')}</span>
              <Select
                label={t('connections.mechanism')}
                value={draft.mechanism}
                options={[
                  { value: 'none', label: t('connections.noPassword') },
                  ...SASL_MECHANISMS.map((value) => ({ value, label: `SASL ${value}` })),
                ]}
                onChange={(next) => set({ mechanism: (next ?? 'none') as Mechanism })}
              />
            </div>
            {draft.mechanism !== 'none' && field('username', '')}
            {draft.mechanism !== 'none' && field('password', '')}
            {field('registry', 'https://schemas.example.com')}
            {draft.registry !== '' && field('registryUser', '')}
            {draft.registry !== '' && field('registryPassword', '')}
          </div>
          {said !== null && 'reached' in said && <ReachedNote reached={said.reached} />}
          {said !== null && 'problems' in said && <ProblemNotes problems={said.problems} />}
        </div>
        <div className="modal-buttons">
          <button type="button" className="btn" onClick={close}>
            {t('connections.close')}
          </button>
          <span className="spring" />
          <button
            type="button"
            className="btn"
            disabled={'wrong' in made || busy !== null}
            onClick={() => {
              if (!('wrong' in made)) void test(made, '');
            }}
          >
            {t(busy === '' ? 'connections.testing' : 'connections.test')}
          </button>
          <button type="submit" className="btn primary" disabled={!isReady}>
            {t('connections.keep')}
          </button>
        </div>
      </form>
    </Modal>
  );
}
