/** What the cells of a sample look like, and how they are copied. */
import type { Sample } from '../../engine/contract/link.ts';
import type { Zone } from '../store/ui.ts';
import { formatTime } from '../ui/format.ts';

export type Cell = Sample['rows'][number]['cells'][number];

export interface ShownCell {
  readonly text: string;
  readonly kind: 'text' | 'number' | 'time' | 'null';
  /** The raw value, where the text is another one. */
  readonly title?: string;
}

const NUMBERS = /^(INT|BIGINT|DOUBLE|DECIMAL)/;
export const isNumberType = (type: string): boolean => NUMBERS.test(type);
export const isTimeType = (type: string): boolean => type === 'TIMESTAMP';

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });

export function showCell(cell: Cell, type: string, zone: Zone): ShownCell {
  if (cell === null) return { text: 'NULL', kind: 'null' };
  if (isTimeType(type) && typeof cell === 'number') {
    return {
      text: formatTime(cell, zone),
      kind: 'time',
      title: `${formatTime(cell, 'utc')} UTC (${cell} ms)`,
    };
  }
  if (typeof cell === 'number') {
    const text = showNumber(cell);
    return text === String(cell) ? { text, kind: 'number' } : { text, kind: 'number', title: String(cell) };
  }
  // NaN, infinities and whole numbers beyond 2^53 travel as text, and are numbers all the same.
  if (isNumberType(type)) return { text: String(cell), kind: 'number' };
  return { text: String(cell), kind: 'text', title: String(cell) };
}

/** Whole numbers in full (an id is no quantity: no separators), fractions to three digits where that says enough. */
function showNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return size < 0.01 || size >= 1e9
    ? String(Number(value.toPrecision(6)))
    : number.format(value).replaceAll(',', '');
}

/** Rows as JSON, one object each, times as ISO: what one pastes into a test or a message. */
export function sampleJson({ columns, rows }: Sample): string {
  const objects = rows.map(({ time, ingested, processed, change, cells }) => {
    const entries = columns.map(({ name, type }, i): [string, unknown] => {
      const cell = cells[i] ?? null;
      return [name, isTimeType(type) && typeof cell === 'number' ? isoTime(cell) : cell];
    });
    // A field of a stranger's record may be called __proto__: defined, not assigned.
    const lead: [string, unknown][] = [];
    if (change !== undefined) lead.push(['__op', change]);
    if (time !== null) lead.push(['__time', isoTime(time)]);
    if (ingested !== undefined) lead.push(['__ingested', isoTime(ingested)]);
    if (processed !== undefined) lead.push(['__processed', isoTime(processed)]);
    return Object.fromEntries([...lead, ...entries]);
  });
  return `[\n${objects.map((object) => `  ${JSON.stringify(object)}`).join(',\n')}\n]\n`;
}

const TIME_MAX = 8.64e15;
const isoTime = (ms: number): string | number => (Math.abs(ms) <= TIME_MAX ? new Date(ms).toISOString() : ms);

/** Rows of which any cell contains the text, whatever its case. */
export function findRows(sample: Sample, text: string, zone: Zone): Sample['rows'] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return sample.rows;
  return sample.rows.filter(
    ({ cells, change }) =>
      change?.toLowerCase() === wanted ||
      cells.some((cell, i) =>
        showCell(cell, sample.columns[i]?.type ?? '', zone)
          .text.toLowerCase()
          .includes(wanted),
      ),
  );
}

/** A column's width in characters, from its header and a few of its cells. */
export function columnWidth(sample: Sample, column: number, zone: Zone): number {
  const { name, type } = sample.columns[column] ?? { name: '', type: '' };
  let longest = name.length + type.length + 1;
  for (const { cells } of sample.rows.slice(-MEASURED_ROWS)) {
    longest = Math.max(longest, showCell(cells[column] ?? null, type, zone).text.length);
  }
  return Math.min(Math.max(longest, WIDTH_MIN), WIDTH_MAX);
}
const MEASURED_ROWS = 50;
const WIDTH_MIN = 6;
const WIDTH_MAX = 40;
