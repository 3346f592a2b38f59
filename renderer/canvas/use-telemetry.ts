import { useEffect, useRef } from 'react';
import { useStudio } from '../app/studio-context.ts';
import type { Telemetry } from '../store/telemetry.ts';
import type { Zone } from '../store/ui.ts';
import { viewState } from './view-state.ts';

/**
 * Calls `draw` when figures came (at most once a frame), when zone or theme changed, and after each rendering. It
 * writes to the DOM itself: a tick renders nothing in React. With `detail` it rests while cards are plain boxes.
 */
export function useTelemetry(
  draw: (telemetry: Telemetry, zone: Zone) => void,
  { detail = false }: { readonly detail?: boolean } = {},
): void {
  const { telemetry, ui } = useStudio();
  const latest = useRef(draw);
  latest.current = draw;
  useEffect(() => {
    const redraw = (): void => {
      if (!(detail && viewState.getState().plain)) latest.current(telemetry, ui.getState().zone);
    };
    const ends = [
      telemetry.subscribe(redraw),
      viewState.subscribe(redraw),
      ui.subscribe((state, before) => {
        if (state.zone !== before.zone || state.theme !== before.theme) redraw();
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [telemetry, ui, detail]);
  useEffect(() => latest.current(telemetry, ui.getState().zone));
}

/** Writing the same text again would still cost a layout. */
export function writeText(element: Element | null, text: string): void {
  if (element !== null && element.textContent !== text) element.textContent = text;
}

export function writeTitle(element: HTMLElement | null, title: string): void {
  if (element !== null && element.title !== title) element.title = title;
}
