/**
 * Durations as people write them in a document: `"30 min"`, `"1 h"`, `"1 h 30 min"`, `"250 ms"`.
 */
const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
];

const MS: ReadonlyMap<string, number> = new Map([
  ...UNITS,
  ['day', 86_400_000],
  ['days', 86_400_000],
  ['hour', 3_600_000],
  ['hours', 3_600_000],
  ['m', 60_000],
  ['minute', 60_000],
  ['minutes', 60_000],
  ['sec', 1000],
  ['second', 1000],
  ['seconds', 1000],
]);

/** The duration in ms, or null where the text is not one. A sign counts for the whole: `-8 h`. */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === '0') return 0;
  const match = /^(-?)((?:\d+(?:\.\d+)?\s*[a-z]+\s*)+)$/i.exec(trimmed);
  if (match === null) return null;
  let total = 0;
  for (const [, amount, unit] of (match[2] ?? '').matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const ms = MS.get((unit ?? '').toLowerCase());
    if (ms === undefined) return null;
    // The fraction by itself: 1.005 * 1000 is not 1005 in binary.
    const [whole = '', fraction = ''] = (amount ?? '').split('.');
    total += Number(whole) * ms + (Number(fraction) * ms) / 10 ** fraction.length;
  }
  const signed = match[1] === '-' ? -total : total;
  return Number.isSafeInteger(signed) ? signed : null;
}

/** `5_400_000` → `"1 h 30 min"`: the text that `parseDuration` reads back. */
export function printDuration(ms: number): string {
  if (ms === 0) return '0 s';
  let rest = Math.abs(ms);
  const parts: string[] = [];
  for (const [name, unit] of UNITS) {
    const count = Math.floor(rest / unit);
    if (count > 0) parts.push(`${count} ${name}`);
    rest -= count * unit;
  }
  return (ms < 0 ? '-' : '') + parts.join(' ');
}
