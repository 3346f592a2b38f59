/**
 * Which windows a time belongs to, and when a window is over.
 *
 * A window is half-open, `[start, end)`, in ms since the epoch. Its last instant is `end − 1`, so it is complete when a
 * watermark of at least `end − 1` says that nothing at or before that instant will come. With an allowed lateness it is
 * kept for that much longer, and a record is late only when every window that it belongs to is gone. These are the rules
 * of Flink (TimeWindow, WindowOperator).
 *
 * Everything here is a function of its arguments: the window operator, the conformance runner and the studio's
 * explanations all call the same code.
 */

export interface Window {
  readonly start: number;
  readonly end: number;
}

export type WindowAssigner =
  | { readonly kind: 'tumbling'; readonly size: number; readonly offset?: number }
  | { readonly kind: 'hopping'; readonly size: number; readonly slide: number; readonly offset?: number }
  /** Windows of one start that grow by `step` up to `size` (Flink's CUMULATE). */
  | { readonly kind: 'cumulating'; readonly size: number; readonly step: number; readonly offset?: number }
  /** The window of one record before it merges with its neighbours. */
  | { readonly kind: 'session'; readonly gap: number };

/**
 * The start of the tumbling window that holds `time`: the largest multiple of `size`, moved by `offset`, at or before it.
 * Floor division and not `%`, whose sign follows the dividend: −1 ms lies in `[−size, 0)`, not in `[0, size)`.
 * Any offset will do, also negative or beyond the size: only its remainder counts.
 *
 * @example tumblingStart(-1, 1000) // -1000
 */
export function tumblingStart(time: number, size: number, offset = 0): number {
  return Math.floor((time - offset) / size) * size + offset;
}

/** The first window start, at or after `time`. */
export function startAtOrAfter(time: number, step: number, offset = 0): number {
  return Math.ceil((time - offset) / step) * step + offset;
}

/**
 * All windows that hold `time`, by ascending start, then end. A hopping window with `slide > size` leaves gaps: a time in one
 * belongs to none.
 *
 * @example assignWindows({ kind: 'hopping', size: 10, slide: 5 }, 7) // [{ start: 0, end: 10 }, { start: 5, end: 15 }]
 */
export function assignWindows(assigner: WindowAssigner, time: number): Window[] {
  switch (assigner.kind) {
    case 'tumbling': {
      const start = tumblingStart(time, assigner.size, assigner.offset);
      return [{ start, end: start + assigner.size }];
    }
    case 'hopping': {
      const { size, slide, offset } = assigner;
      const windows: Window[] = [];
      // The earliest window with time < end has start > time − size.
      const last = tumblingStart(time, slide, offset);
      for (let start = tumblingStart(time - size, slide, offset) + slide; start <= last; start += slide) {
        windows.push({ start, end: start + size });
      }
      return windows;
    }
    case 'cumulating': {
      const { size, step, offset } = assigner;
      const start = tumblingStart(time, size, offset);
      const windows: Window[] = [];
      const first = start + (Math.floor((time - start) / step) + 1) * step;
      for (let end = first; end <= start + size; end += step) windows.push({ start, end });
      return windows;
    }
    case 'session':
      return [{ start: time, end: time + assigner.gap }];
  }
}

/** The last instant of a window: Flink's `maxTimestamp`, and the event time of the rows that it gives. */
export const maxTimestamp = (end: number): number => end - 1;

/** Whether a window with this end has fired at `watermark`. */
export const isComplete = (end: number, watermark: number): boolean => end - 1 <= watermark;

/**
 * Whether a record that belongs to no window with a later end is late: the last of its windows was over, allowed
 * lateness included, before it came.
 */
export const isLate = (end: number, lateness: number, watermark: number): boolean =>
  end - 1 + lateness <= watermark;

/**
 * Whether two sessions are one. Touching is enough: records exactly one gap apart share a session in Flink, Kafka and
 * Spark (TimeWindow.intersects is inclusive at both ends); Beam keeps them apart.
 */
export const sessionsMerge = (a: Window, b: Window): boolean => a.start <= b.end && b.start <= a.end;

/** Sessions after all merging, by ascending start. The order in which they came does not matter. */
export function mergeSessions(sessions: readonly Window[]): Window[] {
  const sorted = [...sessions].sort((a, b) => a.start - b.start || a.end - b.end);
  const merged: Window[] = [];
  for (const session of sorted) {
    const last = merged[merged.length - 1];
    if (last !== undefined && sessionsMerge(last, session)) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, session.end) };
    } else {
      merged.push(session);
    }
  }
  return merged;
}
