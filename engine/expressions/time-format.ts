/**
 * Times as text: ISO 8601, epoch numbers, or a pattern of Java's DateTimeFormatter letters (what Flink and Spark take).
 * Everything is UTC unless the text has an offset.
 */
import {
  dayOf,
  daysFromCivil,
  daysInMonth,
  hourOf,
  isoWeekday,
  MS_DAY,
  MS_HOUR,
  MS_MINUTE,
  MS_SECOND,
  milliOf,
  minuteOf,
  monthOf,
  secondOf,
  yearOf,
} from './calendar.ts';

/** Times further from the epoch than this have no `Date`, and mean nothing. */
const TIME_MAX = 8.64e15;
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');

/** Reads a time; ms since the epoch, or null where the text is not one in this format (or the pattern is not one). */
export function parseTime(text: string, format: string): number | null {
  switch (format) {
    case 'iso':
      return parseIso(text);
    case 'epoch-ms':
    case 'epoch-s': {
      if (!/^\s*[+-]?\d+(\.\d+)?\s*$/.test(text)) return null;
      const ms = Math.floor(Number(text) * (format === 'epoch-s' ? 1000 : 1)) + 0;
      return Math.abs(ms) <= TIME_MAX ? ms : null;
    }
    default: {
      const pattern = compilePattern(format);
      return typeof pattern === 'string' ? null : readPattern(text, pattern.parts);
    }
  }
}

/** Writes a time; null where `format` is not a pattern. */
export function formatTime(ms: number, format: string): string | null {
  if (format === 'iso') return formatTime(ms, "yyyy-MM-dd'T'HH:mm:ss.SSSX");
  if (format === 'epoch-ms') return String(ms);
  if (format === 'epoch-s') return String(ms / 1000);
  const pattern = compilePattern(format);
  if (typeof pattern === 'string') return null;
  // Times come in order, more or less: the text of a day is mostly that of the row before.
  if (pattern.unit > 1 && ms >= pattern.from && ms < pattern.from + pattern.unit) return pattern.text;
  let out = '';
  for (const part of pattern.parts)
    out += part.letter === '' ? part.text : writePart(ms, part.letter, part.count);
  pattern.from = Math.floor(ms / pattern.unit) * pattern.unit;
  pattern.text = out;
  return out;
}

/** Why a text is not a pattern, or null where it is one. */
export function patternFault(format: string): string | null {
  const pattern = compilePattern(format);
  return typeof pattern === 'string' ? pattern : null;
}

const ISO =
  /^\s*([+-]?\d{4,6})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?\s*$/i;

function parseIso(text: string): number | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction, zone] = match;
  return timeOf(
    Number(year),
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    fraction === undefined ? 0 : millis(fraction),
    zone === undefined ? 0 : (offsetOf(zone) ?? Number.NaN),
  );
}

const millis = (fraction: string): number => Number(fraction.slice(0, 3).padEnd(3, '0'));

function offsetOf(zone: string): number | null {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 18 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * MS_HOUR + minutes * MS_MINUTE);
}

function timeOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  ms: number,
  offset: number,
): number | null {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const time =
    daysFromCivil(year, month, day) * MS_DAY + hour * MS_HOUR + minute * MS_MINUTE + second * MS_SECOND + ms;
  const utc = time - offset;
  return Math.abs(utc) <= TIME_MAX ? utc : null;
}

interface Part {
  /** Empty for literal text. */
  readonly letter: string;
  readonly count: number;
  readonly text: string;
}

interface Pattern {
  readonly parts: readonly Part[];
  /** Times within the same one, counted from the epoch, have the same text; ms. */
  readonly unit: number;
  /** The beginning of the one that was written last, and its text. */
  from: number;
  text: string;
}

/** The units of letters that change within a day; ms. */
const UNITS: Readonly<Record<string, number>> = {
  H: MS_HOUR,
  h: MS_HOUR,
  a: MS_HOUR,
  m: MS_MINUTE,
  s: MS_SECOND,
  S: 1,
};

/** Greatest count of each letter that Weir knows. */
const LETTERS: Readonly<Record<string, number>> = {
  y: 6,
  u: 6,
  M: 4,
  d: 2,
  H: 2,
  h: 2,
  m: 2,
  s: 2,
  S: 9,
  a: 1,
  E: 4,
  X: 3,
};
const PATTERN_LENGTH_MAX = 100;
const CACHE_MAX = 200;
const cache = new Map<string, Pattern | string>();

/** The pattern's parts, or why it is none. */
function compilePattern(format: string): Pattern | string {
  let known = cache.get(format);
  if (known === undefined) {
    const parts = readFormat(format);
    const unit =
      typeof parts === 'string' ? MS_DAY : Math.min(...parts.map((part) => UNITS[part.letter] ?? MS_DAY));
    known = typeof parts === 'string' ? parts : { parts, unit, from: Number.NaN, text: '' };
    // Patterns may come from records: the cache must not grow with them.
    if (cache.size >= CACHE_MAX) cache.clear();
    cache.set(format, known);
  }
  return known;
}

function readFormat(format: string): readonly Part[] | string {
  if (format === '') return 'the pattern is empty';
  if (format.length > PATTERN_LENGTH_MAX)
    return `the pattern is longer than ${PATTERN_LENGTH_MAX} characters`;
  const parts: Part[] = [];
  for (let at = 0; at < format.length; ) {
    const char = format.charAt(at);
    if (/[A-Za-z]/.test(char)) {
      let end = at + 1;
      while (format.charAt(end) === char) end++;
      const max = Object.hasOwn(LETTERS, char) ? (LETTERS[char] ?? 0) : 0;
      if (end - at > max) return `${format.slice(at, end)} is not a part of a pattern`;
      parts.push({ letter: char, count: end - at, text: '' });
      at = end;
    } else if (char === "'") {
      const quoted = /^'((?:[^']|'')*)'/.exec(format.slice(at));
      if (quoted === null) return 'a quote is not closed';
      parts.push({ letter: '', count: 0, text: (quoted[1] || "''").replaceAll("''", "'") });
      at += quoted[0].length;
    } else if (/[[\]{}#]/.test(char)) {
      return `${char} is not supported in a pattern`;
    } else {
      parts.push({ letter: '', count: 0, text: char });
      at++;
    }
  }
  return parts;
}

function readPattern(text: string, parts: readonly Part[]): number | null {
  let year = 1970;
  let month = 1;
  let day = 1;
  let hour = 0;
  let minute = 0;
  let second = 0;
  let ms = 0;
  let offset = 0;
  let afternoon: boolean | null = null;
  let at = 0;
  for (let p = 0; p < parts.length; p++) {
    const part = parts[p] as Part;
    const { letter, count } = part;
    if (letter === '') {
      if (!text.startsWith(part.text, at)) return null;
      at += part.text.length;
      continue;
    }
    if (letter === 'a') {
      const half = text.slice(at, at + 2).toUpperCase();
      if (half !== 'AM' && half !== 'PM') return null;
      afternoon = half === 'PM';
      at += 2;
    } else if (letter === 'E' || (letter === 'M' && count > 2)) {
      const names = letter === 'E' ? DAYS : MONTHS;
      const index = names.findIndex((name) => startsWithName(text, at, shortName(name, count)));
      if (index < 0) return null;
      if (letter === 'M') month = index + 1;
      at += shortName(names[index] as string, count).length;
    } else if (letter === 'X') {
      const zone = /^(?:Z|[+-]\d\d(?::?\d\d)?)/i.exec(text.slice(at, at + 6))?.[0];
      const value = zone === undefined ? null : offsetOf(zone);
      if (zone === undefined || value === null) return null;
      offset = value;
      at += zone.length;
    } else {
      const signed = (letter === 'y' || letter === 'u') && (text[at] === '-' || text[at] === '+');
      const from = signed ? at + 1 : at;
      // A part right before another number has exactly its letters' width, else it takes what is there.
      const next = parts[p + 1];
      const fixed = next !== undefined && next.letter !== '' && /[yuMdHhmsS]/.test(next.letter);
      const max = fixed || count > 1 ? Math.max(count, letter === 'y' && !fixed && count > 2 ? 6 : 0) : 6;
      let end = from;
      while (end < text.length && end - from < max && isDigit(text, end)) end++;
      if (end - from < (fixed || count > 1 ? count : 1)) return null;
      const digits = text.slice(from, end);
      const value = (signed && text[at] === '-' ? -1 : 1) * Number(digits);
      at = end;
      if (letter === 'y' || letter === 'u') year = count === 2 ? 2000 + value : value;
      else if (letter === 'M') month = value;
      else if (letter === 'd') day = value;
      else if (letter === 'H') hour = value;
      else if (letter === 'h') {
        if (value < 1 || value > 12) return null;
        hour = value % 12;
      } else if (letter === 'm') minute = value;
      else if (letter === 's') second = value;
      else ms = millis(digits);
    }
  }
  if (at !== text.length) return null;
  if (afternoon === true && hour < 12) hour += 12;
  return timeOf(year, month, day, hour, minute, second, ms, offset);
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

const shortName = (name: string, count: number): string => (count === 4 ? name : name.slice(0, 3));
const startsWithName = (text: string, at: number, name: string): boolean =>
  text.slice(at, at + name.length).toLowerCase() === name.toLowerCase();

function writePart(ms: number, letter: string, count: number): string {
  switch (letter) {
    case 'y':
    case 'u': {
      const year = yearOf(ms);
      if (count === 2) return pad(((year % 100) + 100) % 100, 2);
      const digits = pad(Math.abs(year), count);
      return year < 0 ? `-${digits}` : digits;
    }
    case 'M':
      return count > 2 ? shortName(MONTHS[monthOf(ms) - 1] ?? '', count) : pad(monthOf(ms), count);
    case 'd':
      return pad(dayOf(ms), count);
    case 'H':
      return pad(hourOf(ms), count);
    case 'h':
      return pad(((hourOf(ms) + 11) % 12) + 1, count);
    case 'm':
      return pad(minuteOf(ms), count);
    case 's':
      return pad(secondOf(ms), count);
    case 'S':
      return pad(milliOf(ms), 3).padEnd(count, '0').slice(0, count);
    case 'a':
      return hourOf(ms) < 12 ? 'AM' : 'PM';
    case 'E':
      return shortName(DAYS[isoWeekday(ms) - 1] ?? '', count);
    default:
      return 'Z';
  }
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0');
