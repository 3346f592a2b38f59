/** What a page did in a while: frames that it drew, and the share of the time that its main thread worked. */
import type { CDPSession, Page } from 'playwright-core';

export interface Frames {
  readonly perSecond: number;
  /** ms between two frames that only one in a hundred exceeds. */
  readonly p99Ms: number;
  /** Of the main thread's time, 0 to 1: all of its tasks, in CPU time, so that what others do on the machine is not counted. */
  readonly busy: number;
  readonly script: number;
  readonly layout: number;
  readonly styles: number;
}

async function metrics(session: CDPSession): Promise<Readonly<Record<string, number>>> {
  const { metrics: found } = await session.send('Performance.getMetrics');
  return Object.fromEntries(found.map(({ name, value }) => [name, value]));
}

/** @param doing goes on meanwhile, until its signal says that it is enough */
export async function watchFrames(
  page: Page,
  session: CDPSession,
  ms: number,
  doing: (isOver: () => boolean) => Promise<void> = async () => {},
): Promise<Frames> {
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await metrics(session);
  const start = performance.now();
  const end = performance.now() + ms;
  const counted = page.evaluate(
    (length) =>
      new Promise<number[]>((resolve) => {
        const at: number[] = [];
        const start = performance.now();
        const frame = (now: number): void => {
          at.push(now);
          if (performance.now() - start < length) requestAnimationFrame(frame);
          else resolve(at);
        };
        requestAnimationFrame(frame);
      }),
    ms,
  );
  await doing(() => performance.now() >= end);
  const at = await counted;
  const after = await metrics(session);
  const wall = (performance.now() - start) / 1000;
  const share = (name: string): number => ((after[name] ?? 0) - (before[name] ?? 0)) / wall;
  const gaps = at.slice(1).map((time, i) => time - (at[i] ?? time));
  gaps.sort((a, b) => a - b);
  return {
    perSecond: (at.length - 1) / (((at.at(-1) ?? 0) - (at[0] ?? 0)) / 1000),
    p99Ms: gaps[Math.floor(gaps.length * 0.99)] ?? Number.NaN,
    busy: share('TaskDuration'),
    script: share('ScriptDuration'),
    layout: share('LayoutDuration'),
    styles: share('RecalcStyleDuration'),
  };
}
