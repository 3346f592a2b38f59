/**
 * A window's settings → example records, the windows that they fall into, and when these fire: what `drawing: 'window'`
 * shows. Everything that happens has its place on the event-time axis: where the watermark stands at that moment.
 *
 * Pure. Which window a record is in, what is complete and what is late is asked of `engine/progress`, so the picture cannot
 * differ from what runs.
 */
import {
  assignWindows,
  isComplete,
  isLate,
  mergeSessions,
  tumblingStart,
  type Window,
} from '../../../engine/progress/windows.ts';
import { type Firing, firingsOf } from './window-firings.ts';
import type { WindowSettings } from './window-settings.ts';

export interface ExampleRecord {
  /** Event time, ms; of count windows, the place among the records. */
  readonly time: number;
  /** Where the watermark stands when it comes: before its own time, unless it is behind. */
  readonly seenAt: number;
  readonly fate: 'on-time' | 'kept' | 'dropped';
}

export interface DrawnWindow extends Window {
  /** From the top; windows of one lane do not overlap. */
  readonly lane: number;
  readonly firings: readonly Firing[];
  readonly rows: number;
}

export interface WindowScene {
  /** What the axis shows, ms (count windows: records). */
  readonly from: number;
  readonly to: number;
  readonly windows: readonly DrawnWindow[];
  readonly lanes: number;
  readonly records: readonly ExampleRecord[];
  /** Where the axis is labelled. */
  readonly ticks: readonly number[];
  /** Windows that each record is in; only some are drawn where they are many. 0: it depends on the record. */
  readonly perRecord: number;
  /** What is needed is not set yet: the picture shows the kind only, and no figures. */
  readonly assumed: boolean;
}

/** Lanes above each other; of more windows, the first are drawn. */
export const LANES_MAX = 5;
const HOUR = 3_600_000;
const SIZES_SHOWN = 3;
const TICKS_MAX = 6;

/** Event times of the examples, in window sizes; unevenly, as records come. */
const TIMES = [0.13, 0.36, 0.55, 0.82, 1.2, 1.47, 1.88, 2.25, 2.6, 2.83];
/** Of the record that comes late, in window sizes. */
const LATE_TIME = 0.68;
/** In gaps: three sessions of different length. */
const SESSION_TIMES = [0.2, 0.7, 1.1, 3, 3.6, 5.5, 6.2, 6.8];
/** In sizes: some within one of each other, some not. */
const SLIDING_TIMES = [0.7, 1.3, 2.5];
const SESSION_SPAN = 8.4;

export function sceneOf(settings: WindowSettings): WindowScene {
  switch (settings.kind) {
    case 'count':
      return countScene(settings);
    case 'session':
      return sessionScene(settings);
    case 'sliding':
      return slidingScene(settings);
    default:
      return timeScene(settings);
  }
}

function timeScene(settings: WindowSettings): WindowScene {
  const { kind } = settings;
  const stepped = kind === 'hopping' || kind === 'cumulating';
  const size = settings.size ?? (settings.step === null ? HOUR : settings.step * 4);
  // A slide above the size is refused: drawn is the nearest that makes sense.
  const step = stepped ? Math.min(settings.step ?? size / 4, size) : size;
  const from = remainder(settings.offset, kind === 'hopping' ? step : size);
  const to = from + SIZES_SHOWN * size;
  const records = timeRecords(settings, from, size);
  return {
    from,
    to,
    windows: windowsOf(kind, from, size, step).map((window) => withFirings(window, records, settings)),
    lanes: stepped ? Math.min(LANES_MAX, Math.ceil(size / step)) : 1,
    records,
    ticks: kind === 'global' || kind === 'assigned' ? [] : ticksOf(from, to, size, step),
    perRecord: kind === 'hopping' && size % step === 0 ? size / step : 0,
    assumed:
      (settings.size === null && kind !== 'global' && kind !== 'assigned') ||
      (stepped && settings.step === null),
  };
}

type Placed = Window & { readonly lane: number };

function windowsOf(kind: WindowSettings['kind'], from: number, size: number, step: number): Placed[] {
  if (kind === 'global') return [{ start: from, end: Number.POSITIVE_INFINITY, lane: 0 }];
  const lanes = Math.ceil(size / step);
  // Where there are more lanes than are drawn, the first ones show how windows overlap.
  const drawn = Array.from({ length: Math.min(lanes, LANES_MAX) }, (_, lane) => lane);
  if (kind === 'hopping') {
    // Those that began before the picture too.
    return [-1, 0, 1, 2, 3]
      .flatMap((cycle) =>
        drawn.map((lane) => {
          const start = from + (cycle * lanes + lane) * step;
          return { start, end: start + size, lane };
        }),
      )
      .filter(({ start, end }) => end > from && start < from + SIZES_SHOWN * size);
  }
  return [0, 1, 2].flatMap((cycle) =>
    drawn.map((lane) => {
      const start = from + cycle * size;
      // The last lane is the whole size, also where steps before it are not drawn.
      const steps = lane === LANES_MAX - 1 ? lanes : lane + 1;
      return { start, end: Math.min(start + steps * step, start + size), lane };
    }),
  );
}

/** Of the first window one record comes late, and another after all is over, where that is still in the picture. */
function timeRecords(settings: WindowSettings, from: number, size: number): ExampleRecord[] {
  const onTime = TIMES.map((t) => onTimeRecord(from + t * size));
  if (settings.clock || settings.fires === null || settings.kind === 'global') return onTime;
  const { lateness } = settings;
  const end = from + lastEnd(settings, size);
  const late: ExampleRecord[] = [];
  if (lateness > 0) {
    const seenAt = end + Math.min(lateness * 0.6, size * 0.55);
    late.push({ time: from + LATE_TIME * size, seenAt, fate: 'kept' });
  }
  const over = end + lateness + size * 0.3;
  if (over < from + 2.9 * size && isLate(end, lateness, over))
    late.push({ time: from + 0.25 * size, seenAt: over, fate: 'dropped' });
  return [...onTime, ...late].sort((a, b) => a.seenAt - b.seenAt);
}

/** The end of the last window of the record that comes late, in ms from where the first window starts. */
function lastEnd({ kind, step }: WindowSettings, size: number): number {
  if (kind !== 'hopping') return size;
  return tumblingStart(LATE_TIME * size, Math.min(step ?? size / 4, size)) + size;
}

const onTimeRecord = (time: number): ExampleRecord => ({ time, seenAt: time, fate: 'on-time' });

function sessionScene(settings: WindowSettings): WindowScene {
  const gap = settings.gap ?? HOUR / 2;
  const records = SESSION_TIMES.map((t) => onTimeRecord(t * gap));
  // Records that come on time decide the sessions; a late one falls into the first, without making it longer.
  const sessions = mergeSessions(
    records.flatMap(({ time }) => assignWindows({ kind: 'session', gap }, time)),
  );
  const first = sessions[0];
  if (first !== undefined && !settings.clock && settings.fires !== null) {
    const seenAt =
      first.end + Math.min(settings.lateness > 0 ? settings.lateness * 0.6 : gap * 0.5, gap * 0.8);
    records.push({ time: 0.9 * gap, seenAt, fate: settings.lateness > 0 ? 'kept' : 'dropped' });
  }
  records.sort((a, b) => a.seenAt - b.seenAt);
  return {
    from: 0,
    to: SESSION_SPAN * gap,
    windows: sessions.map((session) => withFirings({ ...session, lane: 0 }, records, settings)),
    lanes: 1,
    records,
    ticks: [],
    perRecord: 1,
    assumed: settings.gap === null,
  };
}

/** One window ends at each record, and one begins right after it: each with what lies within the size (KIP-450). */
function slidingScene(settings: WindowSettings): WindowScene {
  const size = settings.size ?? HOUR;
  const records = SLIDING_TIMES.map((t): ExampleRecord => {
    const time = Math.round(t * size);
    // The watermark passes its time, where a window ends, only after it.
    return { time, seenAt: time - 1, fate: 'on-time' };
  });
  const times = records.map(({ time }) => time);
  const seen = new Set<string>();
  const lanes: number[] = [];
  const windows = times
    .flatMap((time) => [time - size, time + 1])
    .sort((a, b) => a - b)
    .flatMap((start) => {
      // Both ends belong to it.
      const end = start + size + 1;
      const inside = times.filter((time) => time >= start && time < end).join();
      if (inside === '' || seen.has(inside)) return [];
      seen.add(inside);
      const free = lanes.findIndex((until) => until <= start);
      const lane = free < 0 ? lanes.length : free;
      lanes[lane] = end;
      return [withFirings({ start, end, lane }, records, settings)];
    });
  return {
    from: 0,
    to: SIZES_SHOWN * size,
    windows: windows.filter(({ lane }) => lane < LANES_MAX),
    lanes: Math.min(lanes.length, LANES_MAX),
    records,
    ticks: ticksOf(0, SIZES_SHOWN * size, size, size),
    perRecord: 0,
    assumed: settings.size === null,
  };
}

/** Records of one key in the order in which they come; large counts are drawn by their proportion. */
function countScene(settings: WindowSettings): WindowScene {
  const size = settings.rows ?? settings.rowsStep ?? 4;
  const slide = Math.min(settings.rowsStep ?? size, size);
  const drawnSize = Math.min(size, 6);
  const drawnSlide = Math.min(drawnSize, Math.max(1, Math.round((slide / size) * drawnSize)));
  const records = Array.from({ length: drawnSize * 3 }, (_, i) => onTimeRecord(i + 0.5));
  const lanes = Math.ceil(drawnSize / drawnSlide);
  const windows: DrawnWindow[] = [];
  // Each slide gives the last `size` records, the first ones fewer.
  for (let i = 0, end = drawnSlide; end <= records.length; i++, end += drawnSlide) {
    const start = Math.max(0, end - drawnSize);
    const rows = Math.round(((end - start) / drawnSize) * size);
    const firings: Firing[] = [{ at: end - 0.5, timing: 'on-time', rows, takesBack: null }];
    windows.push({ start, end, lane: i % lanes, firings, rows });
  }
  return {
    from: 0,
    to: records.length,
    windows: windows.filter(({ lane }) => lane < LANES_MAX),
    lanes: Math.min(lanes, LANES_MAX),
    records,
    ticks: [],
    perRecord: 0,
    assumed: settings.rows === null,
  };
}

function withFirings(
  window: Placed,
  records: readonly ExampleRecord[],
  settings: WindowSettings,
): DrawnWindow {
  const inside = records.filter(
    ({ time, seenAt }) =>
      time >= window.start && time < window.end && !isLate(window.end, settings.lateness, seenAt),
  );
  return {
    ...window,
    rows: inside.length,
    firings:
      settings.fires === null
        ? []
        : firingsOf(
            window.end,
            settings.lateness,
            inside.map(({ seenAt }) => seenAt),
            settings.fires,
          ),
  };
}

export type WindowState = 'coming' | 'open' | 'fired' | 'over';

/** What a window is at this place of the watermark. */
export function stateAt(
  window: DrawnWindow,
  lateness: number,
  watermark: number,
  byRows = false,
): WindowState {
  const done = byRows ? window.end - 0.5 <= watermark : isComplete(window.end, watermark);
  if (done) return isLate(window.end, lateness, watermark) || byRows ? 'over' : 'fired';
  return window.start <= watermark ? 'open' : 'coming';
}

function ticksOf(from: number, to: number, size: number, step: number): number[] {
  const every = (to - from) / step <= TICKS_MAX ? step : size;
  const ticks: number[] = [];
  for (let at = from; at <= to; at += every) ticks.push(at);
  return ticks;
}

/** 0 up to `size`, whatever the sign. */
const remainder = (value: number, size: number): number => ((value % size) + size) % size;
