/** What a checkpoint holds of each node, largest first, and where its barrier waited. */
import { t } from '../../app/strings/index.ts';
import { useDocument, useRun } from '../../app/studio-context.ts';
import { nodeName } from '../../canvas/node-name.ts';
import { formatBytes, formatCount, formatDuration } from '../../ui/format.ts';
import { CheckpointMark } from './list.tsx';
import { AT_ONCE_MS, type CheckpointRow, type NodeShare } from './model.ts';

export function CheckpointDetail({ row }: { row: CheckpointRow }) {
  const ran = useRun((state) => state.document);
  const drawn = useDocument((state) => state.document);
  const largest = Math.max(1, ...row.nodes.map(({ bytes }) => bytes ?? 0));
  return (
    <section className="checkpoint-detail" aria-label={t('checkpoints.nodes')}>
      <h3>
        <CheckpointMark status={row.status} />
        <span title={row.name ?? ''}>{row.name ?? t('checkpoints.number', { id: row.id })}</span>
        <span className="faint">{t(`checkpoints.status.${row.status}`)}</span>
      </h3>
      {row.nodes.length === 0 ? (
        <p className="faint">{t('checkpoints.noNodes')}</p>
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th>{t('checkpoints.node')}</th>
              <th data-numeric>{t('checkpoints.state')}</th>
              <th data-numeric>{t('checkpoints.alignment')}</th>
            </tr>
          </thead>
          <tbody>
            {row.nodes.map((share) => {
              const name = nodeName(ran ?? drawn, share.node);
              return (
                <tr key={share.node}>
                  <td title={name}>
                    <span
                      className="share-bar"
                      style={{ width: `${(100 * (share.bytes ?? 0)) / largest}%` }}
                    />
                    <span className="share-name">{name}</span>
                  </td>
                  <td data-numeric title={share.bytes === null ? '' : `${share.bytes} B`}>
                    {share.bytes === null ? '–' : formatBytes(share.bytes)}
                  </td>
                  <td data-numeric data-lines>
                    {alignment(share, row)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}

function alignment({ alignedMs, overtaken }: NodeShare, { status }: CheckpointRow): string {
  const waited =
    alignedMs === null ? null : alignedMs < AT_ONCE_MS ? t('checkpoints.atOnce') : formatDuration(alignedMs);
  const past = overtaken === undefined ? null : t('checkpoints.overtaken', { rows: formatCount(overtaken) });
  const known = [waited, past].filter((text) => text !== null);
  if (known.length > 0) return known.join('\n');
  return status === 'running' ? t('checkpoints.waits') : '–';
}
