/** The settings of a window as they stand in a form, which may be half filled or wrong. Pure. */
import { parseDuration } from '../../../engine/contract/duration.ts';
import type { Accumulation, Early, Late, Trigger } from '../../../engine/progress/triggers.ts';
import { type Config, isRecord } from '../form/values.ts';

/** The settings that a `drawing: 'window'` reads. What is null is not set, or cannot be read. */
export interface WindowSettings {
  readonly kind: WindowKind;
  /** ms. */
  readonly size: number | null;
  /** ms from one window to the next (hopping), or from one result to the next (cumulating). */
  readonly step: number | null;
  /** ms. */
  readonly gap: number | null;
  /** ms. */
  readonly offset: number;
  /** Of count windows: records in a window, and from one to the next. */
  readonly rows: number | null;
  readonly rowsStep: number | null;
  /** ms; 0 is none. */
  readonly lateness: number;
  /** By the clock of the machine: nothing is late, and no watermark. */
  readonly clock: boolean;
  /** Null: nothing fires, windows are only assigned. */
  readonly fires: Fires | null;
}

export type WindowKind =
  | 'tumbling'
  | 'hopping'
  | 'cumulating'
  | 'session'
  | 'sliding'
  | 'count'
  | 'global'
  | 'assigned';

/** When it fires, as the engine says it; a late trigger that is not set fires at once. */
export interface Fires {
  readonly early: Early | null;
  readonly onTime: Trigger['onTime'];
  readonly late: Late;
  readonly closing: boolean;
  readonly accumulation: Accumulation;
}

const KINDS: readonly string[] = [
  'tumbling',
  'hopping',
  'cumulating',
  'session',
  'sliding',
  'count',
  'global',
  'assigned',
] satisfies readonly WindowKind[];

/** Null where no window that can be drawn is chosen. */
export function readWindow(config: unknown, fires = true): WindowSettings | null {
  if (!isRecord(config) || !isRecord(config['window'])) return null;
  const window = config['window'];
  const kind = window['kind'];
  if (typeof kind !== 'string' || !KINDS.includes(kind)) return null;
  return {
    kind: kind as WindowKind,
    size: duration(window['size']),
    step: duration(kind === 'hopping' ? window['slide'] : window['step']),
    gap: duration(window['gap']),
    offset: (typeof window['offset'] === 'string' ? parseDuration(window['offset']) : null) ?? 0,
    rows: count(window['size']),
    rowsStep: count(window['slide']),
    lateness: duration(config['lateness']) ?? 0,
    clock: config['time'] === 'processing' || config['time'] === 'ingestion',
    fires: fires
      ? readFires(isRecord(config['trigger']) ? config['trigger'] : {}, config['accumulation'])
      : null,
  };
}

function readFires(trigger: Config, accumulation: unknown): Fires {
  const early = readTrigger(trigger['early']);
  const late = readTrigger(trigger['late']);
  const { onTime } = trigger;
  const discards = accumulation === 'discarding';
  return {
    early,
    onTime:
      onTime === 'always' || onTime === 'changed' || onTime === 'never'
        ? onTime
        : discards
          ? 'changed'
          : 'always',
    late: late === null || late.kind === 'event-time' ? AT_ONCE : late,
    closing: trigger['closing'] !== false,
    accumulation: discards || accumulation === 'retracting' ? accumulation : 'accumulating',
  };
}

const AT_ONCE: Late = { kind: 'rows', every: 1 };

/** Above 0; a number is no duration in a document, but what is meant is clear. */
function duration(value: unknown): number | null {
  const ms = typeof value === 'string' ? parseDuration(value) : typeof value === 'number' ? value : null;
  return ms !== null && ms > 0 ? ms : null;
}

const count = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;

function readTrigger(value: unknown): Early | null {
  if (!isRecord(value)) return null;
  const { kind } = value;
  if (kind === 'rows') {
    const every = count(value['every']);
    return every === null ? null : { kind, every };
  }
  if (kind === 'delay') {
    const after = duration(value['after']);
    return after === null ? null : { kind, after };
  }
  const every = duration(value['every']);
  return every !== null && (kind === 'clock' || kind === 'event-time') ? { kind, every } : null;
}
