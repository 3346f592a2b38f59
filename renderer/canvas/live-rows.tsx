/** The live part of a card. Rendered once; figures are written into it as they come. */
import { useRef } from 'react';
import type { NodeKind } from '../../engine/contract/spec.ts';
import { t } from '../app/strings/index.ts';
import { useStudio } from '../app/studio-context.ts';
import { type ShownState, stateHasText, stateText } from '../ui/state-mark.tsx';
import { nodeState, rowFigure } from './figures.ts';
import type { CardRow } from './geometry.ts';
import { drawSpark, SPARK_POINTS } from './sparkline.ts';
import { useTelemetry, writeText, writeTitle } from './use-telemetry.ts';

/** The state mark; `draft` shows only while nothing runs. */
export function LiveState({ id, draft }: { id: string; draft: boolean }) {
  const mark = useRef<HTMLSpanElement>(null);
  useTelemetry((telemetry) => {
    const element = mark.current;
    if (element === null) return;
    const state: ShownState = nodeState(telemetry, id) ?? (draft ? 'draft' : 'idle');
    if (element.dataset['state'] !== state) element.dataset['state'] = state;
    writeText(element.lastElementChild, stateHasText(state) ? stateText(state) : '');
    writeTitle(element, stateText(state));
  });
  return (
    <span className="state" ref={mark}>
      <i aria-hidden="true" />
      <span />
    </span>
  );
}

const ROW_LABELS = {
  rate: 'row.rate',
  lag: 'row.lag',
  watermark: 'row.watermark',
  open: 'row.open',
  committed: 'row.committed',
  ledger: 'row.ledger',
  faults: null,
} as const;

const DETAIL = { detail: true } as const;

export function LiveRows({ id, kind, rows }: { id: string; kind: NodeKind; rows: readonly CardRow[] }) {
  const list = useRef<HTMLDListElement>(null);
  const history = useRef<Float64Array | null>(null);
  const drawn = useRef<{ step: number; theme: string; on: Element | null }>({
    step: -1,
    theme: '',
    on: null,
  });
  const { ui } = useStudio();
  useTelemetry((telemetry, zone) => {
    const element = list.current;
    if (element === null) return;
    rows.forEach((row, i) => {
      const value = element.children[i]?.lastElementChild as HTMLElement | null;
      if (value === null) return;
      if (row === 'rate')
        writeText(
          value.previousElementSibling?.firstElementChild ?? null,
          t(telemetry.ended ? 'row.records' : 'row.rate'),
        );
      const { text, more, title } = rowFigure(telemetry, id, kind, row, zone);
      writeText(value.firstElementChild, text);
      writeText(value.lastElementChild, more === '' ? '' : text === '' ? more : ` · ${more}`);
      writeTitle(value, title);
    });
    const canvas = element.querySelector('canvas');
    if (canvas === null) return;
    // Its colour is asked of the page, which makes it compute styles: only when there is another line to draw.
    const { theme } = ui.getState();
    const { step, theme: before, on } = drawn.current;
    if (step === telemetry.historyStep && before === theme && on === canvas) return;
    drawn.current = { step: telemetry.historyStep, theme, on: canvas };
    history.current ??= new Float64Array(SPARK_POINTS);
    telemetry.history(id, history.current);
    drawSpark(canvas, history.current, getComputedStyle(canvas).color);
  }, DETAIL);
  return (
    <dl className="card-rows num" ref={list}>
      {rows.map((row) => (
        <div key={row} data-row={row}>
          <dt>
            <RowLabel kind={kind} row={row} />
            {row === 'rate' && <canvas />}
          </dt>
          <dd>
            <span />
            <span className="muted" />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function RowLabel({ kind, row }: { kind: NodeKind; row: CardRow }) {
  const key = kind !== 'source' && row === 'lag' ? 'row.waiting' : ROW_LABELS[row];
  return key === null ? null : <span>{t(key)}</span>;
}
