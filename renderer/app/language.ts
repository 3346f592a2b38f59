/** The language of the page: the choice, or the system's where none was made. */
import type { LanguageChoice, UiStore } from '../store/ui.ts';
import { type Language, setLanguage } from './strings/index.ts';

/**
 * Chromium under LANG=C names its language `en-US@posix`, which Intl refuses; uPlot asks Intl for it while it loads,
 * and the studio would stay blank. Loaded before everything else.
 */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  const plain = navigator.language.split('@')[0] || 'en';
  Object.defineProperty(navigator, 'language', { value: plain, configurable: true });
}

/** Of the system's languages, in their order, the first that the studio speaks; English where it speaks none. */
export function languageFor(choice: LanguageChoice, system: readonly string[]): Language {
  if (choice !== 'system') return choice;
  for (const tag of system) {
    const [spoken] = tag.toLowerCase().split(/[-_]/);
    if (spoken === 'ja' || spoken === 'en') return spoken;
  }
  return 'en';
}

/** Before the first screen is drawn, and whenever choice or system change. */
export function followLanguage(ui: UiStore): void {
  const write = (): void => {
    const next = languageFor(ui.getState().language, navigator.languages);
    // Line breaks, quotation marks and the glyphs of Han characters are the language's.
    document.documentElement.lang = next;
    if (next === 'ja') void import('./japanese-font.ts').catch(() => {}); // Without it: the system's.
    setLanguage(next);
  };
  write();
  window.addEventListener('languagechange', write);
  ui.subscribe(({ language }, before) => {
    if (language !== before.language) write();
  });
}
