/** Document, run controls, totals. */
import { useRef, useState } from 'react';
import type { Action } from '../actions/action.ts';
import {
  changesAction,
  closeAction,
  redoAction,
  saveAction,
  undoAction,
} from '../actions/document-actions.ts';
import { runAction, STEP_ACTIONS, stopAction } from '../actions/run-actions.ts';
import { printShortcut } from '../actions/shortcuts.ts';
import { commandsAction } from '../actions/view-actions.ts';
import { useTelemetry, writeText, writeTitle } from '../canvas/use-telemetry.ts';
import { isUnsaved } from '../store/document.ts';
import { isActive } from '../store/run.ts';
import { formatCount, formatElapsed, formatRate } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { Mark } from './mark.tsx';
import { t } from './strings/index.ts';
import { useDocument, useRun, useStudio } from './studio-context.ts';

const PAUSE = 'M5 3v10M11 3v10';

export function TopBar() {
  const name = useDocument((state) => state.file?.fileName ?? '');
  const isExample = useDocument((state) => state.file?.path === null);
  const unsaved = useDocument(isUnsaved);
  const status = useRun((state) => state.status);
  // Buttons ask their actions, which read the stores: these make them look again.
  useRun((state) => state.engine);
  useDocument((state) => state.past);
  useDocument((state) => state.future);
  const studio = useStudio();
  const mac = studio.capabilities.platform === 'darwin';
  return (
    <header className="top-bar">
      <div className="top-start">
        <button
          type="button"
          className="home"
          title={t('app.back')}
          aria-label={t('app.back')}
          onClick={() => void closeAction.perform(studio)}
        >
          <Mark />
        </button>
        <span className="document-name" title={name}>
          <h1>{name}</h1>
          {unsaved && (
            <span className="faint">
              {' · '}
              <button
                type="button"
                className="unsaved-link"
                title={t('action.changes')}
                onClick={() => void changesAction.perform(studio)}
              >
                {t('app.unsaved')}
              </button>
            </span>
          )}
          {!unsaved && isExample && <span className="faint"> · {t('app.notAFile')}</span>}
        </span>
        <IconButton action={undoAction} />
        <IconButton action={redoAction} />
        <IconButton action={saveAction} />
      </div>
      <span className="btn-group">
        <ActionButton action={runAction} icon={status === 'running' ? PAUSE : runAction.icon} primary />
        <StepButton />
        <ActionButton action={stopAction} icon={stopAction.icon} />
      </span>
      <div className="top-end">
        <Totals active={isActive(status)} />
        <button type="button" className="btn ghost" onClick={() => void commandsAction.perform(studio)}>
          {t('action.commands')} <kbd>{printShortcut('Mod+K', mac)}</kbd>
        </button>
      </div>
    </header>
  );
}

function ActionButton({
  action,
  icon,
  primary = false,
}: {
  action: Action;
  icon: string;
  primary?: boolean;
}) {
  const studio = useStudio();
  const shortcut = action.shortcuts?.[0];
  const label = t(action.label(studio));
  return (
    <button
      type="button"
      className={`btn ${primary ? 'primary' : ''} ${action.id}-button`}
      disabled={!action.when(studio)}
      title={
        shortcut === undefined
          ? label
          : `${label} (${printShortcut(shortcut, studio.capabilities.platform === 'darwin')})`
      }
      onClick={() => void action.perform(studio)}
    >
      <Icon path={icon} />
      {label}
    </button>
  );
}

/** A step of the kind that was picked last. */
function StepButton() {
  const studio = useStudio();
  const [picked, setPicked] = useState(0);
  const action = STEP_ACTIONS[picked];
  if (action === undefined) return null;
  const mac = studio.capabilities.platform === 'darwin';
  const title = (one: Action): string =>
    `${t(one.label(studio))} (${printShortcut(one.shortcuts?.[0] ?? '', mac)})`;
  return (
    <>
      <button
        type="button"
        className="btn step-button"
        disabled={!action.when(studio)}
        title={title(action)}
        onClick={() => void action.perform(studio)}
      >
        <Icon path={action.icon} />
        {t('action.step')}
      </button>
      <span className="step-how">
        <select
          aria-label={t('action.stepHow')}
          title={t('action.stepHow')}
          value={picked}
          onChange={(event) => setPicked(Number(event.target.value))}
        >
          {STEP_ACTIONS.map((one, at) => (
            <option key={one.id} value={at}>
              {title(one)}
            </option>
          ))}
        </select>
      </span>
    </>
  );
}

function IconButton({ action }: { action: Action }) {
  const studio = useStudio();
  const label = t(action.label(studio));
  const shortcut = action.shortcuts?.[0];
  return (
    <button
      type="button"
      className="btn ghost icon-button"
      aria-label={label}
      title={
        shortcut === undefined
          ? label
          : `${label} (${printShortcut(shortcut, studio.capabilities.platform === 'darwin')})`
      }
      disabled={!action.when(studio)}
      onClick={() => void action.perform(studio)}
    >
      <Icon path={action.icon} />
    </button>
  );
}

/** Written past React like the cards. */
function Totals({ active }: { active: boolean }) {
  const rate = useRef<HTMLElement>(null);
  const read = useRef<HTMLElement>(null);
  const elapsed = useRef<HTMLElement>(null);
  useTelemetry((telemetry) => {
    const perSecond =
      active || telemetry.past !== null
        ? telemetry.head('recordsPerSecond')
        : telemetry.live
          ? 0
          : Number.NaN;
    writeText(rate.current, formatRate(perSecond));
    writeText(read.current, formatCount(telemetry.head('recordsRead')));
    writeTitle(read.current, String(telemetry.live ? telemetry.head('recordsRead') : ''));
    writeText(elapsed.current, formatElapsed(telemetry.head('elapsedMs')));
  });
  return (
    <>
      <span className="stat num">
        <span>{t('stat.rate')}</span>
        <b ref={rate} />
      </span>
      <span className="stat num">
        <span>{t('stat.read')}</span>
        <b ref={read} />
      </span>
      <span className="stat num">
        <span>{t('stat.running')}</span>
        <b ref={elapsed} />
      </span>
    </>
  );
}
