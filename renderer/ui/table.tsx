import { type ReactNode, useEffect, useRef, useState } from 'react';
import { visibleRows } from './virtual.ts';

export interface TableColumn {
  readonly key: string;
  readonly name: string;
  /** Beside the name, fainter: the type. */
  readonly note?: string;
  readonly numeric?: boolean;
  /** In characters. */
  readonly width: number;
}

export interface TableSort {
  readonly key: string;
  readonly down: boolean;
  /** The head of a column was pressed. */
  pick(key: string): void;
}

const ROW_HEIGHT = 24;
/** px, both sides. */
const CELL_PADDING = 24;

/** A table that draws only the rows in sight: a thousand rows cost as much as twenty. */
export function Table({
  label,
  columns,
  rowCount,
  rowKey,
  cell,
  sort,
}: {
  label: string;
  columns: readonly TableColumn[];
  rowCount: number;
  rowKey: (row: number) => string | number;
  cell: (row: number, column: number) => ReactNode;
  /** Left out: the order is fixed. */
  sort?: TableSort;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 400 });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const read = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    read();
    const sizes = new ResizeObserver(read);
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);
  const rows = visibleRows(rowCount, ROW_HEIGHT, view.top, view.height);
  const shown = Array.from({ length: rows.to - rows.from }, (_, i) => rows.from + i);
  const characters = columns.reduce((sum, column) => sum + column.width, 0);
  const wanted = `calc(${characters}ch + ${columns.length * CELL_PADDING}px)`;
  return (
    <section
      className="table-scroll"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: as above
      tabIndex={0}
      ref={scroller}
      onScroll={(event) =>
        setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })
      }
    >
      <table className="table" aria-rowcount={rowCount + 1} style={{ width: `max(100%, ${wanted})` }}>
        <colgroup>
          {columns.map((column) => (
            <col key={column.key} style={{ width: `calc(${column.width}ch + ${CELL_PADDING}px)` }} />
          ))}
          <col />
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.key}
                data-numeric={column.numeric === true}
                title={`${column.name} ${column.note ?? ''}`.trim()}
                aria-sort={sort?.key !== column.key ? undefined : sort.down ? 'descending' : 'ascending'}
              >
                {sort === undefined ? (
                  <Head column={column} />
                ) : (
                  <button type="button" className="table-sort" onClick={() => sort.pick(column.key)}>
                    <Head column={column} />
                  </button>
                )}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {rows.before > 0 && <Filler height={rows.before} />}
          {shown.map((row) => (
            <tr key={rowKey(row)} aria-rowindex={row + 2}>
              {columns.map((column, i) => (
                <td key={column.key} data-numeric={column.numeric === true}>
                  {cell(row, i)}
                </td>
              ))}
              <td />
            </tr>
          ))}
          {rows.after > 0 && <Filler height={rows.after} />}
        </tbody>
      </table>
    </section>
  );
}

const Head = ({ column }: { column: TableColumn }) => (
  <>
    {column.name} {column.note !== undefined && <small>{column.note}</small>}
  </>
);

const Filler = ({ height }: { height: number }) => (
  <tr>
    <td style={{ height, padding: 0, border: 0 }} />
  </tr>
);
