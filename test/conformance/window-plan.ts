/** What a neutral `window_aggregate` asks for, as settings of Weir's nodes; or why there are none. */

import { printDuration } from '../../engine/contract/duration.ts';
import type { Field } from '../../engine/contract/types.ts';
import {
  type Case,
  isObject,
  type Json,
  type JsonObject,
  list,
  ms,
  object,
  onlyKeys,
  show,
  text,
  Unsupported,
} from './case.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import { parseKey, toSql } from './expression.ts';
import { fieldsOf, TIME_FIELD } from './fields.ts';
import type { WatermarkPlan } from './pipeline-run.ts';
import { type Step, stepsOf, streamNames } from './steps.ts';
import { gapApart, windowOf } from './windows.ts';

/** The newest record's time in each window, where a case's results carry it. */
export const NEWEST_FIELD = 'newest record';

export interface WindowPlan {
  readonly dialect: Dialect;
  readonly steps: readonly (readonly Step[])[];
  /** Of the source. */
  readonly fields: readonly Field[];
  readonly processing: boolean;
  /** Settings of the map in front of the window; null: none is needed. */
  readonly map: JsonObject | null;
  readonly window: JsonObject;
  readonly keys: readonly string[];
  readonly session: boolean;
  readonly sessionGap: number;
  readonly lateness: number;
  readonly watermark: WatermarkPlan;
  /** Why a window that fires a second time would not be what the case means; null: it may. */
  readonly refireReason: string | null;
}

const KNOWN = [
  'type',
  'window',
  'time',
  'key',
  'aggregates',
  'trigger',
  'allowed_lateness_ms',
  'grace_ms',
  'accumulation',
  'watermark',
  'emit',
  'late',
];

export function planWindow(test: Case): WindowPlan {
  const { operator } = test;
  const dialect = dialectOf(test.engine);
  if (operator['grouping_sets'] !== undefined)
    throw new Unsupported('grouping sets: one window node has one grouping');
  onlyKeys(operator, KNOWN, 'operator');
  const window = object(operator['window']);
  const session = window['kind'] === 'session';
  const steps = stepsOf(test);
  checkEmit(operator['emit']);
  const processing = isProcessing(operator['time']);
  const lateness = dialect.streamTime ? 0 : ms(operator['allowed_lateness_ms'] ?? 0, 'allowed_lateness_ms');
  const fields = fieldsOf(steps, operator, streamNames(steps)[0] ?? 'in');
  const keys = list(operator['key']).map((key) => parseKey(text(key)));
  const computed = keys.flatMap(({ name, sql }) => (sql === null ? [] : [{ name, expression: sql }]));
  const sessionGap = session ? ms(window['gap_ms'], 'window.gap_ms') : 0;
  const apart = gapApart(window, dialect);
  return {
    dialect,
    steps,
    fields,
    processing,
    map: computed.length === 0 ? null : { compute: computed },
    keys: keys.map((k) => k.name),
    session,
    sessionGap,
    lateness,
    watermark: planWatermark(operator, dialect, apart),
    refireReason: planTrigger(operator, steps),
    window: {
      window: windowOf(window, dialect),
      time: processing ? 'processing' : 'event',
      keys: keys.map((k) => k.name),
      aggregates: aggregates(operator, fields, dialect),
      ...(lateness > 0 && !processing ? { lateness: printDuration(lateness) } : {}),
    },
  };
}

function isProcessing(time: Json | undefined): boolean {
  const word = text(time).toLowerCase();
  if (time === undefined || word.startsWith('event')) return false;
  if (word.startsWith('processing')) return true;
  throw new Unsupported(`time: ${show(time)}`);
}

/** Weir gives a window's row when it is complete. */
function checkEmit(emit: Json | undefined): void {
  const word = text(emit).toLowerCase();
  if (emit === undefined || word.startsWith('on_window_close') || word.startsWith('once')) return;
  throw new Unsupported(`emit ${show(emit)}: Weir gives a row when the window is complete`);
}

export function planWatermark(operator: JsonObject, dialect: Dialect, apart: number): WatermarkPlan {
  const behind = (dialect.watermarkExcludesItself ? 1 : 0) + apart;
  const { watermark } = operator;
  if (watermark === undefined) {
    if (!dialect.streamTime) return { kind: 'none' };
    const grace = ms(operator['grace_ms'] ?? 0, 'grace_ms');
    // Closed when end + grace ≤ stream time, which is end − 1 ≤ stream time − grace − 1.
    return { kind: 'generated', delay: grace + 1, perBatch: false };
  }
  if (typeof watermark === 'string') {
    if (/^explicit/i.test(watermark)) return { kind: 'explicit', shift: -behind };
    throw new Unsupported(`watermark: ${show(watermark)}`);
  }
  const settings = object(watermark);
  onlyKeys(settings, ['strategy', 'delay_ms', 'applied', 'per'], 'watermark');
  const perBatch = /batch/i.test(text(settings['applied']));
  switch (settings['strategy']) {
    case undefined:
    case 'bounded_out_of_orderness':
    case 'max_ts_minus_delay':
      return { kind: 'generated', delay: ms(settings['delay_ms'], 'watermark.delay_ms') + behind, perBatch };
    case 'ascending':
      return { kind: 'generated', delay: 1 + behind, perBatch };
    default:
      throw new Unsupported(`watermark strategy ${show(settings['strategy'])}`);
  }
}

const ON_TIME =
  /^(at_watermark|watermark|at_processing_time|watermark passes window end|end of window|default)$/i;

/**
 * Weir fires a window once when it is complete, and with allowed lateness again for every further record, with the whole window's
 * values. Returns why a second firing would differ from the case's, null where it is the same.
 */
function planTrigger(operator: JsonObject, steps: readonly (readonly Step[])[]): string | null {
  const trigger = operator['trigger'] ?? 'at_watermark';
  const discarding = text(operator['accumulation']) === 'discarding';
  const again = discarding ? 'accumulation "discarding": Weir fires again with the whole window' : null;
  if (typeof trigger === 'string') {
    if (ON_TIME.test(trigger)) return again;
    throw new Unsupported(`trigger ${show(trigger)}`);
  }
  const parts = object(trigger);
  if (parts['kind'] !== undefined || !ON_TIME.test(text(parts['on_time'] ?? 'watermark'))) {
    throw new Unsupported(`trigger ${show(trigger)}`);
  }
  onlyKeys(parts, ['early', 'on_time', 'late'], 'trigger');
  checkEarly(parts['early'] ?? null, steps);
  const late = parts['late'] ?? null;
  if (late === null) return again;
  const perRecord = isObject(late) && late['kind'] === 'count' && late['n'] === 1;
  return perRecord ? again : `late trigger ${show(late)}: Weir fires at once for every late record`;
}

/** An early trigger that waits for the clock cannot fire where the clock never moves: then it makes no difference. */
function checkEarly(early: Json, steps: readonly (readonly Step[])[]): void {
  if (early === null) return;
  const waitsForClock = isObject(early) && /^processing_time/.test(text(early['kind']));
  const clockMoves = steps.flat().some((s) => s.op === 'clock');
  if (!waitsForClock || clockMoves) throw new Unsupported(`early trigger ${show(early)}`);
}

const FUNCTIONS: Readonly<Record<string, string>> = {
  count: 'count',
  count_distinct: 'count-distinct',
  'count distinct': 'count-distinct',
  sum: 'sum',
  avg: 'avg',
  average: 'avg',
  mean: 'avg',
  min: 'min',
  max: 'max',
};

function aggregates(operator: JsonObject, fields: readonly Field[], dialect: Dialect): JsonObject[] {
  const asked = list(operator['aggregates']).map((json): JsonObject => {
    const aggregate = object(json);
    onlyKeys(aggregate, ['fn', 'of', 'as'], 'aggregate');
    const fn = Object.hasOwn(FUNCTIONS, text(aggregate['fn'])) ? FUNCTIONS[text(aggregate['fn'])] : undefined;
    if (fn === undefined) throw new Unsupported(`aggregate function ${show(aggregate['fn'] ?? null)}`);
    const as = text(aggregate['as']) || fn;
    const given = text(aggregate['of']);
    if (given === '' || given === '*') return { function: fn, as };
    const of = toSql(given);
    const whole = fields.find((f) => f.name === of)?.type.kind === 'BIGINT';
    return {
      function: fn,
      as,
      of: fn === 'avg' && whole && !dialect.integerAverage ? `CAST(${of} AS DOUBLE)` : of,
    };
  });
  if (dialect.resultTime === 'window') return asked;
  return [...asked, { function: 'max', of: TIME_FIELD, as: NEWEST_FIELD }];
}
