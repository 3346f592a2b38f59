/** What a neutral `window_aggregate` asks for, as a graph of Weir's nodes. */
import { isProcessing, type WindowNode, windowNode } from './aggregate-stages.ts';
import { type Case, type JsonObject, ms, object, onlyKeys, show, text, Unsupported } from './case.ts';
import type { Dialect } from './dialect.ts';
import { TIME_FIELD } from './fields.ts';
import { CaseGraph } from './graph.ts';
import type { Output, WatermarkPlan } from './pipeline-run.ts';
import { takesBack } from './tables.ts';
import { UPDATES } from './window-triggers.ts';
import { gapApart } from './windows.ts';
import { without } from './words.ts';

/** Kafka's, in words. */
const STREAM_TIME = /^stream[ _]time/i;

/** The newest record's time in each window, where a case's results carry it. */
export const NEWEST_FIELD = 'newest record';

export interface WindowPlan {
  readonly graph: CaseGraph;
  readonly node: WindowNode;
  readonly session: boolean;
  /** Whether the last instant of a window is reported as its end (Kafka's sliding windows). */
  readonly inclusiveEnd: boolean;
  readonly sessionGap: number;
  readonly watermark: WatermarkPlan;
  readonly processing: boolean;
}

export function planWindow(test: Case): WindowPlan {
  const { operator } = test;
  const graph = new CaseGraph(test);
  const [name = 'in', ...more] = graph.streams;
  if (more.length > 0) throw new Unsupported(`several input streams (${[name, ...more].join(', ')})`);
  if (takesBack(graph.steps, name))
    throw new Unsupported(
      'other semantics: a window over a stream that takes rows back; Weir groups those by their windows’ bounds',
    );
  const { dialect } = graph;
  const window = object(operator['window']);
  const session = window['kind'] === 'session';
  if (window['kind'] === 'sliding_kafka') checkSliding(graph, window);
  const newest = { function: 'max', of: TIME_FIELD, as: NEWEST_FIELD };
  return {
    graph,
    node: windowNode(graph, operator, graph.stream(name), {
      takesBack: ['changelog', 'table_state', 'final_table'].includes(test.expected.mode),
      pane: test.expected.mode === 'panes',
      aggregates: dialect.resultTime === 'window' ? [] : [newest],
    }),
    session,
    inclusiveEnd: window['kind'] === 'sliding_kafka',
    sessionGap: session ? ms(window['gap_ms'], 'window.gap_ms') : 0,
    watermark: planWatermark(operator, dialect, gapApart(window, dialect) + expiresLater(operator, dialect)),
    processing: isProcessing(operator['time']),
  };
}

/**
 * Where a session is told when it is complete, stream time may reach its end, its gap and the grace; where every update is told, a record is
 * too late only beyond that. Arroyo also waits until the watermark is beyond.
 */
function expiresLater(operator: JsonObject, dialect: Dialect): number {
  if (object(operator['window'])['kind'] !== 'session') return 0;
  return dialect.sessionsExpire === 'beyond' || (dialect.streamTime && UPDATES.test(text(operator['emit'])))
    ? 1
    : 0;
}

/** Kafka has one window from 0 on for all records before the first whole one: those it treats as a kind of their own. */
function checkSliding({ steps }: CaseGraph, window: JsonObject): void {
  const size = ms(window['time_difference_ms'], 'window.time_difference_ms');
  const records = steps.flat().flatMap((s) => (s.op === 'records' ? s.records : []));
  if (records.some((r) => r.ts !== null && r.ts < size))
    throw new Unsupported(
      'other semantics: sliding windows at the beginning of time, which Kafka cuts off at 0',
    );
}

export const runWindow = ({ graph, node, watermark, processing }: WindowPlan): Output[] =>
  graph.run(
    {
      out: node.out,
      ...(object(graph.test.operator['window'])['kind'] === 'count' ? {} : { late: node.late }),
    },
    { watermark, eventTime: !processing },
  );

export function planWatermark(operator: JsonObject, dialect: Dialect, apart: number): WatermarkPlan {
  const behind = (dialect.watermarkExcludesItself ? 1 : 0) + apart;
  const { watermark } = operator;
  if (watermark === undefined || watermark === null) {
    if (!dialect.streamTime) return { kind: 'none' };
    const grace = ms(operator['grace_ms'] ?? 0, 'grace_ms');
    // Closed when end + grace ≤ stream time, which is end − 1 ≤ stream time − grace − 1.
    return { kind: 'generated', delay: grace + 1 + apart, perBatch: false };
  }
  if (typeof watermark === 'string') {
    if (/^(explicit|punctuated|manual)/i.test(watermark)) return { kind: 'explicit', shift: -behind };
    if (/^(none|no watermark)/i.test(watermark)) return { kind: 'none' };
    if (STREAM_TIME.test(watermark)) return planWatermark(without(operator, ['watermark']), dialect, apart);
    throw new Unsupported(`watermark: ${show(watermark)}`);
  }
  const settings = object(watermark);
  onlyKeys(settings, ['strategy', 'delay_ms', 'applied', 'per'], 'watermark');
  const perBatch = /batch/i.test(text(settings['applied']));
  const perPartition = /partition|split|shard/i.test(text(settings['per']));
  const strategy = settings['strategy'];
  switch (typeof strategy === 'string' ? strategy.toLowerCase().replaceAll(/[\s-]+/g, '_') : strategy) {
    case 'explicit':
    case 'punctuated':
      return { kind: 'explicit', shift: -behind };
    case 'none':
      return { kind: 'none' };
    case undefined:
    case 'bounded':
    case 'bounded_out_of_orderness':
    case 'max_ts_minus_delay':
      return {
        kind: 'generated',
        delay: ms(settings['delay_ms'], 'watermark.delay_ms') + behind,
        perBatch,
        perPartition,
      };
    case 'ascending':
    case 'ascending_timestamps':
    case 'monotonous':
    case 'monotonous_timestamps':
      return { kind: 'generated', delay: 1 + behind, perBatch };
    default:
      throw new Unsupported(`watermark strategy ${show(settings['strategy'])}`);
  }
}
