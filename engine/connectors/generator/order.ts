/**
 * The order in which rows leave the generator. Without stalls: 0, 1, 2, … A stall of partition p takes p's rows out
 * of its stretch and puts them, in order, behind it. Pure, so that a position is two numbers.
 */
export interface Stall {
  readonly partition: number;
  /** Row numbers: the first that is held back, and the first that is not. */
  readonly from: number;
  readonly to: number;
}

/** A stretch of the order: rows of [from, to) of one partition, or of all but the stalled ones. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly only: number | null;
  readonly without: readonly number[];
  /** The row number at whose time all of it is there: held rows wait for the end of their stall. */
  readonly readyAt: number | null;
}

/** `count` may be Infinity. Stalls of one partition do not overlap. */
export function segmentsOf(stalls: readonly Stall[], count: number): Segment[] {
  const active = stalls.filter((s) => s.from < count && s.from < s.to);
  const cuts = [...new Set([0, count, ...active.flatMap((s) => [s.from, s.to])])]
    .filter((cut) => cut <= count)
    .sort((a, b) => a - b);
  const segments: Segment[] = [];
  const release = (upTo: number, after: number): void => {
    const due = active.filter((s) => s.to > after && s.to <= upTo).sort((a, b) => a.to - b.to);
    for (const { partition, from, to } of due) {
      segments.push({ from, to: Math.min(to, count), only: partition, without: [], readyAt: to });
    }
  };
  for (let c = 0; c + 1 < cuts.length; c++) {
    const from = cuts[c] ?? 0;
    const to = cuts[c + 1] ?? 0;
    release(from, c === 0 ? -1 : (cuts[c - 1] ?? 0));
    const without = active.filter((s) => s.from < to && s.to > from).map((s) => s.partition);
    segments.push({ from, to, only: null, without, readyAt: null });
  }
  if (Number.isFinite(count)) release(Infinity, cuts[cuts.length - 2] ?? 0);
  return segments;
}

/** Where a reader stands in the order. `at` may be at the end of its segment. */
export interface Place {
  segment: number;
  at: number;
}

/**
 * Writes up to `rows.length` row numbers that are ready and moves `place` behind them; returns how many.
 * `ready`: rows below this number are there (Infinity: no rate).
 */
export function takeRows(
  segments: readonly Segment[],
  partitions: number,
  place: Place,
  ready: number,
  rows: Float64Array,
): number {
  let n = 0;
  while (n < rows.length) {
    const segment = segments[place.segment];
    if (segment === undefined) break;
    const { only, without, readyAt } = segment;
    if (readyAt !== null && ready <= readyAt) break;
    const end = readyAt !== null ? segment.to : Math.min(segment.to, ready);
    let row = place.at;
    if (only !== null) {
      row += (only - (row % partitions) + partitions) % partitions;
      for (; row < end && n < rows.length; row += partitions) rows[n++] = row;
    } else if (without.length > 0) {
      for (; row < end && n < rows.length; row++) {
        if (!without.includes(row % partitions)) rows[n++] = row;
      }
    } else {
      const last = Math.min(end, row + rows.length - n);
      while (row < last) rows[n++] = row++;
    }
    if (row < segment.to) {
      place.at = row;
      break;
    }
    place.segment++;
    place.at = segments[place.segment]?.from ?? segment.to;
  }
  return n;
}
