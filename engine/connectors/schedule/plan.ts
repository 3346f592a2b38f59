/** When a schedule is due, and what its constant fields hold: pure functions of its settings. */
import { Cron } from 'croner';
import { durationMs } from '../../contract/settings.ts';
import { BIGINT, BOOLEAN, type DataType, DOUBLE, STRING } from '../../contract/types.ts';
import { toBigint, type Value } from '../../contract/values.ts';
import type { ScheduleConfig } from './spec.ts';

export interface Ticks {
  /** The first due time at or after `time` (ms); null: there is none any more. */
  from(time: number): number | null;
  /** The last due time at or before `time`, if it is not before `from`. */
  last(from: number, time: number): number | null;
  /** How many are due from `from` to `time`, both included; NaN where they would have to be listed. */
  count(from: number, time: number): number;
}

/** @param start of the first tick of an interval, ms */
export function ticksOf(when: ScheduleConfig['when'], start: number): Ticks {
  return when.kind === 'interval'
    ? intervalTicks(durationMs(when.every), start)
    : cronTicks(cronOf(when.expression, when.zone));
}

function intervalTicks(every: number, start: number): Ticks {
  return {
    from: (time) => start + Math.max(0, Math.ceil((time - start) / every)) * every,
    last(from, time) {
      const due = start + Math.floor((time - start) / every) * every;
      return due >= from ? due : null;
    },
    count: (from, time) => Math.max(0, Math.floor((time - from) / every) + 1),
  };
}

function cronTicks(cron: Cron): Ticks {
  return {
    // Due times are whole seconds, and what is asked for lies after the time that is given.
    from: (time) => cron.nextRun(new Date(Math.ceil(time / 1000) * 1000 - 1))?.getTime() ?? null,
    last(from, time) {
      const [due] = cron.previousRuns(1, new Date(Math.floor(time / 1000) * 1000 + 1000));
      return due !== undefined && due.getTime() >= from ? due.getTime() : null;
    },
    count: () => Number.NaN,
  };
}

/** @throws where the expression or the zone is not one */
export function cronOf(expression: string, zone: string): Cron {
  const parts = expression.trim().split(/\s+/);
  // croner takes an ISO date too: one that is due once.
  if (!expression.trim().startsWith('@') && (parts.length < 5 || parts.length > 7))
    throw new TypeError(`it has ${parts.length} ${parts.length === 1 ? 'part' : 'parts'}`);
  // To croner `?` is the present hour, minute, …: the machine's clock. Elsewhere it means "any".
  return new Cron(parts.map((part) => (part === '?' ? '*' : part)).join(' '), {
    timezone: zone,
    mode: 'auto',
    paused: true,
  });
}

/** What is wrong with an expression, as a clause; null: nothing. Whether it is due at all is for `neverDue`. */
export function cronFault(expression: string): string | null {
  try {
    cronOf(expression, 'UTC');
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern:\s*/, '') : String(error);
  }
}

/** Whether the expression names only days that no calendar has, such as 30 February. */
export const neverDue = (expression: string): boolean =>
  cronOf(expression, 'UTC').nextRun(new Date(0)) === null;

export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

export const CONSTANT_TYPES = ['STRING', 'BIGINT', 'DOUBLE', 'BOOLEAN'] as const;

interface Constant {
  readonly type: (typeof CONSTANT_TYPES)[number];
  readonly value: string;
}

/** `value` is null where the text is not of the type. */
export function constantOf({ type, value }: Constant): { readonly type: DataType; readonly value: Value } {
  const text = value.trim();
  switch (type) {
    case 'STRING':
      return { type: STRING, value };
    case 'BIGINT':
      return { type: BIGINT, value: /^-?\d{1,19}$/.test(text) ? exact(BigInt(text)) : null };
    case 'DOUBLE': {
      const number = text === '' ? Number.NaN : Number(text);
      return { type: DOUBLE, value: Number.isFinite(number) ? number : null };
    }
    case 'BOOLEAN':
      return { type: BOOLEAN, value: text === 'true' ? true : text === 'false' ? false : null };
  }
}

/** Null beyond 64 bits. */
const exact = (value: bigint): Value => (BigInt.asIntN(64, value) === value ? toBigint(value) : null);
