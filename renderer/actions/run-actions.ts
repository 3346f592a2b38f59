import { pauseRun, restartEngine, resumeRun, startRun, stopRun } from '../app/runs.ts';
import { isActive } from '../store/run.ts';
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

export const stopAction: Action = {
  id: 'stop',
  label: () => 'action.stop',
  icon: 'M3.500 3.500h9v9h-9z',
  shortcuts: ['Mod+.'],
  when: ({ run }) => isActive(run.getState().status) && run.getState().status !== 'stopping',
  perform: stopRun,
};

export const restartEngineAction: Action = {
  id: 'restart-engine',
  label: () => 'action.restartEngine',
  icon: 'M13 8a5 5 0 1 1-1.500-3.500M13 2v3h-3',
  when: ({ run }) => run.getState().engine !== 'connecting',
  perform: restartEngine,
};
