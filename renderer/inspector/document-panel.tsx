/** The document itself, while nothing is selected: what it is, and how it runs. */
import type { RunSettings } from '../../engine/contract/document.ts';
import type { Problem } from '../../engine/contract/problems.ts';
import { t } from '../app/strings/index.ts';
import { useDocument, useStudio } from '../app/studio-context.ts';
import { edit, endGesture } from '../store/document.ts';
import { NumberField } from '../ui/number-field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { ProblemNotes } from './problem-note.tsx';
import { ProseField } from './prose-field.tsx';
import { FaultsForm, isOfFaults } from './settings/faults-form.tsx';
import { SafetyForm } from './settings/safety-form.tsx';

/** The largest seed that a document takes. */
const SEED_MAX = 0xffff_ffff;

export function DocumentPanel() {
  const { document: store } = useStudio();
  const name = useDocument((state) => state.document.name);
  const description = useDocument((state) => state.document.description);
  const fileName = useDocument((state) => state.file?.fileName ?? '');
  const about = (next: { name?: string; description?: string }): void =>
    edit(
      store,
      {
        type: 'setAbout',
        name: (next.name ?? name) || null,
        description: (next.description ?? description) || null,
      },
      `about ${Object.keys(next).join()}`,
    );
  return (
    <div className="inspector-body">
      <header className="inspector-head">
        <input
          className="quiet-input"
          aria-label={t('document.name')}
          value={name ?? ''}
          placeholder={fileName}
          maxLength={200}
          onChange={(event) => about({ name: event.target.value })}
          onBlur={() => endGesture(store)}
        />
        <span className="faint">{t('document.title')}</span>
      </header>
      <ProseField
        label={t('document.about')}
        hint={t('document.aboutHint')}
        text={description ?? ''}
        onChange={(text) => about({ description: text })}
        onDone={() => endGesture(store)}
      />
      <RunSettingsForm />
      <SafetyForm />
      <FaultsForm />
      <p className="section faint">{t('document.hint')}</p>
    </div>
  );
}

function RunSettingsForm() {
  const { document: store } = useStudio();
  const settings = useDocument((state) => state.document.settings);
  const problems = useDocument((state) => state.graph.problems);
  const set = (key: keyof RunSettings, value: number | string | undefined): void => {
    const { [key]: _, ...rest } = settings ?? {};
    const next = value === undefined ? rest : { ...rest, [key]: value };
    edit(
      store,
      { type: 'setSettings', settings: Object.keys(next).length === 0 ? null : (next as RunSettings) },
      `settings ${key}`,
    );
  };
  const mine = problems.filter((one: Problem) => one.path[0] === 'settings' && !isOfFaults(one));
  const number = (
    key: 'seed' | 'parallelism',
    label: string,
    placeholder: string,
    min: number,
    max: number,
  ) => (
    <div className="field" data-half="true">
      <label className="field-label" htmlFor={`settings-${key}`}>
        {label}
      </label>
      <NumberField
        id={`settings-${key}`}
        label={label}
        value={settings?.[key]}
        placeholder={placeholder}
        integer
        describeBad={(bad) => t('form.notNumber', { text: bad, kept: settings?.[key] ?? t('form.nothing') })}
        onChange={(value) =>
          set(key, value === undefined ? undefined : Math.min(max, Math.max(min, Math.round(value))))
        }
        onDone={() => endGesture(store)}
      />
    </div>
  );
  return (
    <section className="section">
      <h2 className="section-title">{t('document.run')}</h2>
      <div className="field-grid">
        {number('seed', t('document.seed'), '0', 0, SEED_MAX)}
        {number('parallelism', t('document.parallelism'), '1', 1, 64)}
        <div className="field">
          <span className="field-label">{t('document.onBadRecord')}</span>
          <Segmented
            label={t('document.onBadRecord')}
            options={[
              { value: 'dead-letter', label: t('document.deadLetter') },
              { value: 'fail', label: t('document.fail') },
            ]}
            value={settings?.onBadRecord ?? 'dead-letter'}
            onChange={(value) => set('onBadRecord', value === 'dead-letter' ? undefined : value)}
          />
        </div>
      </div>
      <ProblemNotes problems={mine} />
    </section>
  );
}
