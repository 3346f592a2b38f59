/** When one window fires, and with how many of its records: triggers and accumulation of *Streaming Systems*. Pure. */
import type { Early } from '../../../engine/progress/triggers.ts';
import { isComplete } from '../../../engine/progress/windows.ts';
import type { Fires } from './window-settings.ts';

export interface Firing {
  /** Where the watermark stands. */
  readonly at: number;
  readonly timing: 'early' | 'on-time' | 'late';
  /** Records that the result counts. */
  readonly rows: number;
  /** Records of the result that is taken back first; null: none is. */
  readonly takesBack: number | null;
}

/** Early results of one window that are drawn; an interval that gives more is drawn as if it were longer. */
const EARLY_MAX = 12;

/**
 * Of triggers by the clock it is assumed that the clock goes as event time does.
 *
 * @param end of the window; infinite where it never ends
 * @param lateness for which it is kept after that, ms
 * @param seenAt of its records, ascending: where the watermark stands when each comes
 */
export function firingsOf(
  end: number,
  lateness: number,
  seenAt: readonly number[],
  fires: Fires,
): readonly Firing[] {
  const pane = new Pane(fires.accumulation);
  const early = seenAt.filter((at) => !isComplete(end, at));
  const late = seenAt.slice(early.length);
  fireBetween(pane, 'early', early, fires.early, end);
  const onTime =
    fires.onTime === 'always' ? early.length > 0 : fires.onTime === 'changed' && pane.pending > 0;
  if (onTime && Number.isFinite(end)) pane.fire(end, 'on-time');
  const gone = end + lateness;
  fireBetween(pane, 'late', late, fires.late, gone);
  if (fires.closing && pane.pending > 0 && Number.isFinite(gone)) pane.fire(gone, 'late');
  return pane.fired;
}

function fireBetween(
  pane: Pane,
  timing: 'early' | 'late',
  seenAt: readonly number[],
  trigger: Early | null,
  until: number,
): void {
  if (trigger === null) {
    for (const _ of seenAt) pane.add();
    return;
  }
  const first = seenAt[0] ?? 0;
  const every = Math.max(periodOf(trigger), ((seenAt.at(-1) ?? first) - first) / EARLY_MAX);
  let due = Number.POSITIVE_INFINITY;
  for (const at of seenAt) {
    if (due <= at) {
      pane.fire(due, timing);
      due = Number.POSITIVE_INFINITY;
    }
    pane.add();
    if (trigger.kind === 'rows') {
      if (pane.pending >= trigger.every) pane.fire(at, timing);
    } else if (due === Number.POSITIVE_INFINITY) {
      due = trigger.kind === 'delay' ? at + every : (Math.floor(at / every) + 1) * every;
    }
  }
  if (due < until) pane.fire(due, timing);
}

function periodOf(trigger: Early): number {
  if (trigger.kind === 'rows') return 0;
  return trigger.kind === 'delay' ? trigger.after : trigger.every;
}

/** What a window has counted and told. */
class Pane {
  readonly fired: Firing[] = [];
  readonly #accumulation: Fires['accumulation'];
  #rows = 0;
  #told: number | null = null;
  pending = 0;

  constructor(accumulation: Fires['accumulation']) {
    this.#accumulation = accumulation;
  }

  add(): void {
    this.#rows++;
    this.pending++;
  }

  fire(at: number, timing: Firing['timing']): void {
    const rows = this.#accumulation === 'discarding' ? this.pending : this.#rows;
    const takesBack = this.#accumulation === 'retracting' ? this.#told : null;
    this.fired.push({ at, timing, rows, takesBack });
    this.#told = rows;
    this.pending = 0;
  }
}
