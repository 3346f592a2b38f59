/** Where a system is: a connection by its name, which can be tried; and what is read there, which can be looked at. */
import { useEffect, useState } from 'react';
import type { KnownConnection, Reached } from '../../../engine/contract/connections.ts';
import type { Problem } from '../../../engine/contract/problems.ts';
import { t } from '../../app/strings/index.ts';
import { useStudio, useUi } from '../../app/studio-context.ts';
import { listConnections, testConnection } from '../../connections/ask.ts';
import '../../connections/connections.css';
import { ReachedNote } from '../../connections/reached-note.tsx';
import { controlId, useForm } from '../form/context.ts';
import type { WidgetProps } from '../form/sub-form.tsx';
import { ProblemNotes } from '../problem-note.tsx';

export function ConnectionWidget({ field, path, value, invalid }: WidgetProps) {
  const form = useForm();
  const studio = useStudio();
  const isOpen = useUi((state) => state.dialog?.kind === 'connections');
  const [known, setKnown] = useState<readonly KnownConnection[]>([]);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<{ reached: Reached } | { problems: readonly Problem[] } | null>(null);
  const name = typeof value === 'string' ? value : '';
  // Again when the dialog closes: there may be another one.
  useEffect(() => {
    if (isOpen) return;
    void listConnections(studio).then((answer) => setKnown(answer.ok ? answer.value : []));
  }, [studio, isOpen]);
  const test = async (): Promise<void> => {
    setBusy(true);
    const answer = await testConnection(studio, name);
    setBusy(false);
    setSaid(answer.ok ? { reached: answer.value } : { problems: answer.problems });
  };
  const list = `${controlId(path)}-known`;
  return (
    <>
      <div className="with-tool">
        <input
          id={controlId(path)}
          className="input"
          list={list}
          value={name}
          placeholder={field.meta.placeholder}
          aria-invalid={invalid}
          aria-label={field.meta.title}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setSaid(null);
            form.change(path, event.target.value === '' ? undefined : event.target.value);
          }}
          onBlur={form.done}
        />
        <datalist id={list}>
          {known.map((one) => (
            <option key={one.name} value={one.name}>
              {one.text}
            </option>
          ))}
        </datalist>
        <button
          type="button"
          className="btn small"
          disabled={name === '' || busy}
          onClick={() => void test()}
        >
          {t(busy ? 'connections.testing' : 'connections.test')}
        </button>
        <button
          type="button"
          className="btn small"
          title={t('connections.title')}
          onClick={() => studio.ui.setState({ dialog: { kind: 'connections' } })}
        >
          {t('connections.manage')}
        </button>
      </div>
      {said !== null && 'reached' in said && <ReachedNote reached={said.reached} />}
      {said !== null && 'problems' in said && <ProblemNotes problems={said.problems} />}
    </>
  );
}

export function PlaceWidget({ field, path, value, invalid }: WidgetProps) {
  const form = useForm();
  const studio = useStudio();
  const { browsed } = form;
  return (
    <div className="with-tool">
      <input
        id={controlId(path)}
        className="input"
        value={typeof value === 'string' ? value : ''}
        placeholder={field.meta.placeholder}
        aria-invalid={invalid}
        aria-label={field.meta.title}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => form.change(path, event.target.value === '' ? undefined : event.target.value)}
        onBlur={form.done}
      />
      {browsed !== null && (
        <button
          type="button"
          className="btn small"
          onClick={() =>
            studio.ui.setState({
              dialog: {
                kind: 'places',
                asked: browsed(),
                use(place) {
                  form.change(path, place);
                  form.done();
                  studio.ui.setState({ dialog: null });
                },
              },
            })
          }
        >
          {t('places.browse')}
        </button>
      )}
    </div>
  );
}
