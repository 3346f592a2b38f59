/** Figures as people read them in a terminal. NaN is "not known" and is never shown as such. */

const UNITS = ['', ' k', ' M', ' G', ' T'];

/** `12.4 k/s`. */
export function rate(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return '–';
  let value = perSecond;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)}${UNITS[unit]}/s`;
}

/** `1,234,567`. By hand: the first `toLocaleString` of a process loads ICU's tables, 30 ms. */
export const count = (value: number): string =>
  Number.isFinite(value)
    ? Math.round(value)
        .toFixed(0)
        .replace(/\B(?=(\d{3})+$)/g, ',')
    : '–';

/** `2001-01-03 04:00:00` in UTC. */
export function time(ms: number): string {
  if (ms === Infinity) return 'end';
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return 'none yet';
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.000Z$|Z$/, '');
}

const SPANS: readonly (readonly [ms: number, unit: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
];

/** `3 min 12 s`: the two largest units. */
export function span(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const at = SPANS.findIndex(([unit]) => ms >= unit);
  const [large, largeName] = SPANS[at] ?? [1000, 's'];
  const whole = Math.floor(ms / large);
  const next = SPANS[at + 1];
  const rest = next === undefined ? 0 : Math.floor((ms % large) / next[0]);
  return rest === 0 || next === undefined
    ? `${count(whole)} ${largeName}`
    : `${count(whole)} ${largeName} ${rest} ${next[1]}`;
}

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Lines of a table that fits `width`: text columns on the left are cut, then columns on the right are left out. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const cells = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, c) => Math.max(...cells.map((row) => row[c]?.length ?? 0)));
  const total = (n: number): number => widths.slice(0, n).reduce((sum, w) => sum + w + 2, -2);
  const over = total(columns.length) - width;
  if (over > 0) widths[0] = Math.max(8, (widths[0] ?? 0) - over);
  let shown = columns.length;
  while (shown > 1 && total(shown) > width) shown--;
  return cells.map((row) =>
    columns
      .slice(0, shown)
      .map(({ align }, c) => pad(row[c] ?? '', widths[c] ?? 0, align))
      .join('  ')
      .slice(0, width)
      .trimEnd(),
  );
}

function pad(text: string, width: number, align: Column['align']): string {
  const cut = text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text;
  return align === 'left' ? cut.padEnd(width) : cut.padStart(width);
}
