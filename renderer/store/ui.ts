/** What the studio itself remembers: theme, zone, language, panels, the open dialog. Nothing of it is in a document. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Problem } from '../../engine/contract/problems.ts';
import type { Asked } from '../connections/ask.ts';

export type Theme = 'system' | 'light' | 'dark';
export type Zone = 'utc' | 'local';
/** `system`: the first of the system's languages that the studio speaks. */
export type LanguageChoice = 'system' | 'en' | 'ja';
/** `system`: less where the system asks for it. */
export type Motion = 'system' | 'reduced';
export type Density = 'comfortable' | 'compact';
export type PanelTab =
  | 'results'
  | 'data'
  | 'time'
  | 'windows'
  | 'why'
  | 'compare'
  | 'checkpoints'
  | 'problems'
  | 'log';

export type Against = 'saved' | 'run';

export type Dialog =
  /** The studio's own file dialogs, where the host has none. */
  | { readonly kind: 'open' }
  | { readonly kind: 'save'; readonly suggestedName: string; readonly done: (saved: boolean) => void }
  /** Unsaved changes would be lost by what comes next. */
  | { readonly kind: 'unsaved'; readonly choose: (choice: 'save' | 'discard' | 'cancel') => void }
  /** Asks for the name of one; `stop`: the run ends with it. */
  | { readonly kind: 'savepoint'; readonly stop: boolean }
  /** What differs from the saved file, or from what runs. */
  | { readonly kind: 'changes'; readonly against: Against }
  /** The person's connections. */
  | { readonly kind: 'connections' }
  | { readonly kind: 'preferences' }
  /** All keys that do something. */
  | { readonly kind: 'shortcuts' }
  /** What a source could read; `use` takes one. */
  | { readonly kind: 'places'; readonly asked: Asked; readonly use: (place: string) => void }
  | { readonly kind: 'commands' };

export interface UiState {
  readonly theme: Theme;
  readonly zone: Zone;
  readonly language: LanguageChoice;
  readonly motion: Motion;
  readonly density: Density;
  readonly panelOpen: boolean;
  readonly panelTab: PanelTab;
  /** px */
  readonly panelHeight: number;
  readonly dialog: Dialog | null;
  /** Whether nodes are looked for on the canvas. */
  readonly searching: boolean;
  /** Something went wrong outside of document and run (a save, an open): shown until it is dismissed. */
  readonly notice: Problem | null;
  /** The setting that a problem points at; `nonce` makes the same one count again. */
  readonly focus: { readonly path: Problem['path']; readonly nonce: number } | null;
}
export type UiStore = StoreApi<UiState>;

const KEY = 'weir.ui';
/** What is kept for the person. */
const KEPT = ['theme', 'zone', 'language', 'motion', 'density', 'panelOpen', 'panelHeight'] as const;
type Kept = Pick<UiState, (typeof KEPT)[number]>;

export interface KeyValue {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

export function createUiStore(storage: KeyValue | null = null): UiStore {
  const store = createStore<UiState>(() => ({
    theme: 'system',
    zone: 'utc',
    language: 'system',
    motion: 'system',
    density: 'comfortable',
    panelOpen: true,
    panelTab: 'results',
    panelHeight: 276,
    dialog: null,
    searching: false,
    notice: null,
    focus: null,
    ...readKept(storage),
  }));
  store.subscribe((state, before) => {
    if (KEPT.every((name) => state[name] === before[name])) return;
    const kept = Object.fromEntries(KEPT.map((name) => [name, state[name]]));
    try {
      storage?.setItem(KEY, JSON.stringify(kept));
    } catch {
      // Full or forbidden storage: the choice holds until the window closes.
    }
  });
  return store;
}

/** What was kept, as far as it can be read: the storage may hold anything. */
function readKept(storage: KeyValue | null): Partial<Kept> {
  let kept: unknown;
  try {
    kept = JSON.parse(storage?.getItem(KEY) ?? '{}');
  } catch {
    return {};
  }
  if (typeof kept !== 'object' || kept === null) return {};
  const { theme, zone, language, motion, density, panelOpen, panelHeight } = kept as Record<string, unknown>;
  return {
    ...(theme === 'light' || theme === 'dark' || theme === 'system' ? { theme } : {}),
    ...(zone === 'utc' || zone === 'local' ? { zone } : {}),
    ...(language === 'system' || language === 'en' || language === 'ja' ? { language } : {}),
    ...(motion === 'system' || motion === 'reduced' ? { motion } : {}),
    ...(density === 'comfortable' || density === 'compact' ? { density } : {}),
    ...(typeof panelOpen === 'boolean' ? { panelOpen } : {}),
    ...(typeof panelHeight === 'number' && panelHeight >= 80 && panelHeight <= 900 ? { panelHeight } : {}),
  };
}

export const showTab = (store: UiStore, panelTab: PanelTab): void =>
  store.setState({ panelTab, panelOpen: true });

export function focusPath(store: UiStore, path: Problem['path']): void {
  store.setState({ focus: { path, nonce: (store.getState().focus?.nonce ?? 0) + 1 } });
}
