/** Last records as a table: newest first, typed columns, times in the zone of choice. */
import type { Sample } from '../../engine/contract/link.ts';
import { t } from '../app/strings/index.ts';
import { useUi } from '../app/studio-context.ts';
import type { Zone } from '../store/ui.ts';
import { formatTime } from '../ui/format.ts';
import { Table, type TableColumn } from '../ui/table.tsx';
import { columnWidth, isNumberType, showCell } from './cells.ts';

/** Characters: to the millisecond, which is where windows end. */
const TIME_WIDTH = 23;

export function SampleTable({ label, sample }: { label: string; sample: Sample }) {
  const zone = useUi((state) => state.zone);
  const timed = sample.rows.some(({ time }) => time !== null);
  const columns: TableColumn[] = [
    ...(timed ? [{ key: ' time', name: t('data.time'), note: zoneName(zone), width: TIME_WIDTH }] : []),
    ...sample.columns.map(({ name, type }, i) => ({
      key: `${i} ${name}`,
      name,
      note: type,
      numeric: isNumberType(type),
      width: columnWidth(sample, i, zone),
    })),
  ];
  const count = sample.rows.length;
  return (
    <Table
      label={label}
      columns={columns}
      rowCount={count}
      rowKey={(row) => sample.total - row}
      cell={(row, column) => {
        const record = sample.rows[count - 1 - row];
        const at = timed ? column - 1 : column;
        if (record === undefined) return null;
        if (at < 0)
          return record.time === null ? <span className="null">–</span> : formatTime(record.time, zone);
        const shown = showCell(record.cells[at] ?? null, sample.columns[at]?.type ?? '', zone);
        return (
          <span className={shown.kind === 'null' ? 'null' : undefined} title={shown.title}>
            {shown.text}
          </span>
        );
      }}
    />
  );
}

export const zoneName = (zone: Zone): string => t(zone === 'utc' ? 'status.zone.utc' : 'status.zone.local');
