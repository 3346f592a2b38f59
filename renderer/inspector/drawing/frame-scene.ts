/** Which records the frame of an OVER takes together. Pure. */
import { parseDuration } from '../../../engine/contract/duration.ts';
import { isRecord } from '../form/values.ts';
import { durationText } from './axis-text.ts';
import type { Sentence } from './sentence.ts';

export interface FrameScene {
  /** Records in the order of time; the axis is 0 to 1. */
  readonly records: readonly { readonly at: number; readonly inside: boolean }[];
  /** Which of them the frame belongs to. */
  readonly current: number;
  readonly from: number;
  readonly to: number;
  readonly words: readonly Sentence[];
}

/** Two of one time: the current record is the first of them. */
const PLACES = [0.04, 0.16, 0.22, 0.35, 0.48, 0.55, 0.7, 0.7, 0.78, 0.95];
const CURRENT = 6;
const RANGE = 0.3;
const ROWS_MAX = CURRENT;

export function frameScene(settings: unknown): FrameScene | null {
  const frame = isRecord(settings) ? settings['frame'] : undefined;
  if (!isRecord(frame)) return null;
  const now = PLACES[CURRENT] ?? 0;
  switch (frame['kind']) {
    case 'range': {
      const ms = duration(frame['preceding']);
      const from = ms === null ? 0 : now - RANGE;
      const words: Sentence =
        ms === null
          ? { key: 'drawing.rangeAll' }
          : { key: 'drawing.range', values: { preceding: durationText(ms) } };
      return sceneOf(from, now, (at) => at >= from && at <= now, words);
    }
    case 'rows': {
      const { preceding } = frame;
      const rows = typeof preceding === 'number' && preceding >= 0 ? preceding : null;
      const first = rows === null ? 0 : Math.max(0, CURRENT - Math.min(rows, ROWS_MAX));
      const words: Sentence =
        rows === null
          ? { key: 'drawing.rowsAll' }
          : rows === 0
            ? { key: 'drawing.rowsOne' }
            : { key: 'drawing.rows', values: { rows } };
      return sceneOf(PLACES[first] ?? 0, now, (_, i) => i >= first && i <= CURRENT, words);
    }
    case 'session': {
      const gap = duration(frame['gap']);
      const from = PLACES[4] ?? 0;
      const to = PLACES[8] ?? 1;
      return sceneOf(from, to, (at) => at >= from && at <= to, {
        key: gap === null ? 'drawing.assumed' : 'drawing.sessionFrame',
        ...(gap === null ? {} : { values: { gap: durationText(gap) } }),
      });
    }
    default:
      return null;
  }
}

function sceneOf(
  from: number,
  to: number,
  inside: (at: number, index: number) => boolean,
  words: Sentence,
): FrameScene {
  return {
    records: PLACES.map((at, i) => ({ at, inside: inside(at, i) })),
    current: CURRENT,
    from,
    to,
    words: [words],
  };
}

function duration(value: unknown): number | null {
  const ms = typeof value === 'string' ? parseDuration(value) : null;
  return ms !== null && ms > 0 ? ms : null;
}
