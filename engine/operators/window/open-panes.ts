/** The panes that are open, for those who look: nothing of the operator changes. */
import type { GroupingKeys } from '../../aggregates/grouping/keys.ts';
import type { Slots } from '../../aggregates/slots.ts';
import { ColumnBuilder } from '../../batch/builder.ts';
import { valueAt } from '../../batch/column.ts';
import { PANES_SENT_MAX, type Panes } from '../../contract/panes.ts';
import { type Field, printType } from '../../contract/types.ts';
import { cellValue } from '../../contract/value-text.ts';
import { shownCell } from '../../runtime/evidence/cells.ts';
import type { WindowPlan } from './plan.ts';
import type { WindowStore } from './store.ts';

/** So many are looked at for those that fire first; beyond, the rest is only counted. */
const LOOKED_AT_MAX = 20_000;

interface Open {
  readonly slot: number;
  readonly start: number;
  readonly end: number;
  readonly due: number;
}

export function openPanes(
  plan: WindowPlan,
  store: WindowStore,
  keys: GroupingKeys,
  slots: Slots,
): Omit<Panes, 'stateBytes'> {
  const open: Open[] = [];
  let total = 0;
  store.forEachOpen((slot, start, end, due) => {
    if (total++ < LOOKED_AT_MAX) open.push({ slot, start, end, due });
  });
  const shown = open
    .sort((a, b) => (a.due === b.due ? a.slot - b.slot : a.due - b.due))
    .slice(0, PANES_SENT_MAX);
  const keyFields = plan.fields.slice(0, plan.keyFields);
  const aggregates = plan.fields.slice(plan.fields.length - plan.aggregates.length);
  const columns = [...keyFields, ...aggregates];
  const builders = columns.map((field) => new ColumnBuilder(field.type));
  for (const { slot } of shown) {
    keys.emit(slots.keys[slot] as number, builders);
    slots.accumulators.forEach((accumulator, a) => {
      accumulator.emit(slot, builders[keyFields.length + a] as ColumnBuilder);
    });
  }
  const built = builders.map((builder) => builder.take());
  return {
    columns: columns.map(({ name, type }, c) => ({
      name,
      type: printType(type),
      role: c < keyFields.length ? 'key' : 'aggregate',
    })),
    rows: shown.map(({ start, end, due }, row) => ({
      start: finite(start),
      end: finite(end),
      due: finite(due),
      cells: columns.map((field, c) => cellOf(built[c], field, row)),
    })),
    total,
  };
}

const finite = (time: number): number | null => (Number.isFinite(time) ? time : null);

function cellOf(column: Parameters<typeof valueAt>[0] | undefined, { type }: Field, row: number) {
  if (column === undefined) return null;
  return shownCell(cellValue(valueAt(column, type, row), type));
}
