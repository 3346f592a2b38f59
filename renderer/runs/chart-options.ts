/** How a chart looks: colours and type from the tokens, times in the zone of choice. */
import uPlot from 'uplot';
import type { Zone } from '../store/ui.ts';
import { formatBytes, formatCount, formatTime } from '../ui/format.ts';
import { type ChartModel, stepOf } from './chart-model.ts';

const COLOURS = [
  '--water',
  '--sink',
  '--source',
  '--late',
  '--operator',
  '--wait',
  '--ok',
  '--record',
] as const;
/** The second time through the colours, lines are dashed. */
const DASH = [5, 4];
const POINTS_SERIES_MAX = 4;
/** Two lines; the rest of the legend scrolls. */
const LEGEND_HEIGHT = 42;

/** px of the plot in its element: the legend stands below. */
export const sizeOf = (element: HTMLElement): { width: number; height: number } => ({
  width: Math.max(200, element.clientWidth),
  height: Math.max(100, element.clientHeight - LEGEND_HEIGHT),
});

export function chartOptions(model: () => ChartModel, element: HTMLElement, zone: Zone): uPlot.Options {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  const { axis, mark, series, unit, xName } = model();
  const number = unit === 'bytes' ? formatBytes : axisNumber;
  const font = '11px Inter, system-ui, sans-serif';
  const line = { stroke: token('--line'), width: 1 };
  const base: uPlot.Axis = { stroke: token('--muted'), font, grid: line, ticks: { ...line, size: 4 } };
  return {
    ...sizeOf(element),
    // A narrow plot has its last label at the edge.
    padding: [10, unit === 'bytes' ? 28 : 16, 0, 0],
    ms: 1,
    tzDate: (ms) => (zone === 'utc' ? uPlot.tzDate(new Date(ms), 'Etc/UTC') : new Date(ms)),
    scales: {
      x: {
        time: axis === 'time',
        // The first and last bar are as wide as the others; labels of lines do not stick to the frame.
        ...(mark === 'bar' || axis === 'label'
          ? {
              range: (_: uPlot, min: number | null, max: number | null): [number, number] => {
                const margin = 0.6 * stepOf(model().x);
                return [(min ?? 0) - margin, (max ?? 0) + margin];
              },
            }
          : {}),
      },
      ...(mark === 'bar' ? { y: { range: (_: uPlot, min: number, max: number) => barRange(min, max) } } : {}),
    },
    axes: [
      axis === 'label'
        ? {
            ...base,
            grid: { show: false },
            splits: (_, __, min, max) => wholeNumbers(min, max),
            values: (_, splits) => splits.map((at) => model().labels[at] ?? ''),
          }
        : { ...base, space: 70, ...(axis === 'time' ? { values: TIME_LABELS } : {}) },
      { ...base, size: 56, space: 24, values: (_, splits) => splits.map(number) },
    ],
    series: [
      { label: xName, value: (_, at) => xText(model(), at, zone) },
      ...series.map(({ name }, i): uPlot.Series => {
        const stroke = token(COLOURS[i % COLOURS.length] ?? '--water');
        return {
          label: name,
          stroke,
          width: 1.5,
          spanGaps: true,
          // Points of many lines would hide the lines.
          points: series.length > POINTS_SERIES_MAX ? { show: false } : { size: 5, fill: token('--panel') },
          value: (_, value) => (value === null || value === undefined ? '–' : number(value)),
          ...(i >= COLOURS.length ? { dash: DASH } : {}),
          ...(mark === 'bar' ? bars(model, i, stroke) : {}),
        };
      }),
    ],
    cursor: { points: { size: 7 }, drag: { x: true, y: false } },
    legend: { live: true },
  };
}

/** Of the distance of two places, what their bars take. */
const GROUP_SHARE = 0.8;
/** uPlot's name for values that are on the scale; its enum exists for its own compiler only. */
const ON_SCALE = 1 as uPlot.Series.BarsPathBuilderFacetUnit.ScaleValue;

/** Bars of several series stand side by side: each takes its share of the place. */
function bars(model: () => ChartModel, index: number, stroke: string): Partial<uPlot.Series> {
  const share = (): number => (stepOf(model().x) * GROUP_SHARE) / model().series.length;
  const left = (at: number): number => at + share() * (index - model().series.length / 2);
  const paths = uPlot.paths.bars?.({
    disp: {
      x0: { unit: ON_SCALE, values: () => model().x.map(left) },
      size: { unit: ON_SCALE, values: () => [share()] },
    },
  });
  return {
    fill: `${stroke}cc`,
    width: 0,
    points: { show: false },
    ...(paths === undefined ? {} : { paths }),
  };
}

/** Bars begin at zero. */
const barRange = (min: number, max: number): [number, number] =>
  min === max && min === 0 ? [0, 1] : [Math.min(0, min * 1.05), Math.max(0, max * 1.05)];

/**
 * Times as the rest of the studio writes them: 24 hours, dates as ISO. By the step between labels in ms: the text,
 * and the one where a year, a day or a minute begins.
 */
const DATE = '{YYYY}-{MM}-{DD}';
const TIME_LABELS: uPlot.Axis.Values = [
  [365 * 86_400_000, '{YYYY}', null, null, null, null, null, null, 1],
  [28 * 86_400_000, '{YYYY}-{MM}', null, null, null, null, null, null, 1],
  [86_400_000, '{MM}-{DD}', '\n{YYYY}', null, null, null, null, null, 1],
  [60_000, '{HH}:{mm}', `\n${DATE}`, null, `\n${DATE}`, null, null, null, 1],
  [1000, '{HH}:{mm}:{ss}', `\n${DATE}`, null, `\n${DATE}`, null, null, null, 1],
  [1, '{HH}:{mm}:{ss}.{fff}', `\n${DATE}`, null, `\n${DATE}`, null, null, null, 1],
];

const LABELS_MAX = 24;
function wholeNumbers(min: number, max: number): number[] {
  const step = Math.max(1, Math.ceil((max - min) / LABELS_MAX));
  const numbers: number[] = [];
  for (let at = Math.max(0, Math.ceil(min)); at <= max; at += step) numbers.push(at);
  return numbers;
}

function axisNumber(value: number): string {
  if (Math.abs(value) >= 10_000) return formatCount(value);
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

function xText({ axis, labels }: ChartModel, at: number | null | undefined, zone: Zone): string {
  if (at === null || at === undefined) return '–';
  if (axis === 'time') return formatTime(at, zone);
  return axis === 'label' ? (labels[at] ?? '–') : axisNumber(at);
}
