/** The windows that stand open: what each key has gathered, and when it fires. */
import { useState } from 'react';
import type { Panes } from '../../engine/contract/panes.ts';
import { specOf } from '../../engine/specs.ts';
import { t } from '../app/strings/index.ts';
import { useDocument, useRun, useSelection, useStudio, useUi } from '../app/studio-context.ts';
import { onlyNode, selectNodes } from '../store/selection.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { formatBytes, formatCount, formatTime } from '../ui/format.ts';
import { Select } from '../ui/select.tsx';
import { Table, type TableColumn } from '../ui/table.tsx';
import { isNumberType, showCell } from './cells.ts';
import { END, FIRES, firingOf, type PaneSort, START, shownPanes } from './pane-rows.ts';
import { nodesWithPanes } from './ports.ts';

/** Characters of `2001-01-03 10:12:05`. */
const TIME_WIDTH = 20;

export function Windows() {
  const { selection } = useStudio();
  const graph = useDocument((state) => state.graph);
  const nodes = useDocument((state) => state.document.nodes);
  const hasRun = useRun((state) => state.status !== 'none');
  const all = useRun((state) => state.panes);
  const selected = useSelection(onlyNode);
  const known = nodesWithPanes(graph);
  const node = selected !== null && known.includes(selected) ? selected : known[0];
  const name = (id: string): string => nodes[id]?.name ?? specOf(nodes[id]?.type ?? '')?.label ?? id;
  if (node === undefined) return <EmptyState title={t('windows.noNode')} text={t('windows.noNodeText')} />;
  if (!hasRun) return <EmptyState title={t('windows.noRun')} text={t('windows.noRunText')} />;
  return (
    <div className="records-view">
      <OpenWindows key={node} node={node} name={name(node)} panes={all.get(node) ?? null}>
        {known.length > 1 && (
          <Select
            label={t('windows.node')}
            options={known.map((id) => ({ value: id, label: name(id) }))}
            value={node}
            onChange={(id) => selectNodes(selection, [id ?? node])}
          />
        )}
      </OpenWindows>
    </div>
  );
}

function OpenWindows({
  node,
  name,
  panes,
  children,
}: {
  readonly node: string;
  readonly name: string;
  readonly panes: Panes | null;
  readonly children: React.ReactNode;
}) {
  const { telemetry } = useStudio();
  const zone = useUi((state) => state.zone);
  const [wanted, setWanted] = useState('');
  const [sort, setSort] = useState<PaneSort>({ key: FIRES, down: false });
  if (panes === null || panes.rows.length === 0)
    return (
      <>
        {children !== false && <div className="records-tools">{children}</div>}
        <EmptyState title={t('windows.none')} text={t('windows.noneText')} />
      </>
    );
  const rows = shownPanes(panes, wanted, sort, zone);
  const columns = columnsOf(panes);
  const watermark = telemetry.node(node, 'watermark');
  return (
    <>
      <div className="records-tools">
        {children}
        <input
          type="search"
          className="input"
          aria-label={t('windows.find')}
          placeholder={t('windows.find')}
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
        <span className="faint num records-count">
          {t('windows.count', {
            shown: formatCount(rows.length),
            total: formatCount(panes.total),
            bytes: formatBytes(panes.stateBytes),
          })}
        </span>
      </div>
      {rows.length === 0 ? (
        <EmptyState title={t('windows.noMatch', { text: wanted })} text={t('windows.noMatchText')} />
      ) : (
        <Table
          label={`${name}: ${t('windows.tab')}`}
          columns={columns}
          rowCount={rows.length}
          rowKey={(row) => row}
          sort={{ ...sort, pick: (key) => setSort({ key, down: sort.key === key && !sort.down }) }}
          cell={(row, column) => {
            const pane = rows[row];
            const key = columns[column]?.key ?? '';
            if (pane === undefined) return null;
            if (key === START || key === END) {
              const time = pane[key];
              return time === null ? '–' : <span title={String(time)}>{formatTime(time, zone)}</span>;
            }
            if (key === FIRES) return <FiresCell {...firingOf(pane, watermark, zone)} />;
            const at = Number(key);
            const shown = showCell(pane.cells[at] ?? null, panes.columns[at]?.type ?? '', zone);
            return (
              <span className={shown.kind === 'null' ? 'null' : undefined} title={shown.title}>
                {shown.text}
              </span>
            );
          }}
        />
      )}
    </>
  );
}

function FiresCell({ text, title, progress }: ReturnType<typeof firingOf>) {
  return (
    <span className="fires" title={title}>
      {progress !== null && <progress value={progress} max={1} aria-hidden="true" />}
      {text}
    </span>
  );
}

/** Keys, bounds, when it fires, aggregates. */
function columnsOf({ columns }: Panes): TableColumn[] {
  const own = columns.map(({ name, type, role }, at) => ({
    role,
    column: {
      key: String(at),
      name,
      note: type,
      numeric: isNumberType(type),
      width: Math.max(name.length + type.length + 2, 12),
    },
  }));
  const of = (role: 'key' | 'aggregate'): TableColumn[] =>
    own.filter((one) => one.role === role).map((one) => one.column);
  return [
    ...of('key'),
    { key: START, name: t('windows.start'), width: TIME_WIDTH },
    { key: END, name: t('windows.end'), width: TIME_WIDTH },
    { key: FIRES, name: t('windows.fires'), width: 34 },
    ...of('aggregate'),
  ];
}
