/** Records whose time is that of their arrival: the clock moves it, and the watermark behind it. */
import type { Step } from './steps.ts';

export function withArrivalTimes(steps: readonly (readonly Step[])[]): Step[][] {
  let now = 0;
  return steps.map((step) =>
    step.flatMap((s): Step[] => {
      if (s.op === 'records') return [{ ...s, records: s.records.map((r) => ({ ...r, ts: now })) }];
      if (s.op !== 'clock') return [s];
      now = s.now;
      // More may come at this very moment.
      return [s, { op: 'watermark', time: now - 1, stream: null }];
    }),
  );
}
