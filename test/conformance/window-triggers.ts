/** When a case's windows fire and what a firing holds, as settings of Weir's window. */
import { printDuration } from '../../engine/contract/duration.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  ms,
  object,
  onlyKeys,
  show,
  text,
  Unsupported,
} from './case.ts';
import type { Dialect } from './dialect.ts';

export interface Firings {
  /** `trigger`, `accumulation`, `lateness`: what of them is not the default. */
  readonly settings: JsonObject;
  /** A row for every change of a window, and none when it closes. */
  readonly updates: boolean;
  /** Whether a firing may be of a window without records, whose sum is 0 where there is no NULL. */
  readonly emptyPanes: boolean;
}

const AT_END =
  /^(at_watermark|watermark|at_processing_time|watermark passes window end|end of window|end of input|default)$/i;
const PER_RECORD = /^(every|each|per)[ _]?(element|record|row)$/i;
/** `repeatedly: processing time 10 min after the first element of the pane`. */
const DELAY = /processing time (\d+ ?(?:ms|s|min|h)) after the first (?:element|record)/i;

const FINAL =
  /^(on[_ ]window[_ ]close|on close|once|final|append|after window close|when (the )?window|suppress)/i;
export const UPDATES =
  /^(on |for |after )?(every|each|any)[ _](update|change|record|element)|^(changes|updates?|on[_ ]updates?|updated rows|changed rows)\b/i;
/** Spark's complete mode: the whole table after every batch, which the changes so far amount to. */
const TABLE = /^(full table|complete)/i;

export function firingsOf(
  operator: JsonObject,
  dialect: Dialect,
  { session, takesBack }: { readonly session: boolean; readonly takesBack: boolean },
): Firings {
  // Nothing is late for a window without an end, and Kafka's grace is part of the watermark.
  const endless = ['global', 'count'].includes(text(object(operator['window'])['kind']));
  const lateness =
    dialect.streamTime || endless ? 0 : ms(operator['allowed_lateness_ms'] ?? 0, 'allowed_lateness_ms');
  const accumulation = accumulationOf(operator);
  const emit = text(operator['emit'] ?? operator['output_mode']);
  const isTable = TABLE.test(emit);
  if (UPDATES.test(emit) || isTable) {
    // A session that grows is another window: the row of the one before goes.
    const retracts = session || takesBack || isTable;
    const trigger = {
      early: RECORD,
      onTime: 'never',
      closing: false,
      ...(lateness > 0 ? { late: RECORD } : {}),
    };
    const settings = {
      trigger,
      ...(retracts ? { accumulation: 'retracting' } : {}),
      ...(lateness > 0 ? { lateness: printDuration(lateness) } : {}),
    };
    return { settings, updates: true, emptyPanes: false };
  }
  if (emit !== '' && !FINAL.test(emit)) throw new Unsupported(`emit ${show(emit)}`);
  const { trigger, late } = triggerOf(operator['trigger'] ?? 'at_watermark', dialect);
  const kept = late && lateness > 0;
  const withLate = kept || trigger === null ? trigger : withoutLate(trigger);
  return {
    settings: {
      ...(withLate === null ? {} : { trigger: withLate }),
      ...(accumulation === 'accumulating' ? {} : { accumulation }),
      ...(kept ? { lateness: printDuration(lateness) } : {}),
    },
    updates: false,
    emptyPanes: dialect.emptyPanes && accumulation === 'discarding',
  };
}

const RECORD: JsonObject = { kind: 'rows', every: 1 };

function withoutLate(trigger: JsonObject): JsonObject {
  const { late: _, ...rest } = trigger;
  return rest;
}

function accumulationOf(operator: JsonObject): 'accumulating' | 'discarding' | 'retracting' {
  const word = text(operator['accumulation'] ?? 'accumulating').toLowerCase();
  // A count window holds its last records, whatever fired before.
  const counts = object(operator['window'])['kind'] === 'count' && word.startsWith('last');
  if (word === 'accumulating' || word === 'n/a' || counts) return 'accumulating';
  if (word === 'discarding') return 'discarding';
  if (/^(accumulating[ _](and|&)[ _])?retracting$/.test(word)) return 'retracting';
  throw new Unsupported(`accumulation ${show(operator['accumulation'])}`);
}

/**
 * `late`: whether late records fire at all. A trigger of its own, without parts, fires the same way before and after the end, and not
 * because of it: Beam's Repeatedly, which fires what is left when the window is given up; Flink's CountTrigger, which does not.
 */
function triggerOf(json: Json, dialect: Dialect): { trigger: JsonObject | null; late: boolean } {
  if (typeof json === 'string' && AT_END.test(json)) return { trigger: atEnd(dialect), late: true };
  if (isObject(json) && json['kind'] === undefined) return partsOf(json, dialect);
  const rule = ruleOf(json, 'trigger');
  if (rule['kind'] === 'event-time') return { trigger: { early: rule }, late: true };
  const trigger = { early: rule, onTime: 'never', late: rule, closing: dialect.firesWhatIsLeft };
  return { trigger, late: true };
}

/** Beam fires at the end even where nothing came since; Flink does unless the window was emptied, which is Weir's default. */
const atEnd = (dialect: Dialect): JsonObject | null => (dialect.emptyPanes ? { onTime: 'always' } : null);

function partsOf(parts: JsonObject, dialect: Dialect): { trigger: JsonObject; late: boolean } {
  onlyKeys(parts, ['early', 'on_time', 'late'], 'trigger');
  const early = parts['early'] ?? null;
  const late = parts['late'] ?? null;
  const onTime = parts['on_time'] === undefined ? 'watermark' : parts['on_time'];
  if (onTime !== null && !AT_END.test(text(onTime))) throw new Unsupported(`trigger.on_time ${show(onTime)}`);
  return {
    trigger: {
      ...(early === null ? {} : { early: ruleOf(early, 'early trigger') }),
      ...(onTime === null ? { onTime: 'never' } : (atEnd(dialect) ?? {})),
      ...(late === null ? {} : { late: ruleOf(late, 'late trigger') }),
    },
    late: late !== null,
  };
}

function ruleOf(json: Json, what: string): JsonObject {
  const rule = typeof json === 'string' ? { kind: json } : object(json);
  const kind = text(rule['kind']);
  const delay = DELAY.exec(kind);
  if (PER_RECORD.test(kind)) return RECORD;
  if (delay !== null) return { kind: 'delay', after: delay[1] ?? '' };
  const duration = (key: string): string => printDuration(ms(rule[key], `${what}.${key}`));
  switch (kind) {
    case 'count':
      onlyKeys(rule, ['kind', 'n'], what);
      return { kind: 'rows', every: ms(rule['n'], `${what}.n`) };
    case 'processing_time_after_first_in_pane':
      onlyKeys(rule, ['kind', 'delay_ms'], what);
      return { kind: 'delay', after: duration('delay_ms') };
    case 'processing_time_aligned':
    case 'aligned_delay':
    case 'every_processing_time': {
      const key = ['period_ms', 'interval_ms', 'delay_ms'].find((k) => rule[k] !== undefined) ?? 'period_ms';
      onlyKeys(rule, ['kind', key], what);
      return { kind: 'clock', every: duration(key) };
    }
    case 'every_event_time':
      onlyKeys(rule, ['kind', 'interval_ms'], what);
      return { kind: 'event-time', every: duration('interval_ms') };
    default:
      throw new Unsupported(`${what} ${show(json)}`);
  }
}
