/** Over the workbench: the engine is gone, or something outside of the document went wrong. */

import { restartEngine } from './runs.ts';
import { t } from './strings/index.ts';
import { useRun, useStudio, useUi } from './studio-context.ts';

export function Banner() {
  return (
    <div className="banners">
      <EngineBanner />
      <Notice />
    </div>
  );
}

export function EngineBanner() {
  const studio = useStudio();
  const engine = useRun((state) => state.engine);
  const cause = useRun((state) => state.engineProblem);
  if (engine !== 'dead') return null;
  return (
    <div className="banner bad" role="alert" title={cause?.value ?? ''}>
      <b>{t('engine.died.title')}</b>
      <span>{t('engine.died.text')}</span>
      <span className="spring" />
      <button type="button" className="btn small" onClick={() => void restartEngine(studio)}>
        {t('engine.restart')}
      </button>
    </div>
  );
}

export function Notice() {
  const { ui } = useStudio();
  const notice = useUi((state) => state.notice);
  if (notice === null) return null;
  return (
    <div className="banner bad" role="alert">
      <b>{notice.message}</b>
      <span>
        {notice.value !== undefined && <span className="mono">{notice.value}</span>}{' '}
        {notice.expected !== undefined && `${t('problem.expected')}: ${notice.expected}. `}
        {notice.next}
      </span>
      <span className="spring" />
      <button type="button" className="btn small" onClick={() => ui.setState({ notice: null })}>
        {t('problem.dismiss')}
      </button>
    </div>
  );
}
