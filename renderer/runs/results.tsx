/** What the sinks show: a table or a chart, one sink at a time. */
import { useState } from 'react';
import { specOf } from '../../engine/specs.ts';
import { t } from '../app/strings/index.ts';
import { useDocument, useRun } from '../app/studio-context.ts';
import { isActive } from '../store/run.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { formatCount } from '../ui/format.ts';
import { Segmented } from '../ui/segmented.tsx';
import { Select } from '../ui/select.tsx';
import { useCalm } from '../ui/use-calm.ts';
import { Chart } from './chart.tsx';
import { SampleTable } from './sample-table.tsx';

const SEGMENTS_MAX = 5;

export function Results() {
  const views = useCalm(useRun((state) => state.views));
  const status = useRun((state) => state.status);
  const nodes = useDocument((state) => state.document.nodes);
  const runNodes = useRun((state) => state.document?.nodes);
  const [picked, setPicked] = useState('');
  const all = runNodes ?? nodes;
  const name = (id: string): string => all[id]?.name ?? specOf(all[id]?.type ?? '')?.label ?? id;
  const sinks = Object.keys(all).filter((id) => views.has(id));
  const shown = views.has(picked) ? picked : sinks[0];
  const view = shown === undefined ? undefined : views.get(shown);
  if (view === undefined || shown === undefined) return <NoView status={status} />;
  const options = sinks.map((id) => ({ value: id, label: name(id) }));
  return (
    <div className="results">
      <div className="results-bar">
        {options.length <= SEGMENTS_MAX ? (
          <Segmented label={t('results.pick')} options={options} value={shown} onChange={setPicked} />
        ) : (
          <Select
            label={t('results.pick')}
            options={options}
            value={shown}
            onChange={(id) => setPicked(id ?? '')}
          />
        )}
        <span className="faint num" title={String(view.sample.total)}>
          {t('results.rows', {
            shown: formatCount(view.sample.rows.length),
            total: formatCount(view.sample.total),
          })}
        </span>
      </div>
      {view.sample.rows.length === 0 ? (
        <NoRows active={isActive(status)} />
      ) : view.kind === 'chart' ? (
        <Chart key={shown} name={name(shown)} view={view} />
      ) : (
        <SampleTable key={shown} label={name(shown)} sample={view.sample} />
      )}
    </div>
  );
}

function NoView({ status }: { status: string }) {
  const nodes = useDocument((state) => state.document.nodes);
  const sinks = Object.values(nodes).filter(({ type }) => specOf(type)?.kind === 'sink').length;
  if (status === 'starting' || status === 'running' || status === 'paused') return <NoRows active />;
  if (sinks === 0) return <EmptyState title={t('results.noSinks')} text={t('results.noSinksText')} />;
  return status === 'none' ? (
    <EmptyState title={t('results.notRun')} text={t('results.notRunText')} />
  ) : (
    <NoRows active={false} />
  );
}

const NoRows = ({ active }: { active: boolean }) =>
  active ? (
    <EmptyState title={t('results.waiting')} text={t('results.waitingText')} />
  ) : (
    <EmptyState title={t('results.endedEmpty')} text={t('results.endedEmptyText')} />
  );
