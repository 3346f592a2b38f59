/** Starting, pausing and ending runs, and the engine that carries them. */
import type { GraphDocument } from '../../engine/contract/document.ts';
import type { StepKind } from '../../engine/contract/link.ts';
import type { Problem } from '../../engine/contract/problems.ts';
import { hasErrors } from '../../engine/plan/graph.ts';
import { asksForCheckpoints } from '../../engine/plan/guarantees.ts';
import { beginRun, type CheckpointRef, isActive } from '../store/run.ts';
import type { Studio } from '../store/studio.ts';
import { showTab } from '../store/ui.ts';
import { ownerOf, refusalOf } from './checkpoints.ts';

export interface GoOn {
  readonly from: CheckpointRef;
  /** Under which the checkpoint is kept. */
  readonly owner: string;
  /** Nodes whose state is given up. */
  readonly drop?: readonly string[];
}

/**
 * Runs the document as it is now. With errors in it, shows them instead.
 * @param goOn from a checkpoint; null: from the beginning
 * @param paused it waits for its first step
 * @param again what ran before, in place of the document as it is now
 */
export async function startRun(
  studio: Studio,
  goOn: GoOn | null = null,
  paused = false,
  again: GraphDocument | null = null,
): Promise<void> {
  const { document: drawn, graph, file } = studio.document.getState();
  const document = again ?? drawn;
  if (file === null || isActive(studio.run.getState().status)) return;
  if (again === null && hasErrors(graph.problems)) return showTab(studio.ui, 'problems');
  const runId = crypto.randomUUID();
  studio.telemetry.clear();
  const asked = goOn !== null || asksForCheckpoints(document.settings);
  const owner = asked ? (goOn?.owner ?? ownerOf(studio.document.getState())) : null;
  beginRun(studio.run, runId, document, owner);
  if (studio.ui.getState().panelTab === 'problems') showTab(studio.ui, 'results');
  const reply = await studio.engine.request({
    type: 'run.start',
    runId,
    document,
    baseDir: file.path === null ? null : folderOf(file.path),
    options: {
      ...(paused ? { paused } : {}),
      ...(owner === null ? {} : { checkpoints: { owner, ...restoreOf(goOn) } }),
    },
  });
  const { runId: shown, status } = studio.run.getState();
  if (shown !== runId || status !== 'starting' || outOfReach(studio)) return;
  if (reply.ok) return studio.run.setState({ status: paused ? 'paused' : 'running' });
  const problems = reply.problems as readonly Problem[];
  const refused = goOn === null ? null : refusalOf(goOn.from, problems);
  studio.run.setState({ status: 'ended', problems, refused });
  showTab(studio.ui, refused === null ? 'problems' : 'checkpoints');
}

const restoreOf = (goOn: GoOn | null): { restore?: CheckpointRef; drop?: string[] } =>
  goOn === null ? {} : { restore: goOn.from, ...(goOn.drop === undefined ? {} : { drop: [...goOn.drop] }) };

/** The run that ended, once more from its beginning: what ran, with its seed and settings, whatever was edited since. */
export async function runAgain(studio: Studio): Promise<void> {
  const { document, status } = studio.run.getState();
  if (document !== null && status === 'ended') await startRun(studio, null, false, document);
}

/** Resolves when the run has ended. */
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

/** Of a run that flows, pauses it first; without a run, starts one that waits for its steps. */
export async function stepRun(studio: Studio, kind: StepKind): Promise<void> {
  if (!isActive(studio.run.getState().status)) await startRun(studio, null, true);
  else await pauseRun(studio);
  const { runId, status } = studio.run.getState();
  if (runId !== null && status === 'paused') await studio.engine.request({ type: 'run.step', runId, kind });
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
