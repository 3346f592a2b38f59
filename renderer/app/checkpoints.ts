/** What the studio knows of checkpoints: whose they are, what is kept, and what can be gone on with. */
import { type KeptCheckpoint, zKeptCheckpoints } from '../../engine/contract/checkpoints.ts';
import type { Problem } from '../../engine/contract/problems.ts';
import { asksForCheckpoints } from '../../engine/plan/guarantees.ts';
import type { DocumentState } from '../store/document.ts';
import { type CheckpointRef, isActive, type RunState } from '../store/run.ts';
import type { Studio } from '../store/studio.ts';

/** What has no file is found again as long as its window is open. */
const WINDOW = crypto.randomUUID();

export const ownerOf = ({ file, session }: Pick<DocumentState, 'file' | 'session'>): string =>
  file?.path ?? `unsaved ${WINDOW} ${session}`;

/** Asks the engine what lies on the disk for the run that is shown, or else for the document. */
export async function loadKept(studio: Studio): Promise<void> {
  const document = studio.document.getState();
  const owner = studio.run.getState().owner ?? ownerOf(document);
  if (document.file === null || !studio.engine.connected) return;
  const reply = await studio.engine.request({ type: 'checkpoints.list', owner });
  const parsed = zKeptCheckpoints.safeParse(reply.result);
  if (!reply.ok || !parsed.success || studio.document.getState().session !== document.session) return;
  studio.run.setState({ kept: { ...parsed.data, owner } });
}

/** Asks again whenever what is kept may have changed without a word: a document opens or gets a file, a run ends, the engine is back. */
export function followKept(studio: Studio): void {
  studio.document.subscribe((state, before) => {
    const saved = state.file?.path !== before.file?.path;
    if (state.session !== before.session || saved) void loadKept(studio);
  });
  studio.run.subscribe((state, before) => {
    const ended = state.status === 'ended' && before.status !== 'ended';
    const isBack = state.engine === 'ready' && before.engine !== 'ready';
    // What was known was of the run before: until the engine answers, nothing is offered.
    if (ended && state.engine === 'ready' && state.kept !== null && state.kept.state !== 'none')
      studio.run.setState({ kept: { ...state.kept, state: 'none' } });
    if ((ended && state.owner !== null) || isBack) void loadKept(studio);
  });
}

/** Forgets a savepoint for good. */
export async function removeSavepoint(studio: Studio, name: string): Promise<void> {
  const { kept } = studio.run.getState();
  if (kept === null) return;
  const { owner } = kept;
  const reply = await studio.engine.request({ type: 'checkpoints.remove', owner, name });
  const parsed = zKeptCheckpoints.safeParse(reply.result);
  if (reply.ok && parsed.success) studio.run.setState({ kept: { ...parsed.data, owner } });
  else studio.ui.setState({ notice: (reply.problems[0] as Problem | undefined) ?? null });
}

/** Nodes that the engine says cannot take their state over; null where it is another problem. */
export function refusalOf(from: CheckpointRef, problems: readonly Problem[]): RunState['refused'] {
  const nodes = problems.flatMap(({ code, path }) =>
    code === 'K-STATE' && path[0] === 'nodes' && path[1] !== undefined ? [String(path[1])] : [],
  );
  return nodes.length === 0 ? null : { from, nodes: [...new Set(nodes)] };
}

/** The checkpoint that an unfinished run would go on from; null where there is nothing to go on with. */
export function unfinishedOf(
  { kept, status, checkpoints, owner }: Pick<RunState, 'kept' | 'status' | 'checkpoints' | 'owner'>,
  settings: Parameters<typeof asksForCheckpoints>[0],
): Pick<KeptCheckpoint, 'id' | 'name' | 'takenAt'> | null {
  if (isActive(status) || !asksForCheckpoints(settings)) return null;
  if (kept?.state === 'unfinished') return kept.checkpoints[0] ?? null;
  // The engine that could say it is gone.
  if (status !== 'ended' || owner === null || kept?.state === 'ended') return null;
  const complete = [...checkpoints.values()].filter(
    (one) => one.status === 'complete' || one.status === 'restored',
  );
  return complete.sort((a, b) => b.id - a.id)[0] ?? null;
}
