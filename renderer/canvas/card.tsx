/** A node on the canvas. React draws what the document says; live figures are written past React (`live-rows.tsx`). */
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { memo, useState } from 'react';
import { nodeOf } from '../../engine/contract/problems.ts';
import type { NodeSpec } from '../../engine/contract/spec.ts';
import { specOf, specOfNode } from '../../engine/specs.ts';
import { t } from '../app/strings/index.ts';
import { nodeText } from '../app/strings/spec-text.ts';
import { useDocument, useStudio } from '../app/studio-context.ts';
import { NotRunningMark } from '../changes/not-running-mark.tsx';
import { edit } from '../store/document.ts';
import { selectNodes } from '../store/selection.ts';
import { focusPath, showTab } from '../store/ui.ts';
import { Icon } from '../ui/icon.tsx';
import { FAULT_ICON, faultSentence } from './fault-text.ts';
import { cardRows, type PlacedPort, placePorts } from './geometry.ts';
import { faultsAt, guaranteeOnCard } from './guarantee.ts';
import { LiveRows, LiveState } from './live-rows.tsx';
import { PortLabel } from './port-label.tsx';
import { hideRefusal, showRefusal, usePortRefused } from './port-refusal.ts';

export type CardNode = Node<Record<string, never>, 'card'>;

const UNKNOWN_ICON = 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6 6.500a2 2 0 1 1 2.500 2V9.500M8.400 11.500v.1';

export const Card = memo(function Card({ id, selected }: NodeProps<CardNode>) {
  const node = useDocument((state) => state.document.nodes[id]);
  const checked = useDocument((state) => state.graph.nodes.get(id));
  const problems = useDocument((state) => state.graph.problems.filter((p) => nodeOf(p) === id).length);
  const ledger = useDocument((state) => state.document.settings?.ledger !== undefined);
  const guarantee = useDocument((state) => guaranteeOnCard(state.graph, id));
  if (node === undefined) return null;
  const spec = specOfNode(node);
  const name = node.name ?? nodeText(spec?.label ?? node.type);
  const ports = placePorts(spec, ledger);
  const side = ports.filter((port) => port.spec.role !== 'main');
  const summary = summaryOf(spec, node.type, checked?.config ?? null);
  return (
    <article className="card" data-kind={spec?.kind ?? 'unknown'} data-selected={selected} aria-label={name}>
      <header>
        <Icon path={spec?.icon ?? UNKNOWN_ICON} />
        <CardName id={id} name={name} />
        <FaultMark id={id} />
        <NotRunningMark id={id} />
        <LiveState id={id} draft={problems > 0} />
      </header>
      <p className="card-summary">
        <span title={summary}>{problems > 0 ? <ProblemCount id={id} count={problems} /> : summary}</span>
        {guarantee !== null && (
          <small className="guarantee" data-less={guarantee.less} title={guarantee.why}>
            {t(`guarantee.${guarantee.guarantee}`)}
          </small>
        )}
      </p>
      {spec !== null && <LiveRows id={id} kind={spec.kind} rows={cardRows(spec, ledger)} />}
      {ports.map((port) => (
        <Port
          key={`${port.side} ${port.spec.name}`}
          node={id}
          port={port}
          named={ports.filter((other) => other.side === port.side && other.spec.role === 'main').length > 1}
        />
      ))}
      {side.length > 0 && (
        <p className="port-labels num">
          {side.map((port) => (
            <PortLabel key={port.spec.name} node={id} port={port} />
          ))}
        </p>
      )}
    </article>
  );
});

/** Failures are injected into this node. */
function FaultMark({ id }: { id: string }) {
  const settings = useDocument((state) => state.document.settings);
  const document = useDocument((state) => state.document);
  if (settings?.chaos === undefined) return null;
  const faults = faultsAt(document, id);
  if (faults.length === 0) return null;
  const title = faults.map((fault) => faultSentence(document, fault)).join('\n');
  return (
    <span className="fault-mark" role="img" aria-label={title} title={title}>
      <Icon path={FAULT_ICON} />
    </span>
  );
}

function summaryOf(
  spec: NodeSpec | null,
  type: string,
  config: Readonly<Record<string, unknown>> | null,
): string {
  if (spec === null) return t('node.unknown', { type });
  return config === null ? t('node.incomplete') : spec.summarize(config);
}

function ProblemCount({ id, count }: { id: string; count: number }) {
  const studio = useStudio();
  const show = (): void => {
    selectNodes(studio.selection, [id]);
    const first = studio.document.getState().graph.problems.find((p) => nodeOf(p) === id);
    if (first !== undefined) focusPath(studio.ui, first.path);
    showTab(studio.ui, 'problems');
  };
  return (
    <button type="button" className="card-problems nodrag" onClick={show}>
      {count === 1 ? t('node.problems.one') : t('node.problems.many', { count })}
    </button>
  );
}

function CardName({ id, name }: { id: string; name: string }) {
  const { document } = useStudio();
  const [editing, setEditing] = useState(false);
  if (!editing) {
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: the inspector renames by keyboard; a tab stop per card would be in the way
      <b title={t('node.rename')} onDoubleClick={() => setEditing(true)}>
        {name}
      </b>
    );
  }
  const finish = (text: string): void => {
    setEditing(false);
    const label = nodeText(specOf(document.getState().document.nodes[id]?.type ?? '')?.label ?? '');
    const next = text.trim();
    if (next !== name) edit(document, { type: 'renameNode', id, name: next === label ? null : next });
  };
  return (
    <input
      className="nodrag nowheel"
      aria-label={t('node.name')}
      defaultValue={name}
      maxLength={200}
      ref={(input) => {
        if (input !== null && globalThis.document.activeElement !== input) input.select();
      }}
      onBlur={(event) => finish(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') setEditing(false);
        event.stopPropagation();
      }}
    />
  );
}

/** `named`: one of several on its side, so that one has to be told from another. */
function Port({ node, port, named }: { node: string; port: PlacedPort; named: boolean }) {
  const studio = useStudio();
  const refused = usePortRefused({ node, port: port.spec.name }, port.side);
  const { role, name } = port.spec;
  const label = nodeText(port.spec.label);
  return (
    <>
      <Handle
        id={name}
        type={port.side === 'in' ? 'target' : 'source'}
        position={port.side === 'in' ? Position.Left : Position.Right}
        className={`port ${role}`}
        style={{ top: port.y }}
        data-refused={refused}
        role="img"
        aria-label={label}
        title={label}
        onMouseEnter={(event) => showRefusal(studio, { node, port: name }, port.side, event.currentTarget)}
        onMouseLeave={hideRefusal}
      />
      {named && role === 'main' && (
        <span className="port-name" data-side={port.side} style={{ top: port.y }} aria-hidden="true">
          {label}
        </span>
      )}
    </>
  );
}
