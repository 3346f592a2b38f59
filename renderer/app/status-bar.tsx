import { useRef } from 'react';
import { zoneAction } from '../actions/view-actions.ts';
import { nodeName } from '../canvas/node-name.ts';
import { useTelemetry, writeText } from '../canvas/use-telemetry.ts';
import { isActive } from '../store/run.ts';
import { showTab } from '../store/ui.ts';
import { formatCount, formatShare } from '../ui/format.ts';
import { sameLogic } from './apply.ts';
import { worstPressure } from './pressure.ts';
import { language, t } from './strings/index.ts';
import { useDocument, useRun, useStudio, useUi } from './studio-context.ts';

export function StatusBar() {
  const studio = useStudio();
  const engine = useRun((state) => state.engine);
  const status = useRun((state) => state.status);
  const summary = useRun((state) => state.summary);
  const ran = useRun((state) => state.document);
  const document = useDocument((state) => state.document);
  // As the Problems tab counts: a refused run repeats the document's.
  const ofDocument = useDocument((state) => state.graph.problems.length);
  const ofRun = useRun((state) => state.problems.length);
  const problems = Math.max(ofDocument, ofRun);
  const zone = useUi((state) => state.zone);
  const pressure = useRef<HTMLSpanElement>(null);
  const active = status === 'running' || status === 'paused';
  useTelemetry((telemetry) => {
    const worst = active ? worstPressure(telemetry) : null;
    writeText(
      pressure.current,
      !active
        ? ''
        : worst === null
          ? t('status.pressure.none')
          : t('status.pressure.at', {
              name: nodeName(document, worst.node),
              share: formatShare(worst.share),
            }),
    );
  });
  const runText =
    status === 'none'
      ? ''
      : status !== 'ended'
        ? t(`status.run.${status}`)
        : summary === null
          ? t('status.run.failed')
          : t(`status.run.${summary.outcome}`, { count: formatCount(summary.recordsRead) });
  // While it goes on, the changes can be applied: that stands above the canvas.
  const edited = ran !== null && !isActive(status) && !sameLogic(ran, document);
  return (
    <footer className="status-bar num">
      <span className="engine-state" data-engine={engine}>
        <i aria-hidden="true" />
        {t(`status.engine.${engine}`)}
      </span>
      {runText !== '' && <span role="status">{runText}</span>}
      <span ref={pressure} />
      {edited && <span>{t('status.edited')}</span>}
      <span className="spring" />
      <button type="button" onClick={() => showTab(studio.ui, 'problems')} data-some={problems > 0}>
        {problems === 0
          ? t('status.problems.none')
          : problems === 1
            ? t('status.problems.one')
            : t('status.problems.many', { count: problems })}
      </button>
      <button type="button" title={t('action.zone')} onClick={() => void zoneAction.perform(studio)}>
        {t(zone === 'utc' ? 'status.zone.utc' : 'status.zone.local')}
      </button>
      <ThemeButton />
      <LanguageButton />
    </footer>
  );
}

const NEXT = { system: 'light', light: 'dark', dark: 'system' } as const;
const LABELS = {
  system: 'action.themeSystem',
  light: 'action.themeLight',
  dark: 'action.themeDark',
} as const;

/** Shows the language's own name; a click changes to the other. The system's is a command. */
function LanguageButton() {
  const { ui } = useStudio();
  const other = language() === 'ja' ? 'en' : 'ja';
  return (
    <button
      type="button"
      title={t(other === 'ja' ? 'action.languageJa' : 'action.languageEn')}
      onClick={() => ui.setState({ language: other })}
    >
      {t('status.language')}
    </button>
  );
}

function ThemeButton() {
  const { ui } = useStudio();
  const theme = useUi((state) => state.theme);
  return (
    <button type="button" className="theme-button" onClick={() => ui.setState({ theme: NEXT[theme] })}>
      {t(LABELS[theme])}
    </button>
  );
}
