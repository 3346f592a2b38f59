/** Which right rows one left row meets in an interval join. Pure. */
import { parseDuration } from '../../../engine/contract/duration.ts';
import { type Config, isRecord } from '../form/values.ts';
import { durationText } from './axis-text.ts';
import type { Sentence } from './sentence.ts';

export interface IntervalScene {
  /** Of right event times from the left one, ms; both ends as the axis shows them. */
  readonly from: number;
  readonly to: number;
  readonly fromIncluded: boolean;
  readonly toIncluded: boolean;
  /** What the axis shows, ms around the left row. */
  readonly axis: { readonly from: number; readonly to: number };
  readonly rights: readonly { readonly time: number; readonly meets: boolean }[];
  readonly assumed: boolean;
  readonly words: readonly Sentence[];
}

const EXAMPLE = 300_000;
/** Right rows of the example, in shares of the interval: some at its ends, some outside. */
const RIGHTS = [-0.28, 0, 0.3, 0.62, 1, 1.22];

/**
 * The setting is `right + lower ≤ left ≤ right + upper`. Seen from the left row, right rows lie from `left − upper` to
 * `left − lower`.
 */
export function intervalScene(settings: unknown): IntervalScene {
  const config: Config = isRecord(settings) ? settings : {};
  const lower = duration(config['lower']);
  const upper = duration(config['upper']);
  const assumed = lower === null || upper === null;
  const from = -(upper ?? Math.max(EXAMPLE, (lower ?? -EXAMPLE) + EXAMPLE));
  const to = -(lower ?? Math.min(-EXAMPLE, (upper ?? EXAMPLE) - EXAMPLE));
  const fromIncluded = config['upperBound'] !== 'exclusive';
  const toIncluded = config['lowerBound'] !== 'exclusive';
  const length = Math.max(to - from, 0);
  const meets = (time: number): boolean =>
    (fromIncluded ? time >= from : time > from) && (toIncluded ? time <= to : time < to);
  const shown = { from: Math.min(from, 0), to: Math.max(to, 0) };
  const unit = length === 0 ? Math.max(Math.abs(from), 1) : length;
  const margin = Math.max((shown.to - shown.from) * 0.12, unit * 0.35);
  return {
    from,
    to,
    fromIncluded,
    toIncluded,
    axis: { from: shown.from - margin, to: shown.to + margin },
    rights: RIGHTS.map((share) => from + share * unit)
      .filter((time) => length > 0 || time <= from)
      .map((time) => ({ time, meets: meets(time) })),
    assumed,
    words: assumed
      ? [{ key: 'drawing.intervalAssumed' }]
      : wordsOf(config, from, to, fromIncluded && toIncluded),
  };
}

function wordsOf(config: Config, from: number, to: number, closed: boolean): Sentence[] {
  if (from > to) return [{ key: 'drawing.empty' }];
  const words: Sentence[] = [{ key: 'drawing.interval', values: { from: sideOf(from), to: sideOf(to) } }];
  if (!closed) words.push({ key: 'drawing.excluded' });
  const lateness = duration(config['lateness']) ?? 0;
  if (lateness > 0) words.push({ key: 'drawing.grace', values: { lateness: durationText(lateness) } });
  return words;
}

function sideOf(offset: number): Sentence {
  if (offset === 0) return { key: 'drawing.at' };
  const values = { duration: durationText(Math.abs(offset)) };
  return { key: offset < 0 ? 'drawing.before' : 'drawing.after', values };
}

const duration = (value: unknown): number | null => (typeof value === 'string' ? parseDuration(value) : null);
