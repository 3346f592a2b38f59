import { BIGINT, INT, STRING, TIMESTAMP } from '../../contract/types.ts';
import * as calendar from '../calendar.ts';
import { RowError } from '../row-error.ts';
import { formatTime, parseTime, patternFault } from '../time-format.ts';
import { fromLocal, toLocal, zoneFault } from '../zones.ts';
import { define } from './define.ts';
import type { FunctionSpec } from './spec.ts';
import { takes } from './types.ts';

type Unit = { readonly ms: number } | { readonly months: number };
/** Units of EXTRACT, TIMESTAMPADD, TIMESTAMPDIFF, FLOOR TO and intervals. */
export const UNITS: Readonly<Record<string, Unit>> = {
  MILLISECOND: { ms: 1 },
  SECOND: { ms: calendar.MS_SECOND },
  MINUTE: { ms: calendar.MS_MINUTE },
  HOUR: { ms: calendar.MS_HOUR },
  DAY: { ms: calendar.MS_DAY },
  WEEK: { ms: 7 * calendar.MS_DAY },
  MONTH: { months: 1 },
  QUARTER: { months: 3 },
  YEAR: { months: 12 },
};

const PARTS: Readonly<Record<string, (ms: number) => number>> = {
  YEAR: calendar.yearOf,
  QUARTER: calendar.quarterOf,
  MONTH: calendar.monthOf,
  WEEK: calendar.isoWeek,
  DAY: calendar.dayOf,
  DAYOFMONTH: calendar.dayOf,
  DAYOFYEAR: calendar.dayOfYear,
  DOY: calendar.dayOfYear,
  DAYOFWEEK: calendar.weekdayOf,
  DOW: calendar.weekdayOf,
  HOUR: calendar.hourOf,
  MINUTE: calendar.minuteOf,
  SECOND: calendar.secondOf,
  MILLISECOND: calendar.milliOf,
  EPOCH: (ms) => Math.floor(ms / 1000),
  ISODOW: calendar.isoWeekday,
  ISOYEAR: calendar.isoYear,
  DECADE: (ms) => Math.floor(calendar.yearOf(ms) / 10),
  CENTURY: (ms) => Math.ceil(calendar.yearOf(ms) / 100) + 0,
  MILLENNIUM: (ms) => Math.ceil(calendar.yearOf(ms) / 1000) + 0,
};

/** The unit's own name, or null: also plural (`HOURS`) and Flink's `SQL_TSI_HOUR`. */
export function unitName(text: string): string | null {
  const name = text.toUpperCase().replace(/^SQL_TSI_/, '');
  const singular = Object.hasOwn(UNITS, name) ? name : name.replace(/S$/, '');
  return Object.hasOwn(UNITS, singular) ? singular : null;
}

export const partName = (text: string): string | null => {
  const name = text.toUpperCase();
  return Object.hasOwn(PARTS, name) ? name : null;
};

/** Names may come from records: `constructor` is no unit. */
const unitOf = (unit: string): Unit | undefined => (Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined);

function partOf(name: string, time: number): number {
  const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
  if (part === undefined) throw new RowError(`no part ${name} of a time`);
  return part(time);
}

function addUnits(unit: string, n: number, time: number): number {
  const step = unitOf(unit);
  if (step === undefined) throw new RowError(`no unit ${unit}`);
  const moved = 'ms' in step ? time + n * step.ms : calendar.addMonths(time, n * step.months);
  if (!(Math.abs(moved) <= 8.64e15)) throw new RowError('the time is outside the calendar');
  return moved;
}

function unitsBetween(unit: string, from: number, to: number): number {
  const step = unitOf(unit);
  if (step === undefined) throw new RowError(`no unit ${unit}`);
  if ('ms' in step) return Math.trunc((to - from) / step.ms) + 0;
  return Math.trunc(calendar.monthsBetween(from, to) / step.months) + 0;
}

/** The start of the unit that a time is in; weeks begin on Monday. */
function floorTo(time: number, unit: string): number {
  const step = unitOf(unit);
  if (step === undefined) throw new RowError(`no unit ${unit}`);
  if (unit === 'WEEK') {
    const day = Math.floor(time / calendar.MS_DAY) * calendar.MS_DAY;
    return day - (calendar.isoWeekday(time) - 1) * calendar.MS_DAY;
  }
  if ('ms' in step) return Math.floor(time / step.ms) * step.ms;
  const month = calendar.monthOf(time) - 1;
  return (
    calendar.daysFromCivil(calendar.yearOf(time), month - (month % step.months) + 1, 1) * calendar.MS_DAY
  );
}

function ceilTo(time: number, unit: string): number {
  const floor = floorTo(time, unit);
  return floor === time ? time : addUnits(unit, 1, floor);
}

const lastDay = (t: number): number => {
  const [year, month] = [calendar.yearOf(t), calendar.monthOf(t)];
  return calendar.daysFromCivil(year, month, calendar.daysInMonth(year, month)) * calendar.MS_DAY;
};

/** A time of one zone's clocks as what the clocks of another show, text to text. */
function convertZone(text: string, from: string, to: string): string | null {
  const local = parseTime(text.trim(), 'iso');
  return local === null ? null : formatTime(toLocal(fromLocal(local, from), to), 'yyyy-MM-dd HH:mm:ss');
}

/** One pattern is used for many rows: its faults are looked for once. */
const usable = new Set<string>();
function pattern(text: string): string {
  if (!usable.has(text)) {
    const fault = patternFault(text);
    if (fault !== null)
      throw new RowError(`the time pattern ${JSON.stringify(text)} cannot be used: ${fault}`);
    if (usable.size < 1000) usable.add(text);
  }
  return text;
}

/** Patterns and zones that are written out. */
const timeFault =
  (patternAt: number, ...zonesAt: readonly number[]): NonNullable<FunctionSpec['fault']> =>
  (literals) => {
    const written = literals[patternAt];
    const fault = typeof written === 'string' && written !== 'iso' ? patternFault(written) : null;
    if (fault !== null)
      return {
        at: patternAt,
        message: `this is not a pattern of a time: ${fault}`,
        expected: "a pattern such as 'yyyy-MM-dd HH:mm:ss'",
      };
    for (const at of zonesAt) {
      const zone = literals[at];
      const message = typeof zone === 'string' ? zoneFault(zone) : null;
      if (message !== null)
        return { at, message, expected: "a time zone such as 'Europe/Berlin' or '+02:00'" };
    }
    return null;
  };

const T0 = "TIMESTAMP '2001-02-03 04:05:06'";
const part = (name: string, reference: string, result: number): FunctionSpec => ({
  name,
  group: 'time',
  signature: `${name}(t)`,
  reference,
  example: { text: `${name}(${T0})`, result },
  args: [1, 1],
  result: takes(BIGINT, 'TIMESTAMP'),
  call: PARTS[name] ?? ((t: number) => t),
});

export const TIMES: readonly FunctionSpec[] = [
  part('YEAR', 'The year, UTC.', 2001),
  part('QUARTER', 'The quarter, 1 to 4.', 1),
  part('MONTH', 'The month, 1 to 12.', 2),
  part('WEEK', 'The ISO week, 1 to 53.', 5),
  part('DAYOFMONTH', 'The day of the month.', 3),
  part('DAYOFYEAR', 'The day of the year.', 34),
  part('DAYOFWEEK', 'The day of the week, Sunday = 1.', 7),
  part('HOUR', 'The hour, 0 to 23, UTC.', 4),
  part('MINUTE', 'The minute.', 5),
  part('SECOND', 'The second.', 6),
  {
    name: 'EXTRACT',
    group: 'time',
    signature: 'EXTRACT(unit FROM t)',
    reference: 'A part of a time, UTC.',
    example: { text: `EXTRACT(HOUR FROM ${T0})`, result: 4 },
    args: [2, 2],
    result: takes(BIGINT, 'STRING', 'TIMESTAMP'),
    call: partOf,
  },
  {
    name: 'TIMESTAMPADD',
    group: 'time',
    signature: 'TIMESTAMPADD(unit, n, t)',
    reference: 'n units later.',
    example: { text: `HOUR(TIMESTAMPADD(HOUR, 3, ${T0}))`, result: 7 },
    args: [3, 3],
    result: takes(TIMESTAMP, 'STRING', 'WHOLE', 'TIMESTAMP'),
    call: addUnits,
  },
  {
    name: 'TIMESTAMPDIFF',
    group: 'time',
    signature: 'TIMESTAMPDIFF(unit, from, to)',
    reference: 'Whole units between two times.',
    example: { text: `TIMESTAMPDIFF(DAY, TIMESTAMP '2001-02-01 00:00:00', ${T0})`, result: 2 },
    args: [3, 3],
    result: takes(BIGINT, 'STRING', 'TIMESTAMP', 'TIMESTAMP'),
    call: unitsBetween,
    note: 'Flink gives INT, which seconds of 70 years overflow.',
  },
  {
    name: 'DATE_FORMAT',
    group: 'time',
    signature: 'DATE_FORMAT(t, pattern [, zone])',
    reference: 'A time as text, in UTC or another time zone.',
    example: { text: `DATE_FORMAT(${T0}, 'yyyy-MM-dd')`, result: '2001-02-03' },
    args: [2, 3],
    result: takes(STRING, 'TIMESTAMP', 'STRING'),
    fault: timeFault(1, 2),
    call: (t: number, p: string, zone = 'UTC') =>
      formatTime(zone === 'UTC' ? t : toLocal(t, zone), pattern(p)),
    canBeNull: true,
    note: 'Flink and Spark have no third argument: they take the session’s time zone.',
  },
  {
    name: 'TO_TIMESTAMP',
    group: 'time',
    signature: 'TO_TIMESTAMP(s [, pattern])',
    reference: 'Text as a time, UTC; NULL where it is not one.',
    example: { text: "YEAR(TO_TIMESTAMP('2001/02/03', 'yyyy/MM/dd'))", result: 2001 },
    args: [1, 2],
    result: takes(TIMESTAMP, 'STRING'),
    fault: timeFault(1),
    call: (s: string, p = 'iso') => parseTime(s, p === 'iso' ? p : pattern(p)),
    canBeNull: true,
  },
  {
    name: 'TO_TIMESTAMP_LTZ',
    group: 'time',
    signature: 'TO_TIMESTAMP_LTZ(n, precision)',
    reference: 'Seconds (0) or milliseconds (3) since 1970 as a time.',
    example: { text: 'YEAR(TO_TIMESTAMP_LTZ(0, 0))', result: 1970 },
    args: [2, 2],
    result: takes(TIMESTAMP, 'WHOLE'),
    call: (n: number, p: number) => {
      if (p !== 0 && p !== 3) throw new RowError('TO_TIMESTAMP_LTZ takes a precision of 0 or 3');
      return addUnits('MILLISECOND', p === 0 ? n * 1000 : n, 0);
    },
    note: 'Spark: TIMESTAMP_SECONDS and TIMESTAMP_MILLIS.',
  },
  {
    name: 'UNIX_TIMESTAMP',
    group: 'time',
    signature: 'UNIX_TIMESTAMP(t [, pattern])',
    reference: 'Seconds since 1970 of a TIMESTAMP, or of a text (NULL where it is not a time), rounded down.',
    example: { text: "UNIX_TIMESTAMP('1970-01-02', 'yyyy-MM-dd')", result: 86400 },
    args: [1, 2],
    result: (args) =>
      takes(BIGINT, 'STRING')(args) ?? (args.length === 1 ? takes(BIGINT, 'TIMESTAMP')(args) : null),
    fault: timeFault(1),
    call: (t: number | string, p = 'yyyy-MM-dd HH:mm:ss') => {
      const time = typeof t === 'string' ? parseTime(t, pattern(p)) : t;
      return time === null ? null : Math.floor(time / 1000);
    },
    canBeNull: true,
    note: 'Without an argument it would read the clock; Weir asks for the time.',
  },
  {
    name: 'FROM_UNIXTIME',
    group: 'time',
    signature: 'FROM_UNIXTIME(seconds [, pattern])',
    reference: 'Seconds since 1970 as text, UTC.',
    example: { text: 'FROM_UNIXTIME(86400)', result: '1970-01-02 00:00:00' },
    args: [1, 2],
    result: takes(STRING, 'WHOLE', 'STRING'),
    fault: timeFault(1),
    call: (n: number, p = 'yyyy-MM-dd HH:mm:ss') => formatTime(n * 1000, pattern(p)),
    canBeNull: true,
  },
  {
    name: 'FLOOR_TO',
    group: 'time',
    signature: 'FLOOR(t TO unit)',
    reference: 'The start of the unit that a time is in; weeks begin on Monday.',
    example: { text: `DATE_FORMAT(FLOOR(${T0} TO HOUR), 'HH:mm')`, result: '04:00' },
    args: [2, 2],
    result: takes(TIMESTAMP, 'TIMESTAMP', 'STRING'),
    call: floorTo,
    note: 'Spark: DATE_TRUNC.',
  },
  {
    name: 'CEIL_TO',
    group: 'time',
    signature: 'CEIL(t TO unit)',
    reference: 'The start of the next unit, or the time itself where it is one.',
    example: { text: `DATE_FORMAT(CEIL(${T0} TO HOUR), 'HH:mm')`, result: '05:00' },
    args: [2, 2],
    result: takes(TIMESTAMP, 'TIMESTAMP', 'STRING'),
    call: ceilTo,
  },
  define(
    'time',
    'CONVERT_TZ(s, from, to)',
    'A time as text of one time zone in another one; NULL where the text is not a time.',
    ["CONVERT_TZ('1970-01-01 00:00:00', 'UTC', 'America/Los_Angeles')", '1969-12-31 16:00:00'],
    [3, 3],
    takes(STRING, 'STRING'),
    convertZone,
    { fault: timeFault(-1, 1, 2), canBeNull: true, note: 'Spark: CONVERT_TIMEZONE(from, to, t).' },
  ),
  define(
    'time',
    'FROM_UTC_TIMESTAMP(t, zone)',
    'What clocks of a time zone show at a time, as a time.',
    [`HOUR(FROM_UTC_TIMESTAMP(${T0}, 'Asia/Tokyo'))`, 13],
    [2, 2],
    takes(TIMESTAMP, 'TIMESTAMP', 'STRING'),
    toLocal,
    { fault: timeFault(-1, 1), note: 'Spark’s; in Flink a CAST to TIMESTAMP under the session’s time zone.' },
  ),
  define(
    'time',
    'TO_UTC_TIMESTAMP(t, zone)',
    'The time at which clocks of a time zone show t; the earlier one where they show it twice.',
    [`HOUR(TO_UTC_TIMESTAMP(${T0}, 'Asia/Tokyo'))`, 19],
    [2, 2],
    takes(TIMESTAMP, 'TIMESTAMP', 'STRING'),
    fromLocal,
    {
      fault: timeFault(-1, 1),
      note: 'Spark’s; in Flink a CAST to TIMESTAMP_LTZ under the session’s time zone.',
    },
  ),
  define(
    'time',
    'LAST_DAY(t)',
    'Midnight of the last day of its month, UTC.',
    [`DAYOFMONTH(LAST_DAY(${T0}))`, 28],
    [1, 1],
    takes(TIMESTAMP, 'TIMESTAMP'),
    lastDay,
    { note: 'Spark’s, which gives a DATE; Flink has none.' },
  ),
  define(
    'time',
    'DATEDIFF(end, start)',
    'Days from the date of one time to that of another, UTC.',
    [`DATEDIFF(${T0}, TIMESTAMP '2001-02-01 23:00:00')`, 2],
    [2, 2],
    takes(INT, 'TIMESTAMP', 'TIMESTAMP'),
    (end: number, start: number) => Math.floor(end / calendar.MS_DAY) - Math.floor(start / calendar.MS_DAY),
    { note: 'Spark’s. Flink has TIMESTAMPDIFF(DAY, …), which counts 24 hours.' },
  ),
];
