/** Two runs side by side: one that was kept as A, and the one that is shown. Figures per node, and rows of sinks. */
import { useMemo } from 'react';
import type { RunSummary, Sample } from '../../../engine/contract/link.ts';
import { t } from '../../app/strings/index.ts';
import { useRun, useStudio } from '../../app/studio-context.ts';
import { nodeName } from '../../canvas/node-name.ts';
import type { RunSide } from '../../store/run.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatCount, formatDuration } from '../../ui/format.ts';
import { SampleTable } from '../sample-table.tsx';
import { diffRows } from './diff-rows.ts';
import './compare.css';

/** Of a sink, each side. */
const ROWS_SHOWN = 50;

export function Compare() {
  const { run } = useStudio();
  const a = useRun((state) => state.sideA);
  const document = useRun((state) => state.document);
  const summary = useRun((state) => state.summary);
  const views = useRun((state) => state.views);
  const b: RunSide | null = useMemo(
    () => (document === null || summary === null ? null : { document, summary, views }),
    [document, summary, views],
  );
  const keep = (
    <button
      type="button"
      className="btn small"
      disabled={b === null || b.summary === a?.summary}
      onClick={() => run.setState({ sideA: b })}
    >
      {t('compare.keep')}
    </button>
  );
  if (a === null || b === null || a.summary === b.summary)
    return (
      <div className="compare">
        <div className="records-tools">{keep}</div>
        <EmptyState
          title={t(a === null ? 'compare.none' : 'compare.oneKept')}
          text={t(a === null ? 'compare.noneText' : 'compare.oneKeptText')}
        />
      </div>
    );
  const sinks = [...new Set([...a.views.keys(), ...b.views.keys()])];
  return (
    <div className="compare">
      <div className="records-tools">{keep}</div>
      <Figures a={a} b={b} />
      {sinks.map((node) => (
        <SinkRows key={node} node={node} a={a} b={b} />
      ))}
    </div>
  );
}

type Sides = { readonly a: RunSide; readonly b: RunSide };
type NodeFigures = RunSummary['nodes'][number];
const COUNTS = ['recordsIn', 'recordsOut', 'late', 'deadLetters', 'committed'] as const;

function Figures({ a, b }: Sides) {
  const byNode = (side: RunSide): Map<string, NodeFigures> =>
    new Map(side.summary.nodes.map((one) => [one.node, one]));
  const [ofA, ofB] = [byNode(a), byNode(b)];
  const settings = (side: RunSide): string =>
    `${t('compare.seed')} ${side.document.settings?.seed ?? '–'} · ${t('compare.workers')} ${side.document.settings?.parallelism ?? 1}`;
  return (
    <table className="compare-figures num">
      <thead>
        <tr>
          <th scope="col">{t('compare.node')}</th>
          {COUNTS.map((count) => (
            <th key={count} scope="col">
              {t(`compare.${count}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {(['A', 'B'] as const).map((name) => {
          const side = name === 'A' ? a : b;
          return (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td colSpan={COUNTS.length} className="compare-run">
                {formatDuration(side.summary.elapsedMs)} ·{' '}
                {t('compare.read', { count: formatCount(side.summary.recordsRead) })} · {settings(side)}
              </td>
            </tr>
          );
        })}
        {[...new Set([...ofA.keys(), ...ofB.keys()])].map((node) => (
          <tr key={node}>
            <th scope="row">{nodeName(ofB.has(node) ? b.document : a.document, node)}</th>
            {COUNTS.map((count) => {
              const [left, right] = [ofA.get(node)?.[count], ofB.get(node)?.[count]];
              return (
                <td key={count} data-differs={left !== right}>
                  {left === right ? show(left) : `${show(left)} | ${show(right)}`}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const show = (count: number | undefined): string => (count === undefined ? '–' : formatCount(count));

function SinkRows({ node, a, b }: Sides & { readonly node: string }) {
  const [left, right] = [a.views.get(node)?.sample, b.views.get(node)?.sample];
  const found = useMemo(
    () => (left === undefined || right === undefined ? null : diffRows(left, right)),
    [left, right],
  );
  const name = nodeName(right === undefined ? a.document : b.document, node);
  if (left === undefined || right === undefined || found === null)
    return <p className="muted">{t('compare.oneSide', { node: name })}</p>;
  const [onlyA, onlyB] = [found.onlyA, found.onlyB];
  return (
    <section aria-label={name}>
      <h3>{name}</h3>
      <p className="muted" role="status">
        {t('compare.rows', {
          both: formatCount(found.both),
          a: formatCount(onlyA.length),
          b: formatCount(onlyB.length),
        })}
        {!found.whole && ` ${t('compare.lastOnly')}`}
        {!found.sameColumns && ` ${t('compare.otherColumns')}`}
      </p>
      <div className="compare-sides">
        <Side label={t('compare.onlyA', { node: name })} name="A" sample={left} rows={onlyA} />
        <Side label={t('compare.onlyB', { node: name })} name="B" sample={right} rows={onlyB} />
      </div>
    </section>
  );
}

/** The rows that only one side has, newest of them. A stands left and B right, also where one is empty. */
function Side({
  label,
  name,
  sample,
  rows,
}: {
  readonly label: string;
  readonly name: 'A' | 'B';
  readonly sample: Sample;
  readonly rows: Sample['rows'];
}) {
  if (rows.length === 0) return <div />;
  return (
    <div className="compare-side">
      <b>{t(name === 'A' ? 'compare.headA' : 'compare.headB')}</b>
      <SampleTable label={label} sample={{ ...sample, rows: rows.slice(-ROWS_SHOWN) }} />
    </div>
  );
}
