import type { StepKind } from '../../engine/contract/link.ts';
import { applyChanges, canApply } from '../app/apply.ts';
import { unfinishedOf } from '../app/checkpoints.ts';
import { goOn } from '../app/go-on.ts';
import { pauseRun, restartEngine, resumeRun, runAgain, startRun, stepRun, stopRun } from '../app/runs.ts';
import type { TextKey } from '../app/strings/index.ts';
import { isActive } from '../store/run.ts';
import type { Studio } from '../store/studio.ts';
import type { Action } from './action.ts';
import { hasDocument } from './document-actions.ts';

/** Run, Pause or Resume: what the button shows depends on the run. */
export const runAction: Action = {
  id: 'run',
  label: ({ run }) => {
    const { status } = run.getState();
    return status === 'running' ? 'action.pause' : status === 'paused' ? 'action.resume' : 'action.run';
  },
  icon: 'M4 2.500l9 5.500-9 5.500z',
  shortcuts: ['Mod+Enter'],
  when: (studio) => {
    const { engine, status } = studio.run.getState();
    return hasDocument(studio) && engine === 'ready' && status !== 'starting' && status !== 'stopping';
  },
  perform: (studio) => {
    const { status } = studio.run.getState();
    if (status === 'running') return pauseRun(studio);
    return status === 'paused' ? resumeRun(studio) : startRun(studio);
  },
};

export const againAction: Action = {
  id: 'run-again',
  label: () => 'action.again',
  icon: 'M13 8a5 5 0 1 1-1.500-3.500M13 2v3h-3',
  shortcuts: ['Mod+Alt+Enter'],
  when: ({ run }) => {
    const { engine, status, document } = run.getState();
    return engine === 'ready' && status === 'ended' && document !== null;
  },
  perform: runAgain,
};

const step = (kind: StepKind, label: TextKey, shortcut: string): Action => ({
  id: `step-${kind}`,
  label: () => label,
  icon: 'M3.500 3.500l6 4.500-6 4.500zM12 3.500v9',
  shortcuts: [shortcut],
  when: runAction.when,
  perform: (studio) => stepRun(studio, kind),
});

/** One record, one batch, until a watermark moves on, until a window fires. */
export const STEP_ACTIONS: readonly Action[] = [
  step('record', 'action.stepRecord', 'F10'),
  step('batch', 'action.stepBatch', 'Shift+F10'),
  step('watermark', 'action.stepWatermark', 'F9'),
  step('pane', 'action.stepPane', 'Shift+F9'),
];

export const applyAction: Action = {
  id: 'apply',
  label: () => 'action.apply',
  icon: 'M3 8l3.500 3.500L13 5',
  shortcuts: ['Mod+Shift+Enter'],
  when: canApply,
  perform: applyChanges,
};

export const stopAction: Action = {
  id: 'stop',
  label: () => 'action.stop',
  icon: 'M3.500 3.500h9v9h-9z',
  shortcuts: ['Mod+.'],
  when: ({ run }) => isActive(run.getState().status) && run.getState().status !== 'stopping',
  perform: stopRun,
};

const canBeKept = ({ run }: Studio): boolean => {
  const { owner, status } = run.getState();
  return owner !== null && status === 'running';
};

export const savepointAction: Action = {
  id: 'savepoint',
  label: () => 'checkpoints.savepoint',
  icon: 'M4 2.500h8v11l-4-3-4 3z',
  when: canBeKept,
  perform: ({ ui }) => ui.setState({ dialog: { kind: 'savepoint', stop: false } }),
};

export const stopWithSavepointAction: Action = {
  id: 'stop-with-savepoint',
  label: () => 'checkpoints.stopWith',
  icon: 'M4 2.500h8v11l-4-3-4 3z',
  when: canBeKept,
  perform: ({ ui }) => ui.setState({ dialog: { kind: 'savepoint', stop: true } }),
};

export const goOnAction: Action = {
  id: 'go-on',
  label: () => 'goOn.action',
  icon: 'M3 8h9M8.500 4.500L12 8l-3.500 3.500M3 3v10',
  when: ({ run, document }) => unfinishedOf(run.getState(), document.getState().document.settings) !== null,
  perform: goOn,
};

export const restartEngineAction: Action = {
  id: 'restart-engine',
  label: () => 'action.restartEngine',
  icon: 'M13 8a5 5 0 1 1-1.500-3.500M13 2v3h-3',
  when: ({ run }) => run.getState().engine !== 'connecting',
  perform: restartEngine,
};
