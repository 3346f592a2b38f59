/** A sink's last rows as the columns that a plot draws: one x, and a line for each series and number. Pure. */
import type { SinkView } from '../../engine/contract/link.ts';
import { isNumberType, isTimeType } from './cells.ts';

export interface ChartModel {
  readonly mark: 'line' | 'bar';
  /** `label`: x counts `labels`. */
  readonly axis: 'time' | 'number' | 'label';
  /** Of the numbers; left out: they are bare. */
  readonly unit?: 'bytes';
  /** The column that runs across. */
  readonly xName: string;
  readonly x: readonly number[];
  readonly labels: readonly string[];
  readonly series: readonly ChartSeries[];
  /** Series beyond those that a person can tell apart. */
  readonly hidden: number;
}

export interface ChartSeries {
  readonly name: string;
  /** As long as `x`; null where there is no point. */
  readonly y: readonly (number | null)[];
}

/** Colours and dashes that people can still tell apart. */
export const SERIES_MAX = 16;

/** Null where the view has no chart, or its columns are not there. */
export function chartModel({ chart, sample }: SinkView): ChartModel | null {
  if (chart === undefined) return null;
  const at = (name: string): number => sample.columns.findIndex((column) => column.name === name);
  const xAt = at(chart.x);
  const yAt = chart.y.map(at);
  const seriesAt = chart.series === null ? -1 : at(chart.series);
  if (xAt < 0 || yAt.some((i) => i < 0)) return null;
  const type = sample.columns[xAt]?.type ?? '';
  const axis = isTimeType(type) ? 'time' : isNumberType(type) && chart.mark === 'line' ? 'number' : 'label';

  const labels = new Map<string, number>();
  const lines = new Map<string, Map<number, number>>();
  for (const { cells, change } of sample.rows) {
    const gone = change === '-U' || change === '-D';
    const x = place(cells[xAt], axis, labels);
    if (x === null) continue;
    const group = seriesAt < 0 ? null : String(cells[seriesAt] ?? 'NULL');
    chart.y.forEach((name, i) => {
      const y = Number(cells[yAt[i] ?? -1] ?? Number.NaN);
      const line = seriesName(group, name, chart.y.length);
      const points = lines.get(line) ?? new Map<number, number>();
      lines.set(line, points);
      // The later row of a place is the newer result of a window that fired again; a row may also be taken back.
      if (Number.isFinite(y) && !gone) points.set(x, y);
      else points.delete(x);
    });
  }
  const shown = [...lines].sort(([a], [b]) => (seriesAt < 0 ? 0 : a.localeCompare(b))).slice(0, SERIES_MAX);
  const x = [...new Set(shown.flatMap(([, points]) => [...points.keys()]))].sort((a, b) => a - b);
  return {
    mark: chart.mark,
    axis,
    xName: chart.x,
    x,
    labels: [...labels.keys()],
    series: shown.map(([name, points]) => ({ name, y: x.map((at) => points.get(at) ?? null) })),
    hidden: lines.size - shown.length,
  };
}

function place(cell: unknown, axis: ChartModel['axis'], labels: Map<string, number>): number | null {
  if (axis !== 'label') return typeof cell === 'number' && Number.isFinite(cell) ? cell : null;
  const text = String(cell ?? 'NULL');
  const known = labels.get(text) ?? labels.size;
  labels.set(text, known);
  return known;
}

const seriesName = (group: string | null, name: string, count: number): string =>
  group === null ? name : count === 1 ? group : `${group} · ${name}`;

/** The least distance of two neighbours: what a group of bars may take. 1 where there are none. */
export function stepOf(x: readonly number[]): number {
  let step = Number.POSITIVE_INFINITY;
  for (let i = 1; i < x.length; i++) step = Math.min(step, (x[i] ?? 0) - (x[i - 1] ?? 0));
  return Number.isFinite(step) ? step : 1;
}
