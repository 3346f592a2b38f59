/** Numbers, durations and records in the sentences of findings: written alike in every language. */
import { printDuration } from '../contract/duration.ts';

export const number = (n: number): string => n.toLocaleString('en-US');
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
export const cut = (text: string, length = 200): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;

/** Two units are enough for a person. */
export function span(ms: number): string {
  const step =
    ms >= 86_400_000 ? 3_600_000 : ms >= 3_600_000 ? 60_000 : ms >= 10_000 ? 1000 : ms >= 1000 ? 100 : 1;
  const rounded = Math.round(ms / step) * step;
  return rounded >= 1000 && rounded < 60_000 ? `${rounded / 1000} s` : printDuration(rounded);
}
