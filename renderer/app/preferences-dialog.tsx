/** What is the person's and no document's: kept for them, and seen at once. */
import type { UiState } from '../store/ui.ts';
import { Modal } from '../ui/modal.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { type TextKey, t } from './strings/index.ts';
import { useStudio, useUi } from './studio-context.ts';

type Preference = 'theme' | 'zone' | 'language' | 'density' | 'motion';

const CHOICES: { readonly [P in Preference]: readonly (readonly [UiState[P], TextKey])[] } = {
  theme: [
    ['system', 'preferences.system'],
    ['light', 'preferences.light'],
    ['dark', 'preferences.dark'],
  ],
  language: [
    ['system', 'preferences.system'],
    ['en', 'preferences.en'],
    ['ja', 'preferences.ja'],
  ],
  zone: [
    ['utc', 'preferences.utc'],
    ['local', 'preferences.local'],
  ],
  density: [
    ['comfortable', 'preferences.comfortable'],
    ['compact', 'preferences.compact'],
  ],
  motion: [
    ['system', 'preferences.system'],
    ['reduced', 'preferences.reduced'],
  ],
};

export function PreferencesDialog() {
  const { ui } = useStudio();
  const close = (): void => ui.setState({ dialog: null });
  return (
    <Modal label={t('preferences.title')} close={close}>
      <div className="modal-body preferences">
        <h2>{t('preferences.title')}</h2>
        {(Object.keys(CHOICES) as Preference[]).map((name) => (
          <Choice key={name} name={name} />
        ))}
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

function Choice({ name }: { name: Preference }) {
  const { ui } = useStudio();
  const value = useUi((state) => state[name]);
  const label = t(`preferences.${name}`);
  return (
    <div className="preference">
      <span className="field-label">{label}</span>
      <Segmented
        label={label}
        value={value}
        options={CHOICES[name].map(([own, key]) => ({ value: own, label: t(key) }))}
        onChange={(next) => ui.setState({ [name]: next } as Pick<UiState, Preference>)}
      />
    </div>
  );
}
