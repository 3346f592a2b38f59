import { useSyncExternalStore } from 'react';
import { useStudio } from '../../app/studio-context.ts';
import type { Moment } from '../../store/history.ts';

/** The moment that the studio shows; null: the present. Another one draws anew; a tick does not. */
export function usePast(): Moment | null {
  const { telemetry } = useStudio();
  return useSyncExternalStore(
    (listener) => telemetry.subscribe(listener),
    () => telemetry.past,
  );
}
