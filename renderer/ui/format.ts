/**
 * Numbers and times as people read them. Every function takes what telemetry may hold, NaN and infinities included,
 * and never shows one of these.
 */
import { t } from '../app/strings/index.ts';
import type { Zone } from '../store/ui.ts';

/** Between number and unit: does not break, and is as narrow as typography wants it. */
const NARROW = '\u202f';
const UNKNOWN = '–';
/** Dates that JavaScript knows reach this far from 1970, in ms. */
const TIME_MAX = 8.64e15;

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** `8,214`; from a million on `12.4 M`. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return UNKNOWN;
  return Math.abs(count) < 1e6 ? grouped.format(count) : scaled(count);
}

/** Per second: `0`, `0.4`, `46`, `9.1 k`, `124 k`, `1.2 M`. */
export function formatRate(rate: number): string {
  if (!Number.isFinite(rate)) return UNKNOWN;
  if (rate === 0) return '0';
  const shown = Math.abs(rate) < 9.95 ? rate.toFixed(1) : null;
  if (shown !== null) return shown === '0.0' ? '<0.1' : shown.replace(/\.0$/, '');
  return Math.abs(rate) < 999.5 ? String(Math.round(rate)) : scaled(rate);
}

function scaled(value: number): string {
  for (const [unit, size] of SCALES) {
    // 999,950 rounds to a thousand thousands: it belongs to the next unit.
    if (Math.abs(value) < size * 999.5 || unit === 'T') {
      const amount = value / size;
      const text = Math.abs(amount) < 99.95 ? amount.toFixed(1).replace(/\.0$/, '') : grouped.format(amount);
      return `${text}${NARROW}${unit}`;
    }
  }
  return UNKNOWN;
}
const SCALES = [
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
] as const;

/** Decimal units, as disks and networks have them: `212 kB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return UNKNOWN;
  return bytes < 999.5 ? `${Math.round(bytes)}${NARROW}B` : `${scaled(bytes)}B`;
}

/** `84 %`, of a share from 0 to 1. */
export const formatShare = (share: number): string =>
  Number.isFinite(share) ? `${Math.round(share * 100)}${NARROW}%` : UNKNOWN;

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** The two largest units: `350 ms`, `57 s`, `3 min 12 s`, `2 h 30 min`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return UNKNOWN;
  if (ms < 0) return `−${formatDuration(-ms)}`;
  if (ms < 999.5) return `${Math.round(ms)}${NARROW}ms`;
  const at = UNITS.findIndex(([, size]) => ms >= size - (size === 1000 ? 0.5 : 0));
  const [unit, size] = UNITS[at] ?? ['s', 1000];
  if (unit === 's')
    return ms < 9950
      ? `${oneDigit(ms / 1000)}${NARROW}s`
      : `${Math.min(59, Math.round(ms / 1000))}${NARROW}s`;
  const count = Math.floor(ms / size);
  const [smaller, smallerSize] = UNITS[at + 1] ?? ['s', 1000];
  const rest = Math.floor((ms - count * size) / smallerSize);
  const first = `${grouped.format(count)}${NARROW}${unit}`;
  return rest === 0 ? first : `${first} ${rest}${NARROW}${smaller}`;
}

const oneDigit = (value: number): string => value.toFixed(1).replace(/\.0$/, '');

/** A stopwatch: `0:41`, `12:05`, `1:02:05`. */
export function formatElapsed(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '0:00';
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** `2001-01-03 10:12:05`, with milliseconds only where there are any. Years beyond 9999 as ISO writes them. */
export function formatTime(ms: number, zone: Zone): string {
  const iso = isoText(ms, zone);
  return iso === null ? UNKNOWN : iso.replace('T', ' ').replace(/\.000$/, '');
}

/** To the minute: `2001-01-03 10:12`. */
export function formatMinute(ms: number, zone: Zone): string {
  const iso = isoText(ms, zone);
  return iso === null ? UNKNOWN : iso.replace('T', ' ').replace(/:\d\d\.\d{3}$/, '');
}

/** Only the time of the day: `10:12:05`. */
export function formatClock(ms: number, zone: Zone): string {
  const iso = isoText(ms, zone);
  return iso === null ? UNKNOWN : iso.slice(iso.indexOf('T') + 1).replace(/\.\d{3}$/, '');
}

function isoText(ms: number, zone: Zone): string | null {
  if (!Number.isFinite(ms) || Math.abs(ms) > TIME_MAX) return null;
  const shift = zone === 'utc' ? 0 : new Date(ms).getTimezoneOffset() * 60_000;
  const moved = ms - shift;
  return Math.abs(moved) > TIME_MAX ? null : new Date(moved).toISOString().slice(0, -1);
}

/** A figure, and what hovering it shows: the raw value. */
export interface Shown {
  readonly text: string;
  /** Shown fainter, behind the text. */
  readonly more: string;
  readonly title: string;
}

/** Further behind than this, the data is history that is replayed, and "25 years behind" would say nothing. */
const HISTORY_MS = 30 * 86_400_000;

/**
 * `10:12 · 39 min behind`, `10:12:05 · 8 s behind`; of history, and without a clock to compare to, the date and time
 * alone. Short enough for a card: the title has it all.
 */
export function formatWatermark(watermark: number, now: number, zone: Zone): Shown {
  if (Number.isNaN(watermark) || watermark < -TIME_MAX)
    return { text: t('figure.noWatermark'), more: '', title: t('figure.noWatermark') };
  if (watermark > TIME_MAX) return { text: t('figure.endOfInput'), more: '', title: t('figure.endOfInput') };
  const behind = now - watermark;
  const known = Number.isFinite(behind) && Math.abs(behind) <= HISTORY_MS;
  const distance = (duration: string): string =>
    t(behind >= 0 ? 'figure.behind' : 'figure.ahead', { duration });
  const zoneName = t(zone === 'utc' ? 'status.zone.utc' : 'status.zone.local');
  const title =
    `${formatTime(watermark, zone)} ${zoneName} (${watermark} ms)` +
    (known ? `, ${distance(formatDuration(Math.abs(behind)))}` : '');
  if (!known) return { text: formatMinute(watermark, zone), more: '', title };
  const clock = formatClock(watermark, zone);
  const near = Math.abs(behind) < 60_000;
  // The largest unit alone.
  const coarse = formatDuration(Math.abs(behind)).split(' ')[0] ?? '';
  return { text: near ? clock : clock.replace(/:\d\d$/, ''), more: distance(coarse), title };
}
