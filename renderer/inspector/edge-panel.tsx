/** An edge: what travels on it, how fast, and its last records. */
import { useRef } from 'react';
import { specOf, specOfNode } from '../../engine/specs.ts';
import { t } from '../app/strings/index.ts';
import { nodeText } from '../app/strings/spec-text.ts';
import { useDocument } from '../app/studio-context.ts';
import { useTelemetry, writeText } from '../canvas/use-telemetry.ts';
import { RecordsView } from '../runs/records-view.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { formatCount, formatRate, formatShare } from '../ui/format.ts';
import { SchemaKind, SchemaText } from './outputs.tsx';

export function EdgePanel({ id }: { id: string }) {
  const edge = useDocument((state) => state.graph.edges.find((one) => one.id === id));
  const nodes = useDocument((state) => state.document.nodes);
  if (edge === undefined) return <EmptyState title={t('edge.title')} text={t('inspector.notFound')} />;
  const name = (node: string): string =>
    nodes[node]?.name ?? nodeText(specOf(nodes[node]?.type ?? '')?.label ?? node);
  const side = specOfNode(nodes[edge.from.node])?.outputs.find((port) => port.name === edge.from.port);
  const port = side?.role === 'main' ? '' : ` · ${nodeText(side?.label ?? edge.from.port)}`;
  return (
    <>
      <header className="inspector-head">
        <b className="edge-name">
          {name(edge.from.node)}
          {port} → {name(edge.to.node)}
        </b>
      </header>
      <EdgeFigures id={id} />
      <section className="section">
        <div className="field-label">
          <span>{t('edge.schema')}</span>
          <SchemaKind schema={edge.schema} />
        </div>
        <SchemaText schema={edge.schema} unknown={t('edge.unknown')} />
        {edge.schema?.changelog === 'updating' && <Updating keys={edge.schema.key} />}
      </section>
      <RecordsView node={edge.from.node} port={edge.from.port} />
    </>
  );
}

/** What an updating edge carries, and how its rows are told apart. */
function Updating({ keys }: { keys: readonly string[] | undefined }) {
  return (
    <p className="edge-updating">
      <b aria-hidden="true">±</b> {t('edge.updating')}.{' '}
      {keys === undefined ? t('edge.noKey') : t('edge.key', { fields: keys.join(', ') })}
    </p>
  );
}

function EdgeFigures({ id }: { id: string }) {
  const list = useRef<HTMLDListElement>(null);
  useTelemetry((telemetry) => {
    const [rate, total, queue] = list.current?.querySelectorAll('dd') ?? [];
    const rows = telemetry.edge(id, 'queueRows');
    const fill = telemetry.edge(id, 'queueFill');
    writeText(rate ?? null, formatRate(telemetry.edge(id, 'recordsPerSecond')));
    writeText(total ?? null, formatCount(telemetry.edge(id, 'records')));
    writeText(
      queue ?? null,
      Number.isNaN(fill)
        ? t('row.none')
        : `${formatShare(fill)} · ${t('figure.rows', { count: formatCount(rows) })}`,
    );
  });
  return (
    <dl className="section figures" ref={list}>
      {(['edge.rate', 'edge.total', 'edge.queue'] as const).map((key) => (
        <div key={key}>
          <dt>{t(key)}</dt>
          <dd className="num" />
        </div>
      ))}
    </dl>
  );
}
