/**
 * The proleptic Gregorian calendar on ms since the epoch, UTC. Written out instead of `Date`: no allocation per row,
 * and years 0 to 99 mean what they say.
 */

export const MS_SECOND = 1000;
export const MS_MINUTE = 60_000;
export const MS_HOUR = 3_600_000;
export const MS_DAY = 86_400_000;

/** Days since 1970-01-01 (after Howard Hinnant's days_from_civil). `month` is 1 to 12. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

let lastDay = Number.NaN;
let lastCivil = 0;

/**
 * Year × 10000 + month × 100 + day: one number, so that no object is made per row. Split by the functions below. The day of a row is mostly
 * that of the row before.
 */
function civil(ms: number): number {
  const day = Math.floor(ms / MS_DAY);
  if (day !== lastDay) {
    lastCivil = civilOf(day);
    lastDay = day;
  }
  return lastCivil;
}

function civilOf(daysSinceEpoch: number): number {
  const z = daysSinceEpoch + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const mp = Math.floor((5 * dayOfYear + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  const day = dayOfYear - Math.floor((153 * mp + 2) / 5) + 1;
  return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0)) * 10_000 + month * 100 + day;
}

export const yearOf = (ms: number): number => Math.floor(civil(ms) / 10_000);
export const monthOf = (ms: number): number => Math.floor(modulo(civil(ms), 10_000) / 100);
export const dayOf = (ms: number): number => modulo(civil(ms), 100);
export const quarterOf = (ms: number): number => Math.floor((monthOf(ms) + 2) / 3);
export const hourOf = (ms: number): number => Math.floor(modulo(ms, MS_DAY) / MS_HOUR);
export const minuteOf = (ms: number): number => Math.floor(modulo(ms, MS_HOUR) / MS_MINUTE);
export const secondOf = (ms: number): number => Math.floor(modulo(ms, MS_MINUTE) / MS_SECOND);
export const milliOf = (ms: number): number => modulo(ms, MS_SECOND);
/** 1 is Monday, 7 is Sunday. */
export const isoWeekday = (ms: number): number => modulo(Math.floor(ms / MS_DAY) + 3, 7) + 1;
/** 1 is Sunday, 7 is Saturday: SQL's DAYOFWEEK. */
export const weekdayOf = (ms: number): number => (isoWeekday(ms) % 7) + 1;

export function dayOfYear(ms: number): number {
  return Math.floor(ms / MS_DAY) - daysFromCivil(yearOf(ms), 1, 1) + 1;
}

/** The week's number by ISO 8601: week 1 has the year's first Thursday. */
export function isoWeek(ms: number): number {
  const thursday = ms + (4 - isoWeekday(ms)) * MS_DAY;
  return Math.floor((dayOfYear(thursday) - 1) / 7) + 1;
}

/** The year that the ISO week belongs to. */
export const isoYear = (ms: number): number => yearOf(ms + (4 - isoWeekday(ms)) * MS_DAY);

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Calendar months later; the day is cut to the month's last: 31 January + 1 month is 28 or 29 February. */
export function addMonths(ms: number, months: number): number {
  const packed = civil(ms);
  const index = Math.floor(packed / 10_000) * 12 + Math.floor(modulo(packed, 10_000) / 100) - 1 + months;
  const year = Math.floor(index / 12);
  const month = modulo(index, 12) + 1;
  const day = Math.min(modulo(packed, 100), daysInMonth(year, month));
  return daysFromCivil(year, month, day) * MS_DAY + modulo(ms, MS_DAY);
}

/** Whole calendar months from `from` to `to`, toward zero. */
export function monthsBetween(from: number, to: number): number {
  const months = (yearOf(to) - yearOf(from)) * 12 + monthOf(to) - monthOf(from);
  const reached = addMonths(from, months);
  if (months > 0 && reached > to) return months - 1;
  if (months < 0 && reached < to) return months + 1;
  return months;
}

/** Always 0 ≤ result < n, and never -0. */
export const modulo = (a: number, n: number): number => a - Math.floor(a / n) * n;
