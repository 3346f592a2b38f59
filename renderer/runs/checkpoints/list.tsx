/** Checkpoints, newest first: what each took and wrote, and a way back to it. */
import { Fragment } from 'react';
import { removeSavepoint } from '../../app/checkpoints.ts';
import { goOnFrom } from '../../app/go-on.ts';
import { type TextKey, t } from '../../app/strings/index.ts';
import { useRun, useStudio, useUi } from '../../app/studio-context.ts';
import { nodeName } from '../../canvas/node-name.ts';
import { Tool } from '../../inspector/widgets/list.tsx';
import { isActive } from '../../store/run.ts';
import { formatBytes, formatClock, formatDuration, formatTime } from '../../ui/format.ts';
import type { CheckpointRow } from './model.ts';

const SHOWN_MAX = 200;
const COLUMNS: readonly TextKey[] = [
  'checkpoints.taken',
  'checkpoints.took',
  'checkpoints.stall',
  'checkpoints.alignment',
  'checkpoints.state',
  'checkpoints.written',
];

export function CheckpointList({
  rows,
  picked,
  pick,
  keep,
}: {
  rows: readonly CheckpointRow[];
  picked: number;
  pick: (id: number) => void;
  keep: number;
}) {
  return (
    <section className="table-scroll checkpoint-list" aria-label={t('checkpoints.list')}>
      <table className="table">
        <thead>
          <tr>
            <th>{t('checkpoints.name')}</th>
            {COLUMNS.map((key) => (
              <th key={key} data-numeric title={t(`${key}Hint` as TextKey)}>
                {t(key)}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN_MAX).map((row) => (
            <Fragment key={row.id}>
              <Row row={row} picked={row.id === picked} pick={pick} keep={keep} />
              {row.cause !== null && (
                <tr className="checkpoint-cause" onClick={() => pick(row.id)}>
                  <td colSpan={COLUMNS.length + 2} title={row.cause}>
                    {row.cause}
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({
  row,
  picked,
  pick,
  keep,
}: {
  row: CheckpointRow;
  picked: boolean;
  pick: (id: number) => void;
  keep: number;
}) {
  const zone = useUi((state) => state.zone);
  const { name, status, takenAt, tookMs, stalledMs, bytes, writtenBytes } = row;
  const time = (ms: number | null): string => (ms === null ? '–' : formatDuration(ms));
  const size = (count: number | null): string => (count === null ? '–' : formatBytes(count));
  return (
    <tr data-picked={picked} onClick={() => pick(row.id)}>
      <td>
        <span className="checkpoint-name" title={t(`checkpoints.status.${status}`)}>
          <CheckpointMark status={status} />
          <button type="button" className="link" aria-pressed={picked} onClick={() => pick(row.id)}>
            {name ?? t('checkpoints.number', { id: row.id })}
          </button>
        </span>
      </td>
      <td data-numeric title={formatTime(takenAt, zone)}>
        {formatClock(takenAt, zone)}
      </td>
      <td data-numeric>{time(tookMs)}</td>
      <td data-numeric>{time(stalledMs)}</td>
      <td data-numeric>
        <Alignment row={row} />
      </td>
      <td data-numeric title={bytes === null ? '' : `${bytes} B`}>
        {size(bytes)}
      </td>
      <td data-numeric title={writtenBytes === null ? '' : `${writtenBytes} B`}>
        {size(writtenBytes)}
      </td>
      <td>
        <Restore row={row} keep={keep} />
      </td>
    </tr>
  );
}

/** Colour and shape; the style sheet has both. */
export const CheckpointMark = ({ status }: { status: CheckpointRow['status'] }) => (
  <i
    className="checkpoint-mark"
    data-status={status}
    role="img"
    aria-label={t(`checkpoints.status.${status}`)}
  />
);

function Alignment({ row: { aligned, nodes, stalledMs, status } }: { row: CheckpointRow }) {
  const document = useRun((state) => state.document);
  if (status !== 'complete' && status !== 'restored' && nodes.some(({ alignedMs }) => alignedMs === null))
    return status === 'running' ? t('checkpoints.waits') : '–';
  if (aligned === null) return stalledMs === null ? '–' : t('checkpoints.atOnce');
  const node = document === null ? aligned.node : nodeName(document, aligned.node);
  return (
    <span title={`${formatDuration(aligned.ms)} · ${node}`}>
      {formatDuration(aligned.ms)} <span className="faint">{node}</span>
    </span>
  );
}

function Restore({ row, keep }: { row: CheckpointRow; keep: number }) {
  const studio = useStudio();
  const active = useRun((state) => isActive(state.status));
  const engine = useRun((state) => state.engine);
  const ready = useRun(
    ({ engine, status }) => (engine === 'ready' || engine === 'dead') && status !== 'stopping',
  );
  if (row.place === 'none') return null;
  if (row.place === 'gone')
    return (
      <span className="faint" title={t('checkpoints.goneHint', { keep })}>
        {t('checkpoints.gone')}
      </span>
    );
  return (
    <span className="checkpoint-ways">
      <button
        type="button"
        className="btn small"
        disabled={!ready}
        aria-label={t('checkpoints.restoreFrom', { name: row.name ?? row.id })}
        title={t(active ? 'checkpoints.restoreActive' : 'checkpoints.restoreHint')}
        onClick={(event) => {
          event.stopPropagation();
          void goOnFrom(studio, row.name ?? row.id);
        }}
      >
        {t('checkpoints.restore')}
      </button>
      {row.name !== null && !active && engine === 'ready' && (
        <Tool
          label={t('checkpoints.delete', { name: row.name })}
          sign="×"
          act={() => void removeSavepoint(studio, row.name ?? '')}
        />
      )}
    </span>
  );
}
