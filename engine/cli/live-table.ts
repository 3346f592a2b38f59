/** The table of a running pipeline, and its summary, as lines of text. Pure. */
import type { LedgerCounts, RunSummary } from '../contract/link.ts';
import {
  HEAD_SLOTS,
  type NodeSlot,
  nodeFigure,
  RUN_STATES,
  type TelemetryLayout,
} from '../contract/telemetry.ts';
import { type Column, count, rate, span, table, time } from './format.ts';

const head = (figures: Float64Array, slot: (typeof HEAD_SLOTS)[number]): number =>
  figures[HEAD_SLOTS.indexOf(slot)] ?? Number.NaN;

const COLUMNS: readonly Column[] = [
  { title: 'Node', align: 'left' },
  { title: 'State', align: 'left' },
  { title: 'In', align: 'right' },
  { title: 'Out', align: 'right' },
  { title: 'Lag', align: 'right' },
  { title: 'Watermark (UTC)', align: 'left' },
  { title: 'Behind', align: 'right' },
  { title: 'Late', align: 'right' },
  { title: 'Errors', align: 'right' },
];

/** One line over all: `12 s · 84.1 k/s · 1,234,567 records read`. */
export function headLine(figures: Float64Array): string {
  return [
    span(head(figures, 'elapsedMs')),
    rate(head(figures, 'recordsPerSecond')),
    `${count(head(figures, 'recordsRead'))} records read`,
  ].join(' · ');
}

export function liveTable(layout: TelemetryLayout, figures: Float64Array, width: number): string[] {
  const rows = layout.nodes.map((node, i) => {
    const at = (slot: NodeSlot): number => nodeFigure(figures, i, slot);
    const lag = at('lagRecords');
    return [
      node,
      RUN_STATES[at('state')] ?? '',
      rate(at('recordsInPerSecond')),
      rate(at('recordsOutPerSecond')),
      Number.isFinite(lag) ? count(lag) : '–',
      time(at('watermark')),
      span(at('lagMs')),
      count(at('lateRecords')),
      count(at('deadLetters')),
    ];
  });
  const lines = [headLine(figures), ...table(COLUMNS, rows, width)];
  const ledgers = layout.nodes.map((node, i) => ({ node, ledger: ledgerAt(figures, i) }));
  return [...lines, ...ledgerTable(ledgers, width)].map((line) => line.slice(0, width));
}

/** Null: no ledger counts there. */
function ledgerAt(figures: Float64Array, node: number): LedgerCounts | null {
  const at = (slot: NodeSlot): number => nodeFigure(figures, node, slot);
  const expected = at('ledgerExpected');
  if (Number.isNaN(expected)) return null;
  const [delivered, lost] = [at('ledgerDelivered'), at('ledgerLost')];
  return {
    expected,
    delivered,
    duplicated: at('ledgerDuplicated'),
    lost,
    inFlight: expected - delivered - lost,
  };
}

const LEDGER_COLUMNS: readonly Column[] = [
  { title: 'Ledger', align: 'left' },
  ...['Expected', 'Delivered', 'Duplicated', 'Lost', 'In flight'].map(
    (title): Column => ({ title, align: 'right' }),
  ),
];

/** No line where no ledger counts. */
function ledgerTable(
  nodes: readonly { readonly node: string; readonly ledger?: LedgerCounts | null | undefined }[],
  width: number,
): string[] {
  const rows = nodes.flatMap(({ node, ledger = null }) =>
    ledger === null
      ? []
      : [
          [
            node,
            ...[ledger.expected, ledger.delivered, ledger.duplicated, ledger.lost, ledger.inFlight].map(
              count,
            ),
          ],
        ],
  );
  return rows.length === 0 ? [] : ['', ...table(LEDGER_COLUMNS, rows, width)];
}

const SUMMARY_COLUMNS: readonly Column[] = [
  { title: 'Node', align: 'left' },
  ...['In', 'Out', 'Late', 'Errors', 'Filtered', 'Committed'].map(
    (title): Column => ({ title, align: 'right' }),
  ),
];

export function summaryTable(summary: RunSummary, width: number): string[] {
  const rows = summary.nodes.map((n) => [
    n.node,
    ...[n.recordsIn, n.recordsOut, n.late, n.deadLetters, n.filtered, n.committed].map(count),
  ]);
  const title = `${summary.outcome} after ${span(summary.elapsedMs)} · ${count(summary.recordsRead)} records read`;
  return [
    title,
    ...table(SUMMARY_COLUMNS, rows, width),
    ...ledgerTable(summary.nodes, width),
    ...skewLines(summary),
  ];
}

/** Where keys are shared out unevenly, one worker does the work of all. */
function skewLines({ nodes }: RunSummary): string[] {
  const shared = nodes.flatMap(({ node, skew }) =>
    skew === undefined ? [] : [`${node} ${skew.toFixed(2)}×`],
  );
  return shared.length === 0 ? [] : [`Busiest worker over the mean, in rows: ${shared.join(', ')}`];
}

/** A snapshot as the JSON that `--json` prints once a second. Null: not known. */
export function progressJson(layout: TelemetryLayout, figures: Float64Array): unknown {
  const number = (value: number): number | null => (Number.isFinite(value) ? value : null);
  const nodes = layout.nodes.map((node, i) => {
    const at = (slot: NodeSlot): number => nodeFigure(figures, i, slot);
    const ledger = ledgerAt(figures, i);
    return {
      node,
      state: RUN_STATES[at('state')] ?? null,
      recordsIn: at('recordsIn'),
      recordsOut: at('recordsOut'),
      recordsInPerSecond: number(at('recordsInPerSecond')),
      recordsOutPerSecond: number(at('recordsOutPerSecond')),
      watermark: number(at('watermark')),
      lagRecords: number(at('lagRecords')),
      lagMs: number(at('lagMs')),
      late: at('lateRecords'),
      deadLetters: at('deadLetters'),
      backPressure: number(at('backPressure')),
      openWindows: at('openWindows'),
      filtered: at('filtered'),
      committed: at('committed'),
      ...(ledger === null ? {} : { ledger }),
    };
  });
  return {
    type: 'progress',
    now: head(figures, 'now'),
    elapsedMs: head(figures, 'elapsedMs'),
    recordsPerSecond: number(head(figures, 'recordsPerSecond')),
    recordsRead: head(figures, 'recordsRead'),
    nodes,
  };
}
