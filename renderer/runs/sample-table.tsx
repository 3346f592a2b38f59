/** Last records as a table: newest first, typed columns, times in the zone of choice. */
import type { Sample } from '../../engine/contract/link.ts';
import { useUi } from '../app/studio-context.ts';
import { Table, type TableColumn } from '../ui/table.tsx';
import { columnWidth, isNumberType, showCell } from './cells.ts';
import { CHANGE_KEY, leadColumns } from './lead-columns.ts';

/** `allTimes`: event, ingestion and processing time side by side; else event time alone. */
export function SampleTable({
  label,
  sample,
  allTimes = false,
}: {
  label: string;
  sample: Sample;
  allTimes?: boolean;
}) {
  const zone = useUi((state) => state.zone);
  const lead = leadColumns(sample.rows, zone, allTimes);
  const columns: TableColumn[] = [
    ...lead,
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
        if (record === undefined) return null;
        const at = column - lead.length;
        const shown =
          lead[column]?.cell(record) ??
          showCell(record.cells[at] ?? null, sample.columns[at]?.type ?? '', zone);
        return (
          <span
            className={shown.kind === 'null' ? 'null' : undefined}
            data-change={columns[column]?.key === CHANGE_KEY ? shown.text : undefined}
            title={shown.title}
          >
            {shown.text}
          </span>
        );
      }}
    />
  );
}
