/** How the state of the run grew, checkpoint by checkpoint. */
import { useMemo } from 'react';
import { t } from '../../app/strings/index.ts';
import { useDocument, useRun } from '../../app/studio-context.ts';
import { nodeName } from '../../canvas/node-name.ts';
import { Plot } from '../chart.tsx';
import { type CheckpointRow, growthOf } from './model.ts';

export function Growth({ rows }: { rows: readonly CheckpointRow[] }) {
  const ran = useRun((state) => state.document);
  const drawn = useDocument((state) => state.document);
  const model = useMemo(
    () => growthOf(rows, t('checkpoints.all'), (node) => nodeName(ran ?? drawn, node)),
    [rows, ran, drawn],
  );
  return (
    <section className="checkpoint-growth" aria-label={t('checkpoints.growth')}>
      <h3>{t('checkpoints.growth')}</h3>
      {model === null ? (
        <p className="faint">{t('checkpoints.growthLater')}</p>
      ) : (
        <Plot label={t('checkpoints.growth')} model={model} />
      )}
    </section>
  );
}
