/** Open panes as a table shows them. Pure. */
import type { Panes } from '../../engine/contract/panes.ts';
import { t } from '../app/strings/index.ts';
import type { Zone } from '../store/ui.ts';
import { formatDuration, formatTime } from '../ui/format.ts';
import { showCell } from './cells.ts';

export type PaneRow = Panes['rows'][number];

export interface PaneSort {
  readonly key: string;
  readonly down: boolean;
}

/** Of the columns before and behind the keys, which are called by their index. */
export const START = 'start';
export const END = 'end';
export const FIRES = 'fires';

/** Those whose keys contain the text, sorted. */
export function shownPanes(panes: Panes, wanted: string, sort: PaneSort, zone: Zone): readonly PaneRow[] {
  const text = wanted.trim().toLowerCase();
  const keys = panes.columns.flatMap(({ role, type }, at) => (role === 'key' ? [{ at, type }] : []));
  const rows = panes.rows.filter(
    ({ cells }) =>
      text === '' ||
      keys.some(({ at, type }) =>
        showCell(cells[at] ?? null, type, zone)
          .text.toLowerCase()
          .includes(text),
      ),
  );
  const of = (row: PaneRow): PaneRow['cells'][number] => {
    if (sort.key === START) return row.start;
    if (sort.key === END) return row.end;
    return sort.key === FIRES ? row.due : (row.cells[Number(sort.key)] ?? null);
  };
  return [...rows].sort((a, b) => compare(of(a), of(b)) * (sort.down ? -1 : 1));
}

/** NULL first, numbers before texts. */
function compare(a: PaneRow['cells'][number], b: PaneRow['cells'][number]): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'string' || typeof b === 'string') return typeof a === 'string' ? 1 : -1;
  return Number(a) - Number(b);
}

export interface Firing {
  readonly text: string;
  readonly title: string;
  /** How much of the way the watermark has come, 0 to 1; null: it is not known. */
  readonly progress: number | null;
}

/** @param watermark ms; NaN: none yet */
export function firingOf({ start, end, due }: PaneRow, watermark: number, zone: Zone): Firing {
  if (due === null) return { text: t('windows.never'), title: '', progress: null };
  const at = Number.isFinite(watermark) ? formatTime(watermark, zone) : t('windows.noWatermark');
  const title = t('windows.whenPasses', { time: formatTime(due, zone), watermark: at });
  if (Number.isNaN(watermark)) return { text: t('windows.noWatermark'), title, progress: null };
  const span = formatDuration(Math.max(0, due - watermark));
  const hasFired = end !== null && watermark >= end - 1;
  const from = start ?? due;
  const way = due > from ? (watermark - from) / (due - from) : 1;
  return {
    text: t(hasFired ? 'windows.lateFor' : 'windows.toGo', { span }),
    title,
    progress: Math.min(1, Math.max(0, way)),
  };
}
