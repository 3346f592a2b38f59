/** Which windows a time is in, without making an object a record. The same windows as `assignWindows` of `progress`. */
import { durationMs } from '../../contract/settings.ts';
import { tumblingStart } from '../../progress/windows.ts';
import type { WindowJoinConfig } from './spec.ts';

/** Calls `visit` for each window, by ascending start, then end. */
export type Assign = (time: number, visit: (start: number, end: number) => void) => void;

export function createAssign(window: Exclude<WindowJoinConfig['window'], { kind: 'assigned' }>): Assign {
  const size = durationMs(window.size);
  const offset = window.offset === undefined ? 0 : durationMs(window.offset);
  switch (window.kind) {
    case 'tumbling':
      return (time, visit) => {
        const start = tumblingStart(time, size, offset);
        visit(start, start + size);
      };
    case 'hopping': {
      const slide = durationMs(window.slide);
      return (time, visit) => {
        const last = tumblingStart(time, slide, offset);
        for (let at = tumblingStart(time - size, slide, offset) + slide; at <= last; at += slide)
          visit(at, at + size);
      };
    }
    case 'cumulating': {
      const step = durationMs(window.step);
      return (time, visit) => {
        const start = tumblingStart(time, size, offset);
        for (let end = tumblingStart(time, step, start) + step; end <= start + size; end += step)
          visit(start, end);
      };
    }
  }
}
