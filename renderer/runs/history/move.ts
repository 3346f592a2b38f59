/** What a key does to the moment that is shown. Pure. */
import type { History, Moment } from '../../store/history.ts';

/** ms that a page goes. */
const PAGE_MS = 10_000;

/** @returns the moment to show, null for the present, undefined where the key means nothing here */
export function moveBy(moments: History, past: Moment | null, key: string): Moment | null | undefined {
  const last = moments.length - 1;
  const from = past?.elapsedMs ?? moments.at(last)?.elapsedMs ?? 0;
  const at = past === null ? last : moments.indexAt(from);
  const show = (index: number): Moment | null =>
    index >= last ? null : (moments.at(Math.max(0, index)) ?? null);
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return show(at - 1);
    case 'ArrowRight':
    case 'ArrowUp':
      return show(at + 1);
    case 'PageDown':
      return show(moments.indexAt(from - PAGE_MS));
    case 'PageUp':
      return show(moments.indexAt(from + PAGE_MS));
    case 'Home':
      return show(0);
    case 'End':
      return null;
    default:
      return undefined;
  }
}
