/** OVER of the cases: aggregates over a frame, or functions that are written as text. */
import { printDuration } from '../../engine/contract/duration.ts';
import { aggregatesOf } from './aggregate-functions.ts';
import { type JsonObject, list, ms, object, onlyKeys, show, text, Unsupported } from './case.ts';
import type { CaseGraph, Ref } from './graph.ts';
import { callsIn } from './over-words.ts';

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
  /^proc/.test(text(stage['time'] ?? '')) || /^(proctime|processing)/.test(text(stage['order_by'] ?? ''));

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
