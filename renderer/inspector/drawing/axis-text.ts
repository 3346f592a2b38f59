/** Times of an example on its axis. Pure. */
import { printDuration } from '../../../engine/contract/duration.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** A duration that no line break parts. */
export const durationText = (ms: number): string => printDuration(ms).replaceAll(' ', '\u00a0');

/** As clocks show it where that is short (`06:30`, `00:00:10`), else as a duration from the start of the example (`1 d 16 h`). */
export function axisText(time: number, ticks: readonly number[]): string {
  const all = [time, ...ticks];
  if (all.some((one) => one < 0 || one > DAY || one % 1000 !== 0)) return durationText(Math.round(time));
  const [hours, minutes, seconds] = [time / 3_600_000, (time / MINUTE) % 60, (time / 1000) % 60].map((part) =>
    String(Math.floor(part)).padStart(2, '0'),
  );
  return all.every((one) => one % MINUTE === 0) ? `${hours}:${minutes}` : `${hours}:${minutes}:${seconds}`;
}
