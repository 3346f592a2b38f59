import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addMonths,
  dayOf,
  dayOfYear,
  hourOf,
  isoWeek,
  isoWeekday,
  milliOf,
  minuteOf,
  monthOf,
  monthsBetween,
  secondOf,
  yearOf,
} from './calendar.ts';
import { formatTime, parseTime, patternFault } from './time-format.ts';

const utc = (...parts: [number, number, number?, number?, number?, number?, number?]) => Date.UTC(...parts);

test('the calendar agrees with Date over its whole range', () => {
  fc.assert(
    fc.property(fc.integer({ min: -8.6e15, max: 8.6e15 }), (ms) => {
      const date = new Date(ms);
      assert.deepEqual(
        [yearOf(ms), monthOf(ms), dayOf(ms), hourOf(ms), minuteOf(ms), secondOf(ms), milliOf(ms)],
        [
          date.getUTCFullYear(),
          date.getUTCMonth() + 1,
          date.getUTCDate(),
          date.getUTCHours(),
          date.getUTCMinutes(),
          date.getUTCSeconds(),
          date.getUTCMilliseconds(),
        ],
      );
      assert.equal(isoWeekday(ms) % 7, date.getUTCDay());
      assert.equal(parseTime(formatTime(ms, 'iso') ?? '', 'iso'), ms);
    }),
    { numRuns: 2000 },
  );
});

test('weeks, days of the year, months', () => {
  assert.deepEqual(
    [utc(2004, 11, 31), utc(2005, 0, 1), utc(2008, 11, 29), utc(1970, 0, 1)].map(isoWeek),
    [53, 53, 1, 1],
  );
  assert.equal(dayOfYear(utc(2000, 11, 31)), 366);
  assert.equal(addMonths(utc(2001, 0, 31), 1), utc(2001, 1, 28));
  assert.equal(addMonths(utc(2000, 1, 29, 5), -12), utc(1999, 1, 28, 5));
  assert.equal(monthsBetween(utc(2001, 0, 31), utc(2001, 1, 28)), 1);
  assert.equal(monthsBetween(utc(2001, 0, 31, 1), utc(2001, 2, 30)), 1);
  assert.equal(monthsBetween(utc(2001, 2, 1), utc(2001, 0, 2)), -1);
});

test('texts in their formats', () => {
  const cases: [string, string, number | null][] = [
    ['2001-01-31', 'iso', utc(2001, 0, 31)],
    ['2001-01-31 23:05', 'iso', utc(2001, 0, 31, 23, 5)],
    ['2001-01-31T23:05:01.5Z', 'iso', utc(2001, 0, 31, 23, 5, 1, 500)],
    ['2001-01-31T23:05:01.123999+02:00', 'iso', utc(2001, 0, 31, 21, 5, 1, 123)],
    ['1969-12-31T23:59:59.999Z', 'iso', -1],
    ['9999-12-31T23:59:59.999Z', 'iso', 253402300799999],
    ['2001-02-29', 'iso', null],
    ['2001-13-01', 'iso', null],
    ['2001-01-01 24:00', 'iso', null],
    ['2001-01-01x', 'iso', null],
    ['-1500', 'epoch-ms', -1500],
    ['1.5', 'epoch-s', 1500],
    ['1e3', 'epoch-ms', null],
    ['9e99', 'epoch-s', null],
    ['99999999999999999', 'epoch-ms', null],
    ['2001/01/14 21:55', 'yyyy/MM/dd HH:mm', utc(2001, 0, 14, 21, 55)],
    ['2001/1/14 21:55', 'yyyy/MM/dd HH:mm', null],
    ['1/4/2001 9:05 pm', 'M/d/yyyy h:mm a', utc(2001, 0, 4, 21, 5)],
    ['12:30 am', 'h:mm a', utc(1970, 0, 1, 0, 30)],
    ['20010114215530123', 'yyyyMMddHHmmssSSS', utc(2001, 0, 14, 21, 55, 30, 123)],
    ['14 Jan 2001', 'dd MMM yyyy', utc(2001, 0, 14)],
    ['Sunday, 14 january 2001', 'EEEE, dd MMMM yyyy', utc(2001, 0, 14)],
    ['2001-01-14T21:55:00-0500', "yyyy-MM-dd'T'HH:mm:ssX", utc(2001, 0, 15, 2, 55)],
    ['14.01.01', 'dd.MM.yy', utc(2001, 0, 14)],
    ['2001-01-14 tail', 'yyyy-MM-dd', null],
    ['', 'yyyy', null],
    ['2001', 'QQQ', null],
  ];
  for (const [text, format, expected] of cases) {
    assert.equal(parseTime(text, format), expected, `${text} as ${format}`);
  }
});

test('patterns written, and what is wrong with those that are none', () => {
  const at = utc(2001, 0, 4, 21, 5, 6, 78);
  assert.equal(formatTime(at, 'yyyy/MM/dd HH:mm:ss.SSS'), '2001/01/04 21:05:06.078');
  assert.equal(formatTime(at, "EEE d MMM yy, h:mm a 'o''clock'"), "Thu 4 Jan 01, 9:05 PM o'clock");
  assert.equal(formatTime(at, 'EEEE, MMMM'), 'Thursday, January');
  assert.equal(formatTime(-1, 'yyyy-MM-dd HH:mm:ss'), '1969-12-31 23:59:59');
  assert.equal(formatTime(253402300799999, 'yyyy'), '9999');
  assert.equal(patternFault('yyyy'), null);
  assert.match(patternFault('QQQ') ?? '', /QQQ is not a part/);
  assert.match(patternFault("yyyy 'x") ?? '', /not closed/);
  assert.match(patternFault('') ?? '', /empty/);
});

test('a text that is remembered is that of its own time, in any order and before 1970', () => {
  const near = fc.integer({ min: -200_000_000, max: 200_000_000 });
  fc.assert(
    fc.property(fc.array(near, { minLength: 2, maxLength: 30 }), (times) => {
      for (const ms of times) {
        const iso = formatTime(ms, 'iso') ?? '';
        assert.equal(formatTime(ms, 'yyyy-MM-dd'), iso.slice(0, 10));
        assert.equal(formatTime(ms, 'yyyy-MM-dd HH'), iso.slice(0, 13).replace('T', ' '));
        assert.equal(formatTime(ms, 'HH:mm'), iso.slice(11, 16));
        assert.equal(formatTime(ms, 'HH:mm:ss'), iso.slice(11, 19));
      }
    }),
  );
});
