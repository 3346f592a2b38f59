/**
 * When a window fires beside its end, and what a firing holds: triggers and accumulation as in *Streaming Systems* (Akidau, Chernyak,
 * Lax 2018, chapter 2) and Beam. Pure: times in ms, no clock.
 */

/** After so many records since the last firing. */
interface ByRows {
  readonly kind: 'rows';
  readonly every: number;
}
/** This long after the first record since the last firing, by the clock (Beam's AfterProcessingTime). */
interface ByDelay {
  readonly kind: 'delay';
  readonly after: number;
}
/** At the next multiple of a time after the first record since the last firing, by the clock (Beam: aligned to). */
interface ByClock {
  readonly kind: 'clock';
  readonly every: number;
}
/** When the watermark passes multiples of a time, also where nothing came (Flink's ContinuousEventTimeTrigger). */
interface ByEventTime {
  readonly kind: 'event-time';
  readonly every: number;
}

export type Late = ByRows | ByDelay | ByClock;
export type Early = Late | ByEventTime;

export interface Trigger {
  /** Before the watermark reaches the end of the window; null: not. */
  readonly early: Early | null;
  /**
   * When it reaches the end. `always`: every window that had records, also where none came since an early firing (Beam's
   * FIRE_ALWAYS). `changed`: only where records came.
   */
  readonly onTime: 'always' | 'changed' | 'never';
  /** After that, for records within the allowed lateness; null: not. */
  readonly late: Late | null;
  /** Whether what came after the last firing is fired when the window is given up. */
  readonly closing: boolean;
}

/** What stays in a window that fired: everything, or nothing; `retracting` also takes back what was sent before. */
export type Accumulation = 'accumulating' | 'discarding' | 'retracting';

export type Timing = 'EARLY' | 'ON_TIME' | 'LATE';

/** Flink's EventTimeTrigger: at the end, and at once for every record within the allowed lateness. */
export const AT_END: Trigger = {
  early: null,
  onTime: 'always',
  late: { kind: 'rows', every: 1 },
  closing: true,
};

/** Whether every window fires at its end and at once for late records, always with all that it holds. */
export const isPlain = (trigger: Trigger, accumulation: Accumulation): boolean =>
  trigger.early === null &&
  trigger.onTime === 'always' &&
  trigger.late?.kind === 'rows' &&
  trigger.late.every === 1 &&
  accumulation === 'accumulating';

/** The first multiple of `every` after `time`. */
export const nextMultiple = (time: number, every: number): number => Math.floor(time / every) * every + every;

/**
 * Which firing of a window one is. Until the watermark reached its end all are early. From then on one is on time while it brings records
 * that were there before, or is the firing at the end itself; else late.
 */
export function timingOf(end: number, watermark: number, bringsOnTime: boolean): Timing {
  if (end - 1 > watermark) return 'EARLY';
  return bringsOnTime ? 'ON_TIME' : 'LATE';
}
