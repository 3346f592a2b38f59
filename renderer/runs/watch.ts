/** Tells the engine which ports are looked at: those of what is selected. */
import { isActive } from '../store/run.ts';
import { onlyNode } from '../store/selection.ts';
import type { Studio } from '../store/studio.ts';
import { timeTarget, WATCHED_MAX, watchedPanes, watchedPorts } from './ports.ts';

/** Returns how to end it. */
export function watchSelection(studio: Studio): () => void {
  const { document, selection, run, ui } = studio;
  let sent = '';
  const update = (): void => {
    const { runId, status, engine } = run.getState();
    // The engine's memory of what is looked at ends with the link.
    if (engine !== 'ready') sent = '';
    // A run that is starting does not take requests yet.
    if (engine !== 'ready' || runId === null || !isActive(status) || status === 'starting') return;
    const { nodes, edges } = selection.getState();
    const { graph } = document.getState();
    const { panelTab } = ui.getState();
    const panes = panelTab === 'windows' || panelTab === 'time' ? watchedPanes(graph) : [];
    const target = panelTab === 'time' ? timeTarget(graph, onlyNode(selection.getState())) : null;
    const timed = target === null ? nodes : new Set([...nodes, target]);
    const ports = [...panes, ...watchedPorts(graph, timed, edges)].slice(0, WATCHED_MAX).filter(
      // Only what runs: nodes that were added since are not in the run.
      ({ node }) => Object.hasOwn(run.getState().document?.nodes ?? {}, node),
    );
    const text = `${runId} ${JSON.stringify(ports)}`;
    if (text === sent) return;
    sent = text;
    void studio.engine.request({ type: 'run.watch', runId, ports });
  };
  const ends = [
    document.subscribe(update),
    selection.subscribe(update),
    run.subscribe(update),
    ui.subscribe(update),
  ];
  update();
  return () => {
    for (const end of ends) end();
  };
}
