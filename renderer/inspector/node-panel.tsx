/** A node: who it is, its settings, its last records. */
import { useEffect, useState } from 'react';
import { nodeOf } from '../../engine/contract/problems.ts';
import type { PortSpec } from '../../engine/contract/spec.ts';
import { specOfNode } from '../../engine/specs.ts';
import { t } from '../app/strings/index.ts';
import { nodeText } from '../app/strings/spec-text.ts';
import { useDocument, useStudio, useUi } from '../app/studio-context.ts';
import { LiveState } from '../canvas/live-rows.tsx';
import { RecordsView } from '../runs/records-view.tsx';
import { edit, endGesture } from '../store/document.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Icon } from '../ui/icon.tsx';
import { type TabItem, Tabs } from '../ui/tabs.tsx';
import { NodeForm } from './node-form.tsx';
import { PortCount, useFilledPorts } from './port-counts.tsx';
import { ProseField } from './prose-field.tsx';
import { SinkSection } from './sink-section.tsx';

export function NodePanel({ id }: { id: string }) {
  const node = useDocument((state) => state.document.nodes[id]);
  const draft = useDocument((state) => state.graph.problems.some((p) => nodeOf(p) === id));
  const focus = useUi((state) => state.focus);
  const [tab, setTab] = useState('settings');
  useEffect(() => {
    if (focus !== null && focus.path[1] === id) setTab('settings');
  }, [focus, id]);
  const spec = specOfNode(node);
  const sidePorts = (spec?.outputs ?? []).filter((port) => port.role !== 'main');
  const filled = useFilledPorts(id, sidePorts);
  if (node === undefined) return <EmptyState title={id} text={t('inspector.notFound')} />;
  const tabs: TabItem<string>[] = [
    { key: 'settings', label: t('inspector.settings') },
    { key: 'data', label: t('inspector.data') },
    ...sidePorts
      .filter((port) => filled.includes(port.name))
      .map((port) => ({
        key: port.name,
        label: sideLabel(port),
        count: <PortCount id={id} port={port} />,
        warn: true,
      })),
  ];
  const shown = tabs.some(({ key }) => key === tab) ? tab : 'settings';
  return (
    <>
      <header className="inspector-head" data-kind={spec?.kind ?? 'unknown'}>
        {spec !== null && <Icon path={spec.icon} />}
        <NodeName id={id} name={node.name} label={nodeText(spec?.label ?? node.type)} />
        <LiveState id={id} draft={draft} />
      </header>
      <Tabs label={t('inspector.label')} tabs={tabs} value={shown} onChange={setTab} />
      {shown === 'settings' ? (
        <div className="inspector-body">
          {spec === null ? (
            <EmptyState title={node.type} text={t('inspector.unknown', { type: node.type })} />
          ) : (
            <>
              <p className="inspector-summary">{nodeText(spec.summary)}</p>
              {spec.kind === 'sink' && <SinkSection id={id} />}
              <NodeForm id={id} node={node} spec={spec} />
            </>
          )}
          <NodeNote id={id} note={node.note} />
        </div>
      ) : (
        <RecordsView key={shown} node={id} port={shown === 'data' ? null : shown} />
      )}
    </>
  );
}

const sideLabel = (port: PortSpec): string =>
  port.role === 'late'
    ? t('inspector.late')
    : port.role === 'dead-letter'
      ? t('inspector.errors')
      : nodeText(port.label);

function NodeName({ id, name, label }: { id: string; name: string | undefined; label: string }) {
  const { document } = useStudio();
  return (
    <input
      className="quiet-input"
      aria-label={t('inspector.name')}
      value={name ?? ''}
      placeholder={label}
      maxLength={200}
      onChange={(event) =>
        edit(
          document,
          { type: 'renameNode', id, name: event.target.value === '' ? null : event.target.value },
          `name ${id}`,
        )
      }
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
      }}
      onBlur={() => endGesture(document)}
    />
  );
}

function NodeNote({ id, note }: { id: string; note: string | undefined }) {
  const { document } = useStudio();
  return (
    <ProseField
      label={t('inspector.note')}
      hint={t('inspector.noteHint')}
      text={note ?? ''}
      onChange={(text) => edit(document, { type: 'setNote', id, note: text || null }, `note ${id}`)}
      onDone={() => endGesture(document)}
    />
  );
}
