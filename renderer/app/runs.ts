/** Starting, pausing and ending runs, and the engine that carries them. */
import type { Problem } from '../../engine/contract/problems.ts';
import { hasErrors } from '../../engine/plan/graph.ts';
import { beginRun, isActive } from '../store/run.ts';
import type { Studio } from '../store/studio.ts';
import { showTab } from '../store/ui.ts';

/** Runs the document as it is now. With errors in it, shows them instead. */
export async function startRun(studio: Studio): Promise<void> {
  const { document, graph, file } = studio.document.getState();
  if (file === null || isActive(studio.run.getState().status)) return;
  if (hasErrors(graph.problems)) return showTab(studio.ui, 'problems');
  const runId = crypto.randomUUID();
  studio.telemetry.clear();
  beginRun(studio.run, runId, document);
  if (studio.ui.getState().panelTab === 'problems') showTab(studio.ui, 'results');
  const reply = await studio.engine.request({
    type: 'run.start',
    runId,
    document,
    baseDir: file.path === null ? null : folderOf(file.path),
    options: {},
  });
  const { runId: shown, status } = studio.run.getState();
  if (shown !== runId || status !== 'starting' || outOfReach(studio)) return;
  if (reply.ok) return studio.run.setState({ status: 'running' });
  studio.run.setState({ status: 'ended', problems: reply.problems as readonly Problem[] });
  showTab(studio.ui, 'problems');
}

export async function stopRun(studio: Studio): Promise<void> {
  const { runId, status } = studio.run.getState();
  if (runId === null || !isActive(status) || status === 'stopping') return;
  studio.run.setState({ status: 'stopping' });
  const reply = await studio.engine.request({ type: 'run.stop', runId });
  const now = studio.run.getState();
  // Normally `run.ended` did this already.
  if (!reply.ok && now.runId === runId && now.status === 'stopping' && !outOfReach(studio))
    studio.run.setState({ status: 'ended', problems: reply.problems as readonly Problem[] });
}

export async function pauseRun(studio: Studio): Promise<void> {
  await change(studio, 'run.pause', 'running', 'paused');
}

export async function resumeRun(studio: Studio): Promise<void> {
  await change(studio, 'run.resume', 'paused', 'running');
}

async function change(
  studio: Studio,
  type: 'run.pause' | 'run.resume',
  from: 'running' | 'paused',
  to: 'running' | 'paused',
): Promise<void> {
  const { runId, status } = studio.run.getState();
  if (runId === null || status !== from) return;
  const reply = await studio.engine.request({ type, runId });
  const now = studio.run.getState();
  if (reply.ok && now.runId === runId && now.status === from) studio.run.setState({ status: to });
}

/** What was asked may have been heard: how the run stands is settled when the engine is back. */
const outOfReach = ({ run }: Studio): boolean => run.getState().engine === 'reconnecting';

/** Ends a run that nobody will see any more, without waiting; while the engine is out of reach, as soon as it is back. */
export function endRun(studio: Studio): void {
  const { runId, status } = studio.run.getState();
  if (runId === null || !isActive(status)) return;
  const stop = (): void => void studio.engine.request({ type: 'run.stop', runId });
  if (!outOfReach(studio)) stop();
  else {
    const end = studio.run.subscribe(({ engine }) => {
      if (engine === 'reconnecting') return;
      end();
      if (engine === 'ready') stop();
    });
  }
}

export const connectEngine = (studio: Studio): Promise<void> => studio.connection.connect();

export async function restartEngine(studio: Studio): Promise<void> {
  studio.run.setState({ engine: 'connecting', engineProblem: null });
  const restarted = await studio.host.restartEngine();
  if (restarted.ok) await connectEngine(studio);
  else studio.run.setState({ engine: 'dead', engineProblem: restarted.problem });
}

/**
 * An engine again after the last one died. Another window may have one by now, with runs in it: it is joined then. Only
 * where none answers, one is started by force.
 */
export async function reviveEngine(studio: Studio): Promise<void> {
  if (studio.run.getState().engineProblem?.code === 'R-ENGINE') await connectEngine(studio);
  if (studio.run.getState().engine !== 'ready') await restartEngine(studio);
}

const folderOf = (path: string): string => path.replace(/[\\/][^\\/]*$/, '') || '/';
