/** Which store keeps the windows of a plan. */
import type { Slots } from '../../aggregates/slots.ts';
import { Slices } from '../../progress/slices.ts';
import { isPlain } from '../../progress/triggers.ts';
import { CellStore } from './cell-store.ts';
import { CountStore } from './count-store.ts';
import type { WindowOutput } from './output.ts';
import { PaneStore } from './pane-store.ts';
import type { PendingRows } from './pending.ts';
import type { WindowPlan } from './plan.ts';
import { SlidingStore } from './sliding-store.ts';
import type { WindowStore } from './store.ts';
import type { WindowsOf } from './windows-of.ts';

export function createStore(
  plan: WindowPlan,
  windows: WindowsOf,
  slots: Slots,
  pending: PendingRows,
  output: WindowOutput,
): WindowStore {
  const { window, trigger, accumulation, lateness, pane } = plan;
  if (window.kind === 'count') return new CountStore(window.size, window.slide, slots, pending, output);
  if (window.kind === 'sliding') return new SlidingStore(window.size, slots, pending, output);
  const sliced = window.kind === 'hopping' || window.kind === 'cumulating';
  // Panes are shared by windows and say nothing of the firings of one.
  return sliced && isPlain(trigger, accumulation) && !pane
    ? new PaneStore(new Slices(window), lateness, slots, pending, output)
    : new CellStore(plan, windows, slots, pending, output);
}
