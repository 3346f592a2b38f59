/** Windows and triggers of the cases in one choice of words. */
import { isObject, type Json, type JsonObject, object, text } from './case.ts';
import { renamed } from './words.ts';

const KINDS: Readonly<Record<string, string>> = {
  tumble: 'tumbling',
  fixed: 'tumbling',
  hop: 'hopping',
  cumulate: 'cumulating',
  cumulative: 'cumulating',
  sessions: 'session',
  tumbling_count: 'count',
  sliding_count: 'count',
  count_sliding: 'count',
  count_tumbling: 'count',
};

export function inWindowWords(stage: JsonObject): JsonObject {
  const { grace_ms: grace, ...given } = object(stage['window']);
  const moved: JsonObject = {
    ...stage,
    ...(stage['window'] === undefined ? {} : { window: windowWords(given) }),
    ...(grace === undefined || stage['grace_ms'] !== undefined ? {} : { grace_ms: grace }),
  };
  return triggerWords(moved);
}

function windowWords(given: JsonObject): JsonObject {
  const words = text(given['kind'] ?? given['type'] ?? '');
  const named = renamed(
    renamed(given, ['kind', 'type'], 'kind'),
    ['size_ms', 'length_ms', 'duration_ms'],
    'size_ms',
  );
  // Bytewax calls the distance of sliding windows their offset, and what they are aligned to so.
  const aligned = named['align_to_ms'] !== undefined;
  const slid = renamed(
    named,
    ['slide_ms', 'advance_ms', 'every_ms', 'hop_ms', 'period_ms', ...(aligned ? ['offset_ms'] : [])],
    'slide_ms',
  );
  const moved = renamed(slid, ['offset_ms', 'align_to_ms'], 'offset_ms');
  const gap = renamed(moved, ['gap_ms', 'inactivity_gap_ms', 'inactivity_ms', 'timeout_ms'], 'gap_ms');
  // Sliding windows that advance by a given time are hopping ones; Kafka's do not.
  const isKafka = words === 'sliding' && gap['time_difference_ms'] !== undefined;
  const kind = isKafka
    ? 'sliding_kafka'
    : words === 'sliding' && gap['slide_ms'] !== undefined
      ? 'hopping'
      : (KINDS[words] ?? words);
  const whole = kind === 'cumulating' ? renamed(gap, ['max_size_ms', 'size_ms'], 'max_size_ms') : gap;
  return kind === '' ? whole : { ...whole, kind };
}

const TRIGGERS: Readonly<Record<string, string>> = {
  after_count: 'count',
  element_count: 'count',
  after_pane: 'count',
  event_time: 'at_watermark',
  processing_time: 'at_processing_time',
  continuous_event_time: 'every_event_time',
  continuous_processing_time: 'every_processing_time',
  after_processing_time: 'processing_time_after_first_in_pane',
  after_first_in_pane: 'processing_time_after_first_in_pane',
};

function triggerWords(stage: JsonObject): JsonObject {
  const { trigger, evictor, ...rest } = stage;
  if (trigger === undefined) return stage;
  if (!isObject(trigger)) return { ...stage, trigger: one(trigger) };
  const { purging, purge, kind, ...parts } = trigger;
  const purges = purging === true || purge === true;
  const isWatermark = /^(after_)?(watermark|end_of_window)$/.test(text(kind ?? ''));
  const named = isWatermark
    ? renamed(renamed(parts, ['early', 'early_firings'], 'early', one), ['late', 'late_firings'], 'late', one)
    : {
        ...renamed(
          renamed(parts, ['early', 'early_firings'], 'early', one),
          ['late', 'late_firings'],
          'late',
          one,
        ),
        ...(kind === undefined ? {} : { kind: TRIGGERS[text(kind)] ?? kind }),
      };
  const bare = isWatermark && Object.keys(named).length === 0;
  return evicting(
    {
      ...rest,
      trigger: bare ? 'at_watermark' : named,
      ...(purges && rest['accumulation'] === undefined ? { accumulation: 'discarding' } : {}),
    },
    evictor,
  );
}

const one = (json: Json): Json => {
  if (typeof json === 'string') return TRIGGERS[json] ?? json;
  if (!isObject(json)) return json;
  const count = renamed(json, ['n', 'count', 'max_count', 'elements'], 'n');
  return { ...count, kind: TRIGGERS[text(json['kind'])] ?? json['kind'] ?? '' };
};

/** All records of a key, every few, of which the last few are kept: a window of as many. */
function evicting(stage: JsonObject, evictor: Json | undefined): JsonObject {
  if (evictor === undefined) return stage;
  const { kind, ...of } = object(evictor);
  const keeps = of['n'] ?? of['size'] ?? of['count'];
  const { trigger, window, accumulation: _, ...rest } = stage;
  const every = object(trigger)['n'];
  const fits = kind === 'count' && object(window)['kind'] === 'global' && object(trigger)['kind'] === 'count';
  if (!fits || keeps === undefined || every === undefined) return { ...stage, evictor };
  return { ...rest, trigger: trigger ?? null, window: { kind: 'count', size: keeps, slide: every } };
}
