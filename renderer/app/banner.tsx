/** Over the workbench: a run that can go on, the engine is gone or out of reach, or something outside of the document went wrong. */
import { useEffect, useState } from 'react';
import { formatClock } from '../ui/format.ts';
import { applyChanges, canApply } from './apply.ts';
import { unfinishedOf } from './checkpoints.ts';
import { goOn } from './go-on.ts';
import { reviveEngine } from './runs.ts';
import { t } from './strings/index.ts';
import { useDocument, useRun, useStudio, useUi } from './studio-context.ts';

export function Banner() {
  return (
    <div className="banners">
      <EngineBanner />
      <UnfinishedBanner />
      <ChangedBanner />
      <Notice />
    </div>
  );
}

export function EngineBanner() {
  const studio = useStudio();
  const engine = useRun((state) => state.engine);
  const cause = useRun((state) => state.engineProblem);
  const unfinished = useUnfinished();
  if (engine === 'reconnecting') return <Reconnecting title={cause?.value ?? ''} />;
  if (engine !== 'dead') return null;
  return (
    <div className="banner bad" role="alert" title={cause?.value ?? ''}>
      <b>{cause?.message ?? t('engine.died.title')}</b>
      <span>{t(unfinished === null ? 'engine.died.text' : 'goOn.died')}</span>
      <span className="spring" />
      {unfinished !== null && <GoOn from={unfinished} />}
      <button type="button" className="btn small" onClick={() => void reviveEngine(studio)}>
        {t('engine.restart')}
      </button>
    </div>
  );
}

type Unfinished = NonNullable<ReturnType<typeof unfinishedOf>>;

function useUnfinished(): Unfinished | null {
  const settings = useDocument((state) => state.document.settings);
  return useRun((state) => unfinishedOf(state, settings));
}

/** What is drawn is not what runs. */
function ChangedBanner() {
  const studio = useStudio();
  const keeps = useRun((state) => state.owner !== null);
  // Both stores are looked at: either may have changed.
  useRun((state) => state.status);
  useDocument((state) => state.document);
  if (!canApply(studio)) return null;
  return (
    <div className="banner wait" role="status">
      <b>{t('apply.title')}</b>
      <span>{t(keeps ? 'apply.keeps' : 'apply.anew')}</span>
      <span className="spring" />
      <button type="button" className="btn small primary" onClick={() => void applyChanges(studio)}>
        {t('action.apply')}
      </button>
    </div>
  );
}

/** The document's last run, or the one that failed just now, can be gone on with. */
function UnfinishedBanner() {
  const engine = useRun((state) => state.engine);
  const [dismissed, setDismissed] = useState<number | null>(null);
  const unfinished = useUnfinished();
  if (engine !== 'ready' || unfinished === null || unfinished.id === dismissed) return null;
  return (
    <div className="banner wait" role="alert">
      <b>{t('goOn.title')}</b>
      <span>{t('goOn.text')}</span>
      <span className="spring" />
      <GoOn from={unfinished} />
      <button type="button" className="btn small" onClick={() => setDismissed(unfinished.id)}>
        {t('goOn.later')}
      </button>
    </div>
  );
}

function GoOn({ from: { id, name, takenAt } }: { from: Unfinished }) {
  const studio = useStudio();
  const zone = useUi((state) => state.zone);
  const time = formatClock(takenAt, zone);
  return (
    <button type="button" className="btn small" onClick={() => void goOn(studio)}>
      {name === null ? t('goOn.button', { id, time }) : t('goOn.savepoint', { name, time })}
    </button>
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
