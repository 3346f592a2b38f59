/**
 * What the time plot shows of one operator: records by event and processing time, its watermark, its windows. Gathered from what is sampled
 * anyway, and bounded. Pure, but for what it keeps.
 */
import type { Sample } from '../../../engine/contract/link.ts';
import type { Panes } from '../../../engine/contract/panes.ts';

type Row = Sample['rows'][number];

export interface TracedRecord {
  /** Event and processing time, ms. */
  readonly event: number;
  readonly processed: number;
  readonly late: boolean;
  readonly row: Row;
  readonly columns: Sample['columns'];
}

export interface Step {
  readonly at: number;
  readonly watermark: number;
}

export interface TracedWindow {
  readonly start: number;
  readonly end: number;
  /** When it was first seen, and when it fired first; null: it is open. */
  readonly since: number;
  readonly firedAt: number | null;
  /** Later firings: early panes before the end, late ones after it. */
  readonly refiredAt: readonly number[];
  /** What stands in it, to be shown. */
  readonly label: string;
}

export const RECORDS_MAX = 4000;
const STEPS_MAX = 4000;
const WINDOWS_MAX = 300;
const REFIRINGS_MAX = 20;
/** Names of the bounds in the rows that windows give. */
const START = 'window_start';
const END = 'window_end';

export class TimeTrace {
  records: TracedRecord[] = [];
  steps: Step[] = [];
  readonly windows = new Map<string, TracedWindow>();
  /** By port, rows that have been taken. */
  readonly #taken = new Map<string, number>();

  /** Rows of an input, or of the late port. */
  take(port: string, sample: Sample, late: boolean): void {
    const fresh = this.#fresh(port, sample);
    const records = fresh.flatMap((row): TracedRecord[] =>
      row.time === null || row.processed === undefined
        ? []
        : [{ event: row.time, processed: row.processed, late, row, columns: sample.columns }],
    );
    if (records.length > 0) this.records = [...this.records, ...records].slice(-RECORDS_MAX);
  }

  /** Rows that windows gave. */
  takeFired(port: string, sample: Sample): void {
    const [start, end] = [START, END].map((name) => sample.columns.findIndex((c) => c.name === name));
    if (start === undefined || end === undefined || start < 0 || end < 0) return;
    for (const row of this.#fresh(port, sample)) {
      const [from, to] = [row.cells[start], row.cells[end]];
      if (typeof from !== 'number' || typeof to !== 'number' || row.processed === undefined) continue;
      this.#fired(from, to, row.processed, lastValue(row));
    }
  }

  #fired(start: number, end: number, at: number, value: string): void {
    const known = this.windows.get(keyOf(start, end));
    const isSame = known?.firedAt === at || known?.refiredAt.at(-1) === at;
    const before = known ?? { start, end, since: at, firedAt: null, refiredAt: [], label: value };
    if (isSame) this.#put({ ...before, label: sum(before.label, value) });
    else if (before.firedAt === null) this.#put({ ...before, firedAt: at, label: value });
    else {
      const refiredAt = [...before.refiredAt, at].slice(-REFIRINGS_MAX);
      this.#put({ ...before, refiredAt, label: value });
    }
  }

  /** @param now by the run's clock */
  takeOpen(panes: Panes, now: number): void {
    const aggregate = panes.columns.findIndex(({ role }) => role === 'aggregate');
    const labels = new Map<string, { start: number; end: number; label: string }>();
    for (const { start, end, cells } of panes.rows) {
      if (start === null || end === null) continue;
      const value = valueText(cells[aggregate] ?? null);
      const key = keyOf(start, end);
      const own = labels.get(key);
      labels.set(key, { start, end, label: own === undefined ? value : sum(own.label, value) });
    }
    for (const [key, { start, end, label }] of labels) {
      const known = this.windows.get(key);
      if (known?.firedAt != null) continue;
      this.#put({ start, end, firedAt: null, refiredAt: [], ...known, since: known?.since ?? now, label });
    }
  }

  #put(window: TracedWindow): void {
    this.windows.set(keyOf(window.start, window.end), window);
    const [oldest] = this.windows.keys();
    if (this.windows.size > WINDOWS_MAX && oldest !== undefined) this.windows.delete(oldest);
  }

  /** @param at by the run's clock; @param watermark NaN: none yet */
  takeWatermark(at: number, watermark: number): void {
    const last = this.steps.at(-1);
    if (!Number.isFinite(at) || !Number.isFinite(watermark) || last?.watermark === watermark) return;
    this.steps.push({ at, watermark });
    if (this.steps.length > STEPS_MAX) this.steps = this.steps.slice(-STEPS_MAX);
  }

  /** Rows of a sample that were not in the one before, as far as it has them. */
  #fresh(port: string, sample: Sample): readonly Row[] {
    const before = this.#taken.get(port) ?? 0;
    this.#taken.set(port, sample.total);
    const count = sample.total - before;
    return count <= 0 ? [] : sample.rows.slice(-Math.min(count, sample.rows.length));
  }
}

const keyOf = (start: number, end: number): string => `${start} ${end}`;

const lastValue = ({ cells }: Row): string => valueText(cells.at(-1) ?? null);
const valueText = (cell: Row['cells'][number]): string => (typeof cell === 'number' ? String(cell) : '');

/** Of several keys: numbers are added up, as counts are what one mostly looks at. */
const sum = (a: string, b: string): string => (a === '' || b === '' ? '' : String(Number(a) + Number(b)));
