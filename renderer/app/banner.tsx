/** Over the workbench: the engine is gone or out of reach, or something outside of the document went wrong. */
import { useEffect, useState } from 'react';
import { reviveEngine } from './runs.ts';
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
  if (engine === 'reconnecting') return <Reconnecting title={cause?.value ?? ''} />;
  if (engine !== 'dead') return null;
  return (
    <div className="banner bad" role="alert" title={cause?.value ?? ''}>
      <b>{cause?.message ?? t('engine.died.title')}</b>
      <span>{t('engine.died.text')}</span>
      <span className="spring" />
      <button type="button" className="btn small" onClick={() => void reviveEngine(studio)}>
        {t('engine.restart')}
      </button>
    </div>
  );
}

/** A drop that is mended at once needs no words, and must not move the canvas. */
const WORTH_SAYING_MS = 1000;

function Reconnecting({ title }: { title: string }) {
  const [said, setSaid] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSaid(true), WORTH_SAYING_MS);
    return () => clearTimeout(timer);
  }, []);
  return said ? (
    <div className="banner wait" role="alert" title={title}>
      <b>{t('engine.lost.title')}</b>
      <span>{t('engine.lost.text')}</span>
    </div>
  ) : null;
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
