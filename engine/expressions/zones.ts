/** Time zones by IANA name (`Europe/Berlin`) or offset (`+02:00`), by the host's own tables (Intl). */
import { daysFromCivil, MS_DAY, MS_HOUR, MS_MINUTE } from './calendar.ts';
import { RowError } from './row-error.ts';

/** Clocks are only ever moved at quarters of an hour: within one, the offset is the same. */
const STEP = 15 * MS_MINUTE;
/** Names and quarters may come from records: what is kept must not grow with them. */
const ZONES_MAX = 100;
const OFFSETS_MAX = 20_000;

interface Zone {
  /** Milliseconds that clocks are ahead of UTC, at a time. */
  offsetAt(time: number): number;
}

const zones = new Map<string, Zone>();

function zoneOf(name: string): Zone {
  let zone = zones.get(name);
  if (zone === undefined) {
    zone = makeZone(name);
    if (zones.size >= ZONES_MAX) zones.clear();
    zones.set(name, zone);
  }
  return zone;
}

function makeZone(name: string): Zone {
  const fixed = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d\d))?$/.exec(name);
  if (fixed !== null) {
    const offset = Number(fixed[2]) * MS_HOUR + Number(fixed[3] ?? 0) * MS_MINUTE;
    return { offsetAt: () => (fixed[1] === '-' ? -offset : offset) };
  }
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new RowError(
      `no time zone ${JSON.stringify(name.slice(0, 60))}; a name such as 'Europe/Berlin' is needed`,
    );
  }
  const offsets = new Map<number, number>();
  return {
    offsetAt(time) {
      const quarter = Math.floor(time / STEP);
      let offset = offsets.get(quarter);
      if (offset === undefined) {
        if (offsets.size >= OFFSETS_MAX) offsets.clear();
        offset = readOffset(format, quarter * STEP);
        offsets.set(quarter, offset);
      }
      return offset;
    },
  };
}

/** What the zone's clocks show at a time, less the time. */
function readOffset(format: Intl.DateTimeFormat, time: number): number {
  const part: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(time)) part[type] = value;
  const read = (type: string): number => Number(part[type] ?? 0);
  const year = part['era'] === 'BC' ? 1 - read('year') : read('year');
  const days = daysFromCivil(year, read('month'), read('day'));
  const local = days * MS_DAY + read('hour') * MS_HOUR + read('minute') * MS_MINUTE + read('second') * 1000;
  return local - time;
}

/** What clocks of the zone show at a time, as if it were UTC. */
export const toLocal = (time: number, zone: string): number => inCalendar(time + zoneOf(zone).offsetAt(time));

/** The time at which clocks of the zone show `local`: the earlier one of two, and the later offset's where there is none. */
export function fromLocal(local: number, zone: string): number {
  const { offsetAt } = zoneOf(zone);
  const before = offsetAt(local - MS_DAY);
  const first = local - before;
  if (offsetAt(first) === before) return inCalendar(first);
  const after = offsetAt(local + MS_DAY);
  const second = local - after;
  // In a gap neither shows it: clocks were put forward, and the offset before it is kept, as Java does.
  return inCalendar(offsetAt(second) === after ? second : first);
}

function inCalendar(time: number): number {
  if (Math.abs(time) <= 8.64e15) return time;
  throw new RowError('the time is outside the calendar');
}

/** Why a text is not a time zone, or null. */
export function zoneFault(name: string): string | null {
  try {
    zoneOf(name);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
