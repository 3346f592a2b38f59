/** The run settings of the document, and a way to change one of them. */
import type { RunSettings } from '../../../engine/contract/document.ts';
import { useDocument, useStudio } from '../../app/studio-context.ts';
import { edit, endGesture } from '../../store/document.ts';
import { type Path, pathKeyOf, setAt } from '../form/values.ts';

export interface Settings {
  readonly settings: RunSettings;
  /** Undefined removes it. What is set has been validated: a document with a bad setting could not be opened again. */
  set(path: Path, value: unknown): void;
  done(): void;
}

const NO_SETTINGS: RunSettings = {};

export function useSettings(): Settings {
  const { document: store } = useStudio();
  const settings = useDocument((state) => state.document.settings) ?? NO_SETTINGS;
  return {
    settings,
    set(path, value) {
      const next = setAt(store.getState().document.settings, path, value) as RunSettings;
      edit(
        store,
        { type: 'setSettings', settings: Object.keys(next).length === 0 ? null : next },
        `settings ${pathKeyOf(path)}`,
      );
    },
    done: () => endGesture(store),
  };
}
