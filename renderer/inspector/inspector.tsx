/** The right side: the selected node, the selected edge, or the document itself. */
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { t } from '../app/strings/index.ts';
import { useSelection, useStudio } from '../app/studio-context.ts';
import { watchSelection } from '../runs/watch.ts';
import { onlyEdge, onlyNode } from '../store/selection.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { DocumentPanel } from './document-panel.tsx';
import { EdgePanel } from './edge-panel.tsx';
import { focusControl } from './focus.ts';
import { NodePanel } from './node-panel.tsx';

export function Inspector() {
  const studio = useStudio();
  const node = useSelection(onlyNode);
  const edge = useSelection(onlyEdge);
  const count = useSelection((state) => state.nodes.size + state.edges.size);
  const root = useRef<HTMLElement>(null);
  const focus = useStore(studio.ui, (state) => state.focus);
  useEffect(() => watchSelection(studio), [studio]);
  useEffect(() => {
    if (focus !== null && root.current !== null) focusControl(root.current, focus.path);
  }, [focus]);
  return (
    <aside className="inspector" aria-label={t('inspector.label')} ref={root}>
      {node !== null ? (
        <NodePanel key={node} id={node} />
      ) : edge !== null ? (
        <EdgePanel key={edge} id={edge} />
      ) : count > 1 ? (
        <EmptyState title={t('inspector.several', { count })} text={t('inspector.severalText')} />
      ) : (
        <DocumentPanel />
      )}
    </aside>
  );
}
