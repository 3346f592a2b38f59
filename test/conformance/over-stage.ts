/** OVER of the cases: aggregates over a frame, or functions that are written as text. */
import { printDuration } from '../../engine/contract/duration.ts';
import { aggregatesOf } from './aggregate-functions.ts';
import { type Json, type JsonObject, list, ms, object, onlyKeys, show, text, Unsupported } from './case.ts';
import { TIME_FIELD } from './fields.ts';
import type { CaseGraph, Ref } from './graph.ts';
import { measureName } from './pattern-stage.ts';

export function over(graph: CaseGraph, stage: JsonObject, input: Ref): Ref {
  onlyKeys(
    stage,
    ['type', 'partition_by', 'order_by', 'frame', 'aggregates', 'functions', 'emit', 'watermark', 'time'],
    'over_aggregate',
  );
  const asText = list(stage['functions']).map(text).join(', ');
  const functions = asText === '' ? aggregatesOf(stage['aggregates'], graph.dialect).settings : parse(asText);
  const frame = asText === '' ? frameOf(object(stage['frame'])) : textFrame(asText);
  const config = {
    keys: list(stage['partition_by']).map(text),
    ...(text(stage['time'] ?? '').startsWith('processing') ? { time: 'processing' } : {}),
    ...(frame === null ? {} : { frame }),
    aggregates: functions,
  };
  return graph.add('over-aggregate', config, { in: input }, [
    ...input.fields,
    ...functions.map((f) => text(f['as'])),
  ]);
}

function frameOf(frame: JsonObject): JsonObject | null {
  if (Object.keys(frame).length === 0) return null;
  onlyKeys(frame, ['unit', 'preceding', 'preceding_ms', 'following', 'gap_ms'], 'frame');
  const { unit, following } = frame;
  if (following !== undefined && following !== 'current row' && following !== 0)
    throw new Unsupported(`a frame that ends after the current row: ${show(following)}`);
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

/** `… over session with gap 10 minutes`. */
function textFrame(words: string): JsonObject | null {
  const [, amount, unit] = /over session with gap (\d+) (second|minute|hour)s?/.exec(words) ?? [];
  if (amount === undefined || unit === undefined) return null;
  const unitMs = { second: 1000, minute: 60_000, hour: 3_600_000 }[unit] ?? 0;
  // RisingWave ends a session with the first row of the next one.
  return { kind: 'session', gap: printDuration(Number(amount) * unitMs), closes: 'next-record' };
}

const NAMES: Readonly<Record<string, string>> = {
  lead: 'lead',
  lag: 'lag',
  first_value: 'first',
  last_value: 'last',
  row_number: 'row-number',
  rank: 'rank',
  dense_rank: 'dense-rank',
  sum: 'sum',
  count: 'count',
  min: 'min',
  max: 'max',
  avg: 'avg',
};

/** `lead(foo,1), first_value(ts)`. They have names only in the rows: compared by place. */
function parse(words: string): JsonObject[] {
  const calls = [...words.matchAll(/(\w+)\(([^()]*)\)/g)];
  if (calls.length === 0) throw new Unsupported(`functions ${show(words)}`);
  return calls.map(([, name = '', inside = ''], at): JsonObject => {
    const fn = NAMES[name.toLowerCase()];
    if (fn === undefined) throw new Unsupported(`over function ${name}`);
    const [of = '', offset] = inside.split(',').map((part) => part.trim());
    const field = of === 'ts' ? TIME_FIELD : of;
    return {
      function: fn,
      ...(field === '' || field === '*' ? {} : { of: field }),
      ...(offset === undefined ? {} : { offset: Number(offset) as Json }),
      as: measureName(at),
    };
  });
}
