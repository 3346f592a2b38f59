/** Writes the theme, the density and how much moves onto the page: the choice, or the system's where none was made. */
import type { UiStore } from '../store/ui.ts';

export function followTheme(ui: UiStore): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const write = (): void => {
    const { theme, motion, density } = ui.getState();
    const isStill = motion === 'reduced' || still.matches;
    document.documentElement.dataset['motion'] = isStill ? 'reduced' : 'full';
    document.documentElement.dataset['density'] = density;
    const shown = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
    if (document.documentElement.dataset['theme'] === shown) return;
    document.documentElement.dataset['theme'] = shown;
    // What draws on a canvas reads colours from the page: it draws again with the new ones.
    window.dispatchEvent(new Event('weir-theme'));
  };
  write();
  dark.addEventListener('change', write);
  still.addEventListener('change', write);
  ui.subscribe(write);
}
