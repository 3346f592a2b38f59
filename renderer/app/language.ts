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
