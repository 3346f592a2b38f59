/** Times along an axis: where lines stand, and what they are called. Pure. */
import type { Zone } from '../../store/ui.ts';
import { formatClock, formatMinute, formatTime } from '../../ui/format.ts';

const SECOND = 1000;
const STEPS = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  SECOND,
  2 * SECOND,
  5 * SECOND,
  10 * SECOND,
  15 * SECOND,
  30 * SECOND,
  ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * 60 * SECOND),
  ...[2, 7, 14, 30, 90, 365, 3650].map((days) => days * 86_400 * SECOND),
];
const DAY = 86_400 * SECOND;

export interface Axis {
  readonly from: number;
  readonly to: number;
  /** px of `from` and `to`. */
  readonly low: number;
  readonly high: number;
}

export const place = ({ from, to, low, high }: Axis, time: number): number =>
  to === from ? low : low + ((time - from) / (to - from)) * (high - low);

/** @param gap px between two lines, at least */
export function ticksOf(axis: Axis, gap: number): number[] {
  const width = axis.to - axis.from;
  const most = Math.max(1, Math.abs(axis.high - axis.low) / gap);
  const step = STEPS.find((s) => width / s <= most) ?? (STEPS.at(-1) as number);
  const ticks: number[] = [];
  for (let at = Math.ceil(axis.from / step) * step; at <= axis.to && ticks.length < 100; at += step)
    ticks.push(at);
  return ticks;
}

/** As short as the ticks allow: days, minutes, seconds or all of it. */
export function tickText(time: number, ticks: readonly number[], zone: Zone): string {
  const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  if (step >= DAY) return formatMinute(time, zone).slice(0, 10);
  if (step >= 60 * SECOND) return formatMinute(time, zone).slice(-5);
  return step >= SECOND || step === 0 ? formatClock(time, zone) : formatTime(time, zone).slice(11);
}
