/** What an operator is fed in a test, step by step, and timelines as a way to draw it. */
import type { ChangeName } from '../batch/changes.ts';
import type { Value } from '../batch/column.ts';

export type DriveStep = { /** Input port; the first where left out. */ readonly port?: string } & (
  | {
      /** Event time, ms; NaN where the stream has none. */
      readonly time: number;
      readonly row: Readonly<Record<string, Value>>;
      /** Updating inputs; `+I` where left out. */
      readonly change?: ChangeName;
    }
  | { readonly watermark: number }
  | { readonly idle: boolean }
  /** Processing time moves on, for all inputs. */
  | { readonly clock: number }
  /** The input ends; without a port, all of them. */
  | { readonly end: true }
);

/**
 * Steps drawn as a line, as RxJS draws its tests. Every character is one tick of `tickMs`: `-` nothing, a letter the record
 * `rows[letter]` with this event time, `W` a watermark at it, `I` the input falls idle, `A` it is active again, `|` its end.
 * Blanks only align lines. In parentheses stands what happens at one tick: `(abW)`.
 * @throws RangeError for a letter without a row
 */
export function timeline(
  text: string,
  rows: Readonly<Record<string, Readonly<Record<string, Value>>>>,
  options: { readonly tickMs?: number; readonly port?: string } = {},
): DriveStep[] {
  const { tickMs = 1000, port } = options;
  const at = port === undefined ? {} : { port };
  const steps: DriveStep[] = [];
  let tick = 0;
  let grouped = false;
  for (const mark of text) {
    if (mark === ' ') continue;
    const time = tick * tickMs;
    if (mark === '(') grouped = true;
    else if (mark === 'W') steps.push({ ...at, watermark: time });
    else if (mark === 'I' || mark === 'A') steps.push({ ...at, idle: mark === 'I' });
    else if (mark === '|') steps.push({ ...at, end: true });
    else if (mark !== '-' && mark !== ')') {
      const row = rows[mark];
      if (row === undefined) throw new RangeError(`the timeline has ${mark}, for which there is no row`);
      steps.push({ ...at, time, row });
    }
    if (mark === ')') grouped = false;
    if (!grouped) tick++;
  }
  return steps;
}
