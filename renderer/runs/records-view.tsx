/** The last records of a node's ports: pick a port, find, freeze, copy. */
import { type ReactNode, useState } from 'react';
import type { Sample } from '../../engine/contract/link.ts';
import { specOf } from '../../engine/specs.ts';
import { t } from '../app/strings/index.ts';
import { nodeText } from '../app/strings/spec-text.ts';
import { useDocument, useRun, useUi } from '../app/studio-context.ts';
import { portKey } from '../store/run.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { formatCount } from '../ui/format.ts';
import { Segmented } from '../ui/segmented.tsx';
import { Select } from '../ui/select.tsx';
import { useCalm } from '../ui/use-calm.ts';
import { findRows, sampleJson } from './cells.ts';
import { portsOf, type ShownPort } from './ports.ts';
import { SampleTable } from './sample-table.tsx';

/** More do not fit side by side. */
const SEGMENTS_MAX = 4;

/** `port` null: all ports of the node, one picked. */
export function RecordsView({ node, port }: { node: string; port: string | null }) {
  const graph = useDocument((state) => state.graph);
  const nodes = useDocument((state) => state.document.nodes);
  const name = (id: string): string =>
    nodes[id]?.name ?? nodeText(specOf(nodes[id]?.type ?? '')?.label ?? id);
  const all = portsOf(graph, node, name);
  const ports = port === null ? all : all.filter((one) => one.side === 'out' && one.port === port);
  const [picked, setPicked] = useState('');
  const shown = ports.find(({ key }) => key === picked) ?? ports[0];
  if (shown === undefined)
    return <EmptyState title={t('data.notRun')} text={t('data.notRunText', { name: name(node) })} />;
  const options = ports.map((one) => ({ value: one.key, label: portLabel(one, ports) }));
  const picker =
    ports.length < 2 ? null : options.length <= SEGMENTS_MAX ? (
      <Segmented label={t('data.port')} options={options} value={shown.key} onChange={setPicked} />
    ) : (
      <Select
        label={t('data.port')}
        options={options}
        value={shown.key}
        onChange={(key) => setPicked(key ?? '')}
      />
    );
  return (
    <div className="records-view">
      <PortData key={`${shown.node}:${shown.port}`} shown={shown} name={name(node)} picker={picker} />
    </div>
  );
}

function portLabel(one: ShownPort, all: readonly ShownPort[]): string {
  const inputs = all.filter(({ side }) => side === 'in').length;
  return one.side === 'in' && inputs > 1 ? `${t('data.in')}: ${nodeText(one.label)}` : nodeText(one.label);
}

function PortData({ shown, name, picker }: { shown: ShownPort; name: string; picker: ReactNode }) {
  const live = useCalm(useRun((state) => state.samples.get(portKey(shown.node, shown.port))));
  const hasRun = useRun((state) => state.status !== 'none');
  const zone = useUi((state) => state.zone);
  const [frozen, setFrozen] = useState<Sample | null>(null);
  const [wanted, setWanted] = useState('');
  const sample = frozen ?? live;
  if (!hasRun) return <EmptyState title={t('data.notRun')} text={t('data.notRunText', { name })} />;
  if (sample === undefined || sample.rows.length === 0)
    return (
      <>
        {picker !== null && <div className="records-tools">{picker}</div>}
        <NoRecords role={shown.role} />
      </>
    );
  const rows = findRows(sample, wanted, zone);
  return (
    <>
      <div className="records-tools">
        {picker}
        <input
          type="search"
          className="input"
          aria-label={t('data.find')}
          placeholder={t('data.find')}
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
        <button
          type="button"
          className="btn small"
          aria-pressed={frozen !== null}
          title={frozen === null ? undefined : t('data.frozen')}
          onClick={() => setFrozen(frozen === null ? sample : null)}
        >
          {t(frozen === null ? 'data.freeze' : 'data.unfreeze')}
        </button>
        <CopyButton sample={{ ...sample, rows }} />
        <span className="faint num records-count" title={String(sample.total)}>
          {t('data.count', { shown: rows.length, total: formatCount(sample.total) })}
        </span>
      </div>
      {rows.length === 0 ? (
        <EmptyState title={t('data.noMatch', { text: wanted })} text={t('data.noMatchText')} />
      ) : (
        <SampleTable label={`${name}: ${shown.label}`} sample={{ ...sample, rows }} allTimes />
      )}
    </>
  );
}

function NoRecords({ role }: { role: ShownPort['role'] }) {
  if (role === 'late') return <EmptyState title={t('data.noneLate')} text={t('data.noneLateText')} />;
  return role === 'dead-letter' ? (
    <EmptyState title={t('data.noneErrors')} text={t('data.noneErrorsText')} />
  ) : (
    <EmptyState title={t('data.none')} text={t('data.noneText')} />
  );
}

function CopyButton({ sample }: { sample: Sample }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(sampleJson(sample));
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <button type="button" className="btn small" onClick={() => void copy()}>
      {t(copied ? 'data.copied' : 'data.copy')}
    </button>
  );
}
