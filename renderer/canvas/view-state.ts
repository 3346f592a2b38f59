/** How the canvas is looked at. */
import { createStore } from 'zustand/vanilla';

/** Below this zoom cards are plain boxes: their text could not be read, so it is neither shown nor written. */
export const PLAIN_ZOOM = 0.35;

export const viewState = createStore<{ readonly plain: boolean }>(() => ({ plain: false }));

export function setZoom(zoom: number): void {
  const plain = zoom < PLAIN_ZOOM;
  if (plain !== viewState.getState().plain) viewState.setState({ plain });
}
