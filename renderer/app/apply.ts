/** Edits made while a run goes on: whether they would change what it does, and bringing them into it. */
import type { GraphDocument } from '../../engine/contract/document.ts';
import { diffDocuments, isLogic } from '../../engine/plan/diff.ts';
import { hasErrors } from '../../engine/plan/graph.ts';
import { isActive } from '../store/run.ts';
import type { Studio } from '../store/studio.ts';
import { goOn } from './go-on.ts';
import { startRun, stopRun } from './runs.ts';

/** Whether both do the same: names, notes, places and tests change nothing of a run. */
export function sameLogic(a: GraphDocument, b: GraphDocument): boolean {
  if (a === b || (a.nodes === b.nodes && a.edges === b.edges && a.settings === b.settings)) return true;
  return !diffDocuments(a, b).some((change) => isLogic(change) && !change.kind.startsWith('test-'));
}

/** Whether what runs is no longer what is drawn, and could be. */
export function canApply({ run, document }: Studio): boolean {
  const { status, document: ran, engine } = run.getState();
  const { document: drawn, graph } = document.getState();
  const goesOn = isActive(status) && status !== 'starting' && status !== 'stopping';
  return goesOn && engine === 'ready' && ran !== null && !hasErrors(graph.problems) && !sameLogic(ran, drawn);
}

/** A run with checkpoints goes on with its state, where that fits what is drawn now; another begins anew. */
export async function applyChanges(studio: Studio): Promise<void> {
  if (!canApply(studio)) return;
  if (studio.run.getState().owner !== null) return goOn(studio);
  await stopRun(studio);
  await startRun(studio);
}
