/**
 * What runs inside the sandbox around the user's functions: one call a batch, text in and text out. It is text, since it is
 * never run here. Everything that it needs of the language is taken before the user's code can change it; what comes
 * out of it is judged as any stranger's text (`read-output.ts`).
 *
 * In: `{ records, keys, times, marks: [row, watermark, …], wide: [field, …], then }`. Out: `{ rows: [[from, values, time?, mark?], …], errors:
 * [[row, message, line], …], states }`. A row's `from` is the record that it came of, or −1 for a timer.
 */
export const PRELUDE = `(function (fields, keyFields, write) {
'use strict';
const { parse, stringify } = JSON;
const { keys: namesOf, hasOwn } = Object;
const { isArray } = Array;
const { isFinite } = Number;
const text = String;
const big = BigInt;
const Internal = InternalError;
const isWanted = new Set(fields);
/** By field: whether every object has something of that name. */
const inherited = fields.map((name) => name in {});
const states = new Map();
const timers = [];
const isSet = new Set();
let onRecord = null;
let onTimer = null;
let mark = -Infinity;
let shownMark = null;
let id = 0;
let entry = null;
let out = null;
let errors = null;

BigInt.prototype.toJSON = function () { return this.toString(); };
for (const name of ['WeakRef', 'FinalizationRegistry', 'Date']) delete globalThis[name];
Math.random = function () { throw new Error('Math.random is not here: two runs would differ'); };

const LINES_MAX = 1000;
let lines = 0;
function log(level, values) {
  if (++lines > LINES_MAX) return;
  if (lines === LINES_MAX) return write('warning', 'the script wrote ' + LINES_MAX + ' lines; more are not kept');
  let line = '';
  for (const value of values) {
    let shown;
    try { shown = typeof value === 'string' ? value : value instanceof Error ? text(value) : stringify(value) ?? text(value); }
    catch (error) { shown = '?'; }
    line += (line === '' ? '' : ' ') + shown;
    if (line.length > 2000) { line = line.slice(0, 2000) + '…'; break; }
  }
  write(level, line);
}
globalThis.console = {
  log(...values) { log('info', values); },
  info(...values) { log('info', values); },
  debug(...values) { log('info', values); },
  warn(...values) { log('warning', values); },
  error(...values) { log('error', values); },
};

function before(a, b) { return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]); }
function pushTimer(timer) {
  let at = timers.length;
  timers.push(timer);
  while (at > 0) {
    const up = (at - 1) >> 1;
    if (!before(timer, timers[up])) break;
    timers[at] = timers[up];
    at = up;
  }
  timers[at] = timer;
}
function popTimer() {
  const first = timers[0];
  const last = timers.pop();
  if (timers.length === 0) return first;
  let at = 0;
  for (;;) {
    let least = 2 * at + 1;
    if (least >= timers.length) break;
    if (least + 1 < timers.length && before(timers[least + 1], timers[least])) least++;
    if (!before(timers[least], last)) break;
    timers[at] = timers[least];
    at = least;
  }
  timers[at] = last;
  return first;
}

const context = {
  state: null, key: null, eventTime: null, watermark: null,
  setTimer(time) {
    if (typeof time !== 'number' || !isFinite(time)) throw new TypeError('setTimer takes a time in ms');
    const name = time + ' ' + id;
    if (isSet.has(name)) return;
    isSet.add(name);
    entry.timers++;
    pushTimer([time, id]);
  },
  clearTimer(time) {
    if (isSet.delete(time + ' ' + id)) entry.timers--;
  },
};

function enter(key, record, time) {
  id = key;
  entry = states.get(key);
  if (entry === undefined) {
    const values = {};
    for (const name of keyFields) values[name] = record[name];
    entry = { key: values, state: null, timers: 0, kept: false };
  }
  context.state = entry.state ?? {};
  context.key = entry.key;
  context.eventTime = time;
  context.watermark = shownMark;
}
function leave() {
  const { state } = context;
  // An object without fields is no state; for-in makes no list of them.
  let empty = state === null || state === undefined || (typeof state === 'object' && !isArray(state));
  if (empty) for (const name in state) { empty = false; break; }
  entry.state = empty ? null : state;
  if (!empty || entry.timers > 0) {
    if (!entry.kept) { entry.kept = true; states.set(id, entry); }
  } else if (entry.kept) { entry.kept = false; states.delete(id); }
}

function take(result, from, time) {
  if (result === undefined || result === null) return;
  if (isArray(result)) {
    const start = out.length;
    try { for (const one of result) if (one !== undefined && one !== null) takeOne(one, from, time); }
    catch (error) { out.length = start; throw error; }
  } else takeOne(result, from, time);
}
function takeOne(record, from, time) {
  if (typeof record !== 'object') throw new TypeError('a record is an object, an array of them or nothing, not ' + typeof record);
  const values = [];
  let present = 0;
  for (let f = 0; f < fields.length; f++) {
    const name = fields[f];
    const value = inherited[f] && !hasOwn(record, name) ? undefined : record[name];
    if (value === undefined) { values[f] = null; continue; }
    present++;
    values[f] = typeof value === 'number' && value - value !== 0 ? text(value) : value;
  }
  if (present === 0 && typeof record.then === 'function') throw new TypeError('a record is an object, an array of them or nothing, not a promise');
  let names = 0;
  for (const name in record) names++;
  if (names !== present)
    for (const name of namesOf(record)) if (!isWanted.has(name)) throw new TypeError('the output has no field ' + stringify(name));
  out.push(from < 0 ? [from, values, time, shownMark] : [from, values]);
}

/** Too little memory is the end of the script, not of one record. */
function fail(row, error) {
  if (error instanceof Internal && text(error.message).includes('memory')) throw error;
  const isError = error instanceof Error;
  const line = isError ? /script\\.js:(\\d+)/.exec(text(error.stack)) : null;
  errors.push([row, (isError ? text(error.name) + ': ' + text(error.message) : 'thrown: ' + text(error)).slice(0, 500), line === null ? 0 : Number(line[1])]);
}

function advance(next) {
  if (next <= mark) return;
  while (timers.length > 0 && timers[0][0] <= next) {
    const [time, key] = popTimer();
    if (!isSet.delete(time + ' ' + key)) continue;
    enter(key, {}, time);
    entry.timers--;
    try { if (onTimer !== null) take(onTimer(time, context), -1, time); }
    catch (error) { fail(-1, error); }
    leave();
  }
  mark = next;
  shownMark = isFinite(next) ? next : null;
}

return {
  bind(record, timer) {
    if (typeof record !== 'function') throw new TypeError('there is no function onRecord(record, context)');
    onRecord = record;
    onTimer = typeof timer === 'function' ? timer : null;
  },
  run(given) {
    const { records, keys, times, marks, wide, then } = parse(given);
    out = [];
    errors = [];
    for (let at = 0, next = 0; at < records.length; at++) {
      while (next < marks.length && marks[next] <= at) { advance(marks[next + 1]); next += 2; }
      const record = records[at];
      for (const name of wide) if (typeof record[name] === 'string') record[name] = record[name].endsWith('n') ? big(record[name].slice(0, -1)) : Number(record[name]);
      enter(keys === null ? 0 : keys[at], record, times === null ? null : times[at]);
      try { take(onRecord(record, context), at, 0); }
      catch (error) { fail(at, error); }
      leave();
    }
    if (then !== null) advance(then);
    const result = stringify({ rows: out, errors, states: states.size });
    out = errors = null;
    return result;
  },
  save() {
    const live = [];
    for (const timer of timers) if (isSet.has(timer[0] + ' ' + timer[1])) live.push(timer);
    return stringify({ states: [...states], timers: live, mark: shownMark });
  },
  load(given) {
    const saved = parse(given);
    for (const [key, value] of saved.states) states.set(key, value);
    for (const timer of saved.timers) { isSet.add(timer[0] + ' ' + timer[1]); pushTimer(timer); }
    shownMark = saved.mark;
    mark = shownMark ?? -Infinity;
  },
};
})`;
