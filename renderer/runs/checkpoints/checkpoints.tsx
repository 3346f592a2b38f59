/** The Checkpoints tab: what was taken, what each cost and holds, and the way back to it. */
import { useMemo, useState } from 'react';
import { CHECKPOINT_DEFAULTS } from '../../../engine/contract/document.ts';
import { asksForCheckpoints, DEFAULT_GUARANTEE } from '../../../engine/plan/guarantees.ts';
import { goOnFrom } from '../../app/go-on.ts';
import { t } from '../../app/strings/index.ts';
import { useDocument, useRun, useStudio } from '../../app/studio-context.ts';
import { nodeName } from '../../canvas/node-name.ts';
import { edit } from '../../store/document.ts';
import { isActive } from '../../store/run.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { useCalm } from '../../ui/use-calm.ts';
import { CheckpointDetail } from './detail.tsx';
import { Growth } from './growth.tsx';
import { CheckpointList } from './list.tsx';
import { type CheckpointRow, checkpointRows } from './model.ts';

const NONE_KEPT = [] as const;
const NONE_BROKEN: readonly string[] = [];

export function Checkpoints() {
  const reports = useCalm(useRun((state) => state.checkpoints));
  const kept = useRun((state) => state.kept?.checkpoints ?? NONE_KEPT);
  const ran = useRun((state) => state.document?.settings?.checkpoints?.keep);
  const asked = useDocument((state) => state.document.settings?.checkpoints?.keep);
  const owner = useRun((state) => state.owner);
  const keep = (owner === null ? asked : ran) ?? CHECKPOINT_DEFAULTS.keep;
  const settled = useRun(
    ({ status, kept }) => status === 'ended' && kept !== null && kept.state !== 'running',
  );
  const rows = useMemo(
    () => checkpointRows(reports.values(), kept, keep, settled),
    [reports, kept, keep, settled],
  );
  const [picked, setPicked] = useState<number | null>(null);
  const shown: CheckpointRow | undefined =
    rows.find(({ id }) => id === picked) ??
    // One that is being taken says little, and comes and goes.
    rows.find(({ status }) => status !== 'running') ??
    rows[0];
  return (
    <div className="checkpoints">
      <Bar />
      <Refused />
      <Broken />
      {shown === undefined ? (
        <NoCheckpoints />
      ) : (
        <div className="checkpoints-body">
          <CheckpointList rows={rows} picked={shown.id} pick={setPicked} keep={keep} />
          <CheckpointDetail row={shown} />
          <Growth rows={rows} />
        </div>
      )}
    </div>
  );
}

function Bar() {
  const studio = useStudio();
  const settings = useDocument((state) => state.document.settings);
  const status = useRun((state) => state.status);
  const taken = useRun((state) => state.owner !== null);
  if (!asksForCheckpoints(settings) && !taken) return null;
  const ready = taken && status === 'running';
  const { every = CHECKPOINT_DEFAULTS.every, keep = CHECKPOINT_DEFAULTS.keep } = settings?.checkpoints ?? {};
  const ask = (stop: boolean): void => studio.ui.setState({ dialog: { kind: 'savepoint', stop } });
  const title = ready ? undefined : t('checkpoints.notRunning');
  return (
    <div className="results-bar">
      <span className="muted">
        {t('checkpoints.asked', {
          every,
          keep,
          guarantee: t(`guarantee.${settings?.guarantee ?? DEFAULT_GUARANTEE}`),
        })}
      </span>
      <span className="checkpoint-buttons">
        <button
          type="button"
          className="btn small"
          disabled={!ready}
          title={title}
          onClick={() => ask(false)}
        >
          {t('checkpoints.savepoint')}
        </button>
        <button type="button" className="btn small" disabled={!ready} title={title} onClick={() => ask(true)}>
          {t('checkpoints.stopWith')}
        </button>
      </span>
    </div>
  );
}

/** The graph was edited, and some nodes cannot take their state over: nothing is dropped without being asked. */
function Refused() {
  const studio = useStudio();
  const refused = useRun((state) => state.refused);
  const problems = useRun((state) => state.problems);
  const document = useDocument((state) => state.document);
  if (refused === null) return null;
  const names = refused.nodes.map((node) => nodeName(document, node)).join(', ');
  return (
    <div className="checkpoint-refused" role="alert">
      <div>
        <b>{t('checkpoints.refused', { nodes: names })}</b>
        {problems.map((one) => (
          <p key={one.message}>{one.message}</p>
        ))}
      </div>
      <button
        type="button"
        className="btn small"
        onClick={() => void goOnFrom(studio, refused.from, refused.nodes)}
      >
        {t('checkpoints.giveUp')}
      </button>
    </div>
  );
}

function Broken() {
  const broken = useRun((state) => state.kept?.broken ?? NONE_BROKEN);
  return broken.map((text) => (
    <p key={text} className="checkpoint-refused" role="status">
      {text}
    </p>
  ));
}

function NoCheckpoints() {
  const studio = useStudio();
  const settings = useDocument((state) => state.document.settings);
  const status = useRun((state) => state.status);
  const taken = useRun((state) => state.owner !== null);
  const every = settings?.checkpoints?.every ?? CHECKPOINT_DEFAULTS.every;
  if (taken && isActive(status))
    return <EmptyState title={t('checkpoints.soon')} text={t('checkpoints.soonText', { every })} />;
  if (asksForCheckpoints(settings))
    return (
      <EmptyState
        title={t(taken ? 'checkpoints.tooShort' : 'checkpoints.notRun')}
        text={t('checkpoints.notRunText', { every })}
      />
    );
  const switchOn = (): void =>
    edit(studio.document, {
      type: 'setSettings',
      settings: { ...settings, checkpoints: { every: CHECKPOINT_DEFAULTS.every } },
    });
  return (
    <EmptyState title={t('checkpoints.off')} text={t('checkpoints.offText')}>
      <button type="button" className="btn" onClick={switchOn}>
        {t('checkpoints.switchOn')}
      </button>
    </EmptyState>
  );
}
