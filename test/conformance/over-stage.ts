/** OVER of the cases: aggregates over a frame, or functions that are written as text. */
import { printDuration } from '../../engine/contract/duration.ts';
import { aggregatesOf } from './aggregate-functions.ts';
import { type JsonObject, list, ms, object, onlyKeys, show, text, Unsupported } from './case.ts';
import { type CaseGraph, orderOf, type Ref } from './graph.ts';
import { callsIn } from './over-words.ts';
import { takesBack } from './tables.ts';

export function over(graph: CaseGraph, stage: JsonObject, input: Ref): Ref {
  const known = [
    'type',
    'side',
    'partition_by',
    'order_by',
    'frame',
    'aggregates',
    'functions',
    'emit',
    'watermark',
    'time',
  ];
  onlyKeys(stage, known, 'over_aggregate');
  const asText = list(stage['functions']).map(text).join(', ');
  if (!isByTime(graph, stage)) return ranked(graph, stage, input, asText);
  const own = stage['frame'] === undefined ? null : frameOf(object(stage['frame']));
  const parts =
    asText === ''
      ? [{ frame: own, functions: aggregatesOf(stage['aggregates'], graph.dialect).settings }]
      : byFrame(callsIn(asText), own);
  // One node has one frame: several follow each other.
  return parts.reduce((before, { frame, functions }) => {
    const config = {
      keys: list(stage['partition_by']).map(text),
      ...(isProcessing(stage) ? { time: 'processing' } : {}),
      ...(frame === null ? {} : { frame }),
      aggregates: functions,
    };
    const fields = [...before.fields, ...functions.map((f) => text(f['as']))];
    return graph.add('over-aggregate', config, { in: before }, fields);
  }, input);
}

const isProcessing = (stage: JsonObject): boolean =>
  // Rows of one moment share a frame of time: their event time is their arrival (see pipeline-cases.ts).
  object(stage['frame'])['unit'] !== 'range' &&
  (/^proc/.test(text(stage['time'] ?? '')) || /^(proctime|processing)/.test(text(stage['order_by'] ?? '')));

/** OVER follows the event times of rows that are final. */
const isByTime = (graph: CaseGraph, stage: JsonObject): boolean => {
  const [first] = orderOf(stage['order_by']);
  const isTime =
    first === undefined || /^(ts|rowtime|proctime|processing|event_time|.*time)$/.test(first.field);
  return isTime && graph.streams.every((name) => !takesBack(graph.steps, name));
};

const RANKS: Readonly<Record<string, string>> = {
  'row-number': 'row-number',
  rank: 'rank',
  'dense-rank': 'dense-rank',
};

/** A place in any other order, or among rows that may go again, is a rank: all of them are kept. */
function ranked(graph: CaseGraph, stage: JsonObject, input: Ref, words: string): Ref {
  const [call, ...more] = words === '' ? [] : callsIn(words);
  const fn = RANKS[text(call?.setting['function'])];
  if (call === undefined || fn === undefined || more.length > 0)
    throw new Unsupported(
      'other semantics: OVER rows that may change; Weir takes final ones, in the order of time',
    );
  const as = text(call.setting['as']);
  const config = {
    n: 100_000,
    keys: list(stage['partition_by']).map(text),
    orderBy: orderOf(stage['order_by']).map(({ field, order }) => ({ field, direction: order })),
    function: fn,
    as,
  };
  return graph.add('top-n', config, { in: input }, [...input.fields, as]);
}

interface Part {
  readonly frame: JsonObject | null;
  readonly functions: readonly JsonObject[];
}

/** Functions of a place have no frame: they go with any. */
function byFrame(calls: ReturnType<typeof callsIn>, own: JsonObject | null): Part[] {
  const parts = new Map<string, Part>();
  for (const { frame, setting } of calls) {
    const key = show(frame ?? own);
    const functions = [...(parts.get(key)?.functions ?? []), setting];
    parts.set(key, { frame: frame ?? own, functions });
  }
  return [...parts.values()];
}

function frameOf(frame: JsonObject): JsonObject | null {
  if (Object.keys(frame).length === 0) return null;
  onlyKeys(frame, ['unit', 'preceding', 'preceding_ms', 'following', 'gap_ms'], 'frame');
  const { unit, following } = frame;
  if (following !== undefined && following !== null && !/^(0|current row)$/.test(String(following)))
    throw new Unsupported(
      `other semantics: a frame that ends after the current row (${show(following)} following); Flink's and Weir's end with it`,
    );
  const preceding = frame['preceding_ms'] ?? frame['preceding'] ?? 'unbounded';
  const isUnbounded = preceding === 'unbounded';
  if (unit === 'rows')
    return { kind: 'rows', ...(isUnbounded ? {} : { preceding: ms(preceding, 'frame.preceding') }) };
  if (unit === 'range')
    return {
      kind: 'range',
      ...(isUnbounded ? {} : { preceding: printDuration(ms(preceding, 'frame.preceding')) }),
    };
  if (unit === 'session') return { kind: 'session', gap: printDuration(ms(frame['gap_ms'], 'frame.gap_ms')) };
  throw new Unsupported(`frame unit ${show(unit ?? null)}`);
}
