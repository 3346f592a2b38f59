import { useReactFlow, useStore } from '@xyflow/react';
import { arrangeAction } from '../actions/edit-actions.ts';
import { t } from '../app/strings/index.ts';
import { useStudio } from '../app/studio-context.ts';

export function ZoomControls() {
  const studio = useStudio();
  const flow = useReactFlow();
  const percent = useStore((state) => Math.round(state.transform[2] * 100));
  return (
    <div className="zoom-controls">
      <button
        type="button"
        className="btn small"
        aria-label={t('canvas.zoomOut')}
        onClick={() => void flow.zoomOut()}
      >
        −
      </button>
      <button
        type="button"
        className="btn small num zoom-percent"
        title={t('canvas.zoomReset')}
        onClick={() => void flow.zoomTo(1)}
      >
        {percent} %
      </button>
      <button
        type="button"
        className="btn small"
        aria-label={t('canvas.zoomIn')}
        onClick={() => void flow.zoomIn()}
      >
        +
      </button>
      <button type="button" className="btn small" onClick={() => studio.canvas?.fitView()}>
        {t('action.fit')}
      </button>
      <button type="button" className="btn small" onClick={() => void arrangeAction.perform(studio)}>
        {t('action.arrange')}
      </button>
    </div>
  );
}
