/** The rows of a long table that are in sight, and a few around them. All in px and row numbers. */
export interface VisibleRows {
  readonly from: number;
  /** Excluded. */
  readonly to: number;
  readonly before: number;
  readonly after: number;
}

const OVERSCAN = 8;

export function visibleRows(
  count: number,
  rowHeight: number,
  scrollTop: number,
  height: number,
): VisibleRows {
  const first = Math.max(0, Math.min(count, Math.floor(scrollTop / rowHeight)));
  const from = Math.max(0, first - OVERSCAN);
  const to = Math.min(count, first + Math.ceil(height / rowHeight) + 1 + OVERSCAN);
  return { from, to, before: from * rowHeight, after: (count - to) * rowHeight };
}
