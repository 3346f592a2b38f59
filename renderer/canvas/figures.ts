/** The texts of a card's live rows, from telemetry. No DOM: the card writes them where they changed. */

import type { NodeKind } from '../../engine/contract/spec.ts';
import { RUN_STATES, type RunState } from '../../engine/contract/telemetry.ts';
import { t } from '../app/strings/index.ts';
import type { Telemetry } from '../store/telemetry.ts';
import type { Zone } from '../store/ui.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  formatWatermark,
  type Shown,
} from '../ui/format.ts';
import type { CardRow } from './geometry.ts';
import { ledgerCounts } from './ledger.ts';

const NONE: Shown = { text: t('row.none'), more: '', title: '' };

/** Null before the node is part of a run. After the run only `finished` and `failed` are still true. */
export function nodeState(telemetry: Telemetry, id: string): RunState | null {
  const state = RUN_STATES[telemetry.node(id, 'state')] ?? null;
  return telemetry.ended && state !== null && state !== 'finished' && state !== 'failed' ? 'idle' : state;
}

export function rowFigure(telemetry: Telemetry, id: string, kind: NodeKind, row: CardRow, zone: Zone): Shown {
  const now = telemetry.head('streamNow');
  switch (row) {
    case 'rate':
      return rate(telemetry, id, kind);
    case 'lag':
      return lag(telemetry, id, kind);
    case 'watermark':
      return nodeState(telemetry, id) === null
        ? NONE
        : formatWatermark(telemetry.node(id, 'watermark'), now, zone);
    case 'open':
      return open(telemetry, id);
    case 'committed':
      return committed(telemetry, id);
    case 'ledger':
      return ledger(telemetry, id);
    case 'faults':
      return faults(telemetry, id);
  }
}

function rate(telemetry: Telemetry, id: string, kind: NodeKind): Shown {
  const into = telemetry.node(id, 'recordsInPerSecond');
  const out = telemetry.node(id, 'recordsOutPerSecond');
  const [inTotal, outTotal] = [telemetry.node(id, 'recordsIn'), telemetry.node(id, 'recordsOut')];
  if (telemetry.ended) {
    const title = kind === 'operator' ? `${formatCount(inTotal)} → ${formatCount(outTotal)}` : '';
    // Two totals stand in one row: scaled, with the raw ones on hover.
    const text =
      kind === 'operator'
        ? `${formatRate(inTotal)} → ${formatRate(outTotal)}`
        : formatCount(kind === 'source' ? outTotal : inTotal);
    return figure(outTotal, text, '', title);
  }
  if (kind === 'source') return figure(out, formatRate(out), '', total(outTotal));
  if (kind === 'sink') return figure(into, formatRate(into), '', total(inTotal));
  return figure(
    into,
    `${formatRate(into)} → ${formatRate(out)}`,
    '',
    `${total(inTotal)} → ${total(outTotal)}`,
  );
}

const total = (records: number): string => t('figure.total', { count: formatCount(records) });

function lag(telemetry: Telemetry, id: string, kind: NodeKind): Shown {
  const records = telemetry.node(id, 'lagRecords');
  const ms = telemetry.node(id, 'lagMs');
  if (nodeState(telemetry, id) === null) return NONE;
  // An operator's age is its watermark's, which has a row of its own.
  if (kind !== 'source')
    return figure(records, t('figure.rows', { count: formatCount(records) }), '', `${records}`);
  if (Number.isNaN(records) && Number.isNaN(ms)) return { text: t('figure.unknown'), more: '', title: '' };
  const age = Number.isFinite(ms) ? formatDuration(ms) : '';
  return Number.isNaN(records)
    ? { text: age, more: '', title: `${ms} ms` }
    : { text: formatCount(records), more: records > 0 ? age : '', title: `${records}, ${ms} ms` };
}

function open(telemetry: Telemetry, id: string): Shown {
  const windows = telemetry.node(id, 'openWindows');
  const bytes = telemetry.node(id, 'stateBytes');
  if (Number.isNaN(windows)) return NONE;
  const text =
    windows === 0
      ? t('figure.noWindows')
      : windows === 1
        ? t('figure.window')
        : t('figure.windows', { count: formatCount(windows) });
  return { text, more: bytes > 0 ? formatBytes(bytes) : '', title: `${windows}, ${bytes} B` };
}

function committed(telemetry: Telemetry, id: string): Shown {
  const count = telemetry.node(id, 'committed');
  const waiting = telemetry.node(id, 'lagRecords');
  const age = telemetry.node(id, 'lagMs');
  const more = waiting > 0 ? t('figure.waiting', { count: formatCount(waiting) }) : '';
  const title = `${count}${waiting > 0 ? `, ${waiting} (${formatDuration(age)})` : ''}`;
  return figure(count, formatCount(count), more, title);
}

function ledger(telemetry: Telemetry, id: string): Shown {
  const counts = ledgerCounts(telemetry, id);
  if (counts === null) return NONE;
  const [delivered, expected] = [formatCount(counts.delivered), formatCount(counts.expected)];
  const title = LEDGER_WORDS.map((key) => `${t(`ledger.${key}`)} ${formatCount(counts[key])}`).join('\n');
  return { text: t('ledger.of', { delivered, expected }), more: '', title };
}
const LEDGER_WORDS = ['expected', 'delivered', 'duplicated', 'lost', 'inFlight'] as const;

/** `text` is what went wrong, `more` that nothing did. */
function faults(telemetry: Telemetry, id: string): Shown {
  const counts = ledgerCounts(telemetry, id);
  if (counts === null) return { text: '', more: '', title: '' };
  const wrong = (['duplicated', 'lost'] as const).filter((key) => counts[key] > 0);
  const text = wrong.map((key) => `${formatCount(counts[key])} ${t(`ledger.${key}`)}`).join(', ');
  return { text, more: wrong.length === 0 ? t('ledger.holds') : '', title: text };
}

const figure = (value: number, text: string, more: string, title: string): Shown =>
  Number.isNaN(value) ? NONE : { text, more, title };

/** What stands on an edge: its rate, and after the run all that passed. */
export function edgeText(telemetry: Telemetry, id: string): string {
  const value = telemetry.edge(id, telemetry.ended ? 'records' : 'recordsPerSecond');
  if (Number.isNaN(value)) return '';
  return telemetry.ended ? formatCount(value) : formatRate(value);
}

/** How full an edge's queue is, as the steps that width and colour have. */
export function fillLevel(fill: number): 'low' | 'high' | 'full' {
  if (fill >= 0.85) return 'full';
  return fill >= 0.6 ? 'high' : 'low';
}

/** px: 2 when empty, 6 when full. */
export const edgeWidth = (fill: number): number =>
  Number.isFinite(fill) ? 2 + 4 * Math.min(1, Math.max(0, fill)) : 2;
