/** The open panes of a window operator, as people look at them: what is watched at a node beside its ports. */
import { z } from 'zod';

/** In the place of a port's name, which has no brackets: the panes of the node. */
export const PANES = '(panes)';
/** Rows that are sent: those that fire first. */
export const PANES_SENT_MAX = 500;

const zCell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const zPanes = z.object({
  /** Keys, then aggregates as they stand. */
  columns: z.array(z.object({ name: z.string(), type: z.string(), role: z.enum(['key', 'aggregate']) })),
  /** In the order in which they fire. Times in ms; null: no bound, or nothing to wait for. */
  rows: z.array(
    z.object({
      start: z.number().nullable(),
      end: z.number().nullable(),
      /** The watermark at which it fires or is given up next. */
      due: z.number().nullable(),
      cells: z.array(zCell),
    }),
  ),
  /** Of all that are open. */
  total: z.number(),
  /** Of all state of the operator. */
  stateBytes: z.number(),
});
export type Panes = z.output<typeof zPanes>;

/** Of parts of one operator, which share its keys. */
export function mergedPanes(parts: readonly Panes[]): Panes | null {
  const [first] = parts;
  if (first === undefined) return null;
  const due = ({ due: at }: Panes['rows'][number]): number => at ?? Infinity;
  // Infinity less Infinity is no number.
  const rows = parts.flatMap((part) => part.rows).sort((a, b) => (due(a) === due(b) ? 0 : due(a) - due(b)));
  return {
    columns: first.columns,
    rows: rows.slice(0, PANES_SENT_MAX),
    total: parts.reduce((sum, part) => sum + part.total, 0),
    stateBytes: parts.reduce((sum, part) => sum + part.stateBytes, 0),
  };
}
