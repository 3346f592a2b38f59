/** The time plot of an operator: when records happened against when they came, its watermark, its windows. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { PANES } from '../../../engine/contract/panes.ts';
import { specOf } from '../../../engine/specs.ts';
import { t } from '../../app/strings/index.ts';
import { useDocument, useRun, useSelection, useStudio, useUi } from '../../app/studio-context.ts';
import { useTelemetry } from '../../canvas/use-telemetry.ts';
import { portKey } from '../../store/run.ts';
import { onlyNode } from '../../store/selection.ts';
import type { Telemetry } from '../../store/telemetry.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatCount, formatTime } from '../../ui/format.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { showCell } from '../cells.ts';
import { usePast } from '../history/use-past.ts';
import { portsOf, timeTarget } from '../ports.ts';
import { draw, type Frame, frameOf, type Look, recordAt } from './draw.ts';
import { TimeTrace, type TracedRecord } from './trace.ts';

/** ms, as text, and what they are called. */
const SPANS = [
  { value: '15000', label: '15 s' },
  { value: '60000', label: '1 min' },
  { value: '300000', label: '5 min' },
];

export function TimePlot() {
  const graph = useDocument((state) => state.graph);
  const nodes = useDocument((state) => state.document.nodes);
  const selected = useSelection(onlyNode);
  const runId = useRun((state) => (state.status === 'none' ? null : state.runId));
  const node = timeTarget(graph, selected);
  if (node === null) return <EmptyState title={t('time.noNode')} text={t('time.noNodeText')} />;
  if (runId === null) return <EmptyState title={t('time.noRun')} text={t('time.noRunText')} />;
  const name = nodes[node]?.name ?? specOf(nodes[node]?.type ?? '')?.label ?? node;
  return <Plot key={`${runId} ${node}`} node={node} name={name} />;
}

function Plot({ node, name }: { readonly node: string; readonly name: string }) {
  const zone = useUi((state) => state.zone);
  const past = usePast();
  const [span, setSpan] = useState('60000');
  const [frozenAt, setFrozenAt] = useState<number | null>(null);
  const [over, setOver] = useState<{ record: TracedRecord; x: number; y: number } | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const shown = useRef<{ look: Look; frame: Frame } | null>(null);
  const [isEmpty, setEmpty] = useState(true);
  const { trace, now } = useTrace(node);
  useTelemetry((telemetry) => {
    const element = canvas.current;
    if (element === null) return;
    const isPast = telemetry.past !== null;
    const at = isPast ? telemetry.head('now') : (frozenAt ?? now());
    const look: Look = {
      trace: trace.current,
      from: at - Number(span),
      now: at,
      zone,
      watermark:
        frozenAt === null || isPast ? telemetry.node(node, 'watermark') : watermarkAt(trace.current, at),
      texts: {
        event: t('time.event'),
        processing: t('time.processing'),
        watermark: t('time.watermark'),
      },
    };
    const { clientWidth, clientHeight } = element;
    const frame = frameOf(look, clientWidth, clientHeight);
    setEmpty(frame === null);
    shown.current = frame === null ? null : { look, frame };
    if (frame === null) return;
    const ratio = window.devicePixelRatio;
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    if (element.width !== width || element.height !== height) Object.assign(element, { width, height });
    const context = element.getContext('2d');
    if (context === null) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw(context, look, frame, clientWidth, clientHeight);
    describe(element, name, trace.current);
  });
  return (
    <div className="time-view">
      <div className="records-tools">
        <b className="time-name">{name}</b>
        <Legend />
        <span className="time-space" />
        <Segmented label={t('time.span')} options={SPANS} value={span} onChange={setSpan} />
        <button
          type="button"
          className="btn small"
          aria-pressed={frozenAt !== null}
          title={t('time.freezeText')}
          onClick={() => setFrozenAt(frozenAt === null ? now() : null)}
        >
          {t(frozenAt === null ? 'data.freeze' : 'data.unfreeze')}
        </button>
      </div>
      <div className="time-plot">
        {isEmpty &&
          (past === null ? (
            <EmptyState title={t('time.none')} text={t('time.noneText')} />
          ) : (
            <EmptyState title={t('history.noRecords')} text={t('history.noRecordsText')} />
          ))}
        <canvas
          ref={canvas}
          role="img"
          hidden={isEmpty}
          onPointerMove={(event) => {
            const { left, top } = event.currentTarget.getBoundingClientRect();
            const [x, y] = [event.clientX - left, event.clientY - top];
            const at = shown.current;
            const record = at === null ? null : recordAt(at.look, at.frame, x, y);
            setOver(record === null ? null : { record, x, y });
          }}
          onPointerLeave={() => setOver(null)}
        />
        {over !== null && <Named {...over} />}
      </div>
    </div>
  );
}

/** What the picture shows, for those who do not see it. */
function describe(canvas: HTMLCanvasElement, name: string, { records }: TimeTrace): void {
  const late = records.reduce((count, record) => count + (record.late ? 1 : 0), 0);
  const text = t('time.summary', {
    node: name,
    records: formatCount(records.length),
    late: formatCount(late),
  });
  if (canvas.ariaLabel !== text) canvas.ariaLabel = text;
}

const watermarkAt = ({ steps }: TimeTrace, at: number): number =>
  steps.findLast((step) => step.at <= at)?.watermark ?? Number.NaN;

/** Gathers while the plot is open. */
function useTrace(node: string) {
  const { run, telemetry, document: documents } = useStudio();
  const trace = useRef<TimeTrace>(new TimeTrace());
  const ports = useMemo(() => portsOf(documents.getState().graph, node, (id) => id), [documents, node]);
  useEffect(() => {
    const gather = (): void => {
      const { samples, panes } = run.getState();
      for (const { node: at, port, side, role } of ports) {
        const key = portKey(at, port);
        const sample = samples.get(key);
        if (sample === undefined || port === PANES) continue;
        if (side === 'in' || role === 'late') trace.current.take(key, sample, role === 'late');
        else if (role === 'main') trace.current.takeFired(key, sample);
      }
      const open = panes.get(node);
      if (open !== undefined) trace.current.takeOpen(open, telemetry.lastHead('now'));
    };
    const mark = (): void =>
      trace.current.takeWatermark(telemetry.lastHead('now'), telemetry.nodeOf(node, 'watermark'));
    if (trace.current.steps.length === 0) recall(trace.current, telemetry, node);
    gather();
    const ends = [run.subscribe(gather), telemetry.subscribe(mark)];
    return () => {
      for (const end of ends) end();
    };
  }, [run, telemetry, ports, node]);
  return { trace, now: () => telemetry.lastHead('now') };
}

/** The watermark's way before the plot was opened. */
function recall(trace: TimeTrace, telemetry: Telemetry, node: string): void {
  for (let i = 0; i < telemetry.moments.length; i++) {
    const moment = telemetry.moments.at(i);
    if (moment === undefined) continue;
    trace.takeWatermark(moment.figures[0] ?? Number.NaN, telemetry.nodeOf(node, 'watermark', moment));
  }
}

function Legend() {
  return (
    <span className="time-legend" aria-hidden="true">
      {(['record', 'late', 'water', 'fired', 'open'] as const).map((kind) => (
        <span key={kind} data-kind={kind}>
          <i />
          {t(`time.${kind}`)}
        </span>
      ))}
    </span>
  );
}

/** Fields that a record shows when it is hovered. */
const FIELDS_SHOWN = 6;

function Named({ record, x, y }: { readonly record: TracedRecord; readonly x: number; readonly y: number }) {
  const zone = useUi((state) => state.zone);
  const { columns, row } = record;
  return (
    <dl className="time-record" style={{ left: x + 12, top: y + 12 }}>
      <dt>{t('time.event')}</dt>
      <dd>{formatTime(record.event, zone)}</dd>
      <dt>{t('time.processing')}</dt>
      <dd>{formatTime(record.processed, zone)}</dd>
      {columns
        .slice(0, FIELDS_SHOWN)
        .flatMap(({ name, type }, at) => [
          <dt key={`${name} name`}>{name}</dt>,
          <dd key={name}>{showCell(row.cells[at] ?? null, type, zone).text}</dd>,
        ])}
    </dl>
  );
}
