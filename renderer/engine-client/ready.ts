import type { Studio } from '../store/studio.ts';

/** A link that is being made is waited for: a request before that would only say that there is none. */
export function engineReady({ run }: Pick<Studio, 'run'>): Promise<void> {
  const isOnItsWay = (): boolean => ['connecting', 'reconnecting'].includes(run.getState().engine);
  if (!isOnItsWay()) return Promise.resolve();
  return new Promise((resolve) => {
    const end = run.subscribe(() => {
      if (isOnItsWay()) return;
      end();
      resolve();
    });
  });
}
