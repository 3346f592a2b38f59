/** The bottom: results, records, checkpoints, problems, log. It can be made higher, and folded to its tabs. */
import { t } from '../app/strings/index.ts';
import { useDocument, useRun, useSelection, useStudio, useUi } from '../app/studio-context.ts';
import { onlyEdge, onlyNode } from '../store/selection.ts';
import { type PanelTab, showTab } from '../store/ui.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { type TabItem, Tabs } from '../ui/tabs.tsx';
import { Checkpoints } from './checkpoints/checkpoints.tsx';
import { Compare } from './compare/compare.tsx';
import { Log } from './log.tsx';
import { Problems } from './problems.tsx';
import { RecordsView } from './records-view.tsx';
import { Results } from './results.tsx';
import { TimePlot } from './time/time-plot.tsx';
import { Why } from './why.tsx';
import { Windows } from './windows.tsx';

const HEIGHT_MIN = 120;
const HEIGHT_MAX = 700;
const KEY_STEP = 24;

export function RunPanel() {
  const studio = useStudio();
  const tab = useUi((state) => state.panelTab);
  const open = useUi((state) => state.panelOpen);
  const problems = useDocument((state) => state.graph.problems.length);
  const runProblems = useRun((state) => state.problems.length);
  const errors = useRun((state) => state.log.filter(({ level }) => level === 'error').length);
  const failed = useRun(
    (state) => [...state.checkpoints.values()].filter(({ status }) => status === 'failed').length,
  );
  const count = (n: number) => (n === 0 ? {} : { count: String(n), warn: true });
  const tabs: readonly TabItem<PanelTab>[] = [
    { key: 'results', label: t('run.results') },
    { key: 'data', label: t('run.data') },
    { key: 'time', label: t('time.tab') },
    { key: 'windows', label: t('windows.tab') },
    { key: 'why', label: t('why.tab') },
    { key: 'compare', label: t('compare.tab') },
    { key: 'checkpoints', label: t('run.checkpoints'), ...count(failed) },
    { key: 'problems', label: t('run.problems'), ...count(Math.max(problems, runProblems)) },
    { key: 'log', label: t('run.log'), ...count(errors) },
  ];
  return (
    <section className="run-panel" aria-label={t('run.label')}>
      {open && <Grip />}
      <Tabs label={t('run.label')} tabs={tabs} value={tab} onChange={(key) => showTab(studio.ui, key)}>
        <button
          type="button"
          className="tool"
          aria-expanded={open}
          aria-label={t(open ? 'run.collapse' : 'run.expand')}
          title={t(open ? 'run.collapse' : 'run.expand')}
          onClick={() => studio.ui.setState({ panelOpen: !open })}
        >
          {open ? '▾' : '▴'}
        </button>
      </Tabs>
      {open && (
        <div className="run-body" role="tabpanel">
          {tab === 'results' ? (
            <Results />
          ) : tab === 'data' ? (
            <Data />
          ) : tab === 'time' ? (
            <TimePlot />
          ) : tab === 'windows' ? (
            <Windows />
          ) : tab === 'why' ? (
            <Why />
          ) : tab === 'compare' ? (
            <Compare />
          ) : tab === 'checkpoints' ? (
            <Checkpoints />
          ) : tab === 'problems' ? (
            <Problems />
          ) : (
            <Log />
          )}
        </div>
      )}
    </section>
  );
}

function Data() {
  const node = useSelection(onlyNode);
  const edgeId = useSelection(onlyEdge);
  const edge = useDocument((state) => state.graph.edges.find(({ id }) => id === edgeId));
  if (node !== null) return <RecordsView key={node} node={node} port={null} />;
  if (edge !== undefined) return <RecordsView key={edge.id} node={edge.from.node} port={edge.from.port} />;
  return <EmptyState title={t('data.pick')} text={t('data.pickText')} />;
}

/** The upper edge: dragged, or moved with the arrow keys. */
function Grip() {
  const { ui } = useStudio();
  const height = useUi((state) => state.panelHeight);
  const set = (px: number): void =>
    ui.setState({ panelHeight: Math.round(Math.min(HEIGHT_MAX, Math.max(HEIGHT_MIN, px))) });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves is no <hr>
    <div
      className="grip"
      role="separator"
      tabIndex={0}
      aria-label={t('run.resize')}
      aria-orientation="horizontal"
      aria-valuenow={height}
      aria-valuemin={HEIGHT_MIN}
      aria-valuemax={HEIGHT_MAX}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        event.preventDefault();
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) set(height - event.movementY);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
        set(height + (event.key === 'ArrowUp' ? KEY_STEP : -KEY_STEP));
        event.preventDefault();
      }}
    />
  );
}
