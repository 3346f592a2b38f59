/**
 * Where engines differ, and Weir (which follows Flink) has a setting or a way of reading that says the same. By the engine of
 * a case, never by its name.
 */
export interface Dialect {
  /**
   * A watermark of W says that nothing *before* W will come (Beam, Spark, RisingWave, Arroyo): a window fires at
   * `end ≤ W`. In Flink and Weir it includes W itself, and a window fires at `end − 1 ≤ W`. So W there is W − 1 here.
   */
  readonly watermarkExcludesItself: boolean;
  /** Whether records exactly one gap apart share a session. */
  readonly touchingSessionsMerge: boolean;
  /** Whether a session is over when the watermark reaches its end, or only beyond. */
  readonly sessionsExpire: 'at-end' | 'beyond';
  /** What is reported as the end of a session: last record + gap, or the last record. */
  readonly sessionEnd: 'exclusive' | 'last-record';
  /** Without watermarks the largest time so far closes windows (Kafka): a watermark of that time, less the grace. */
  readonly streamTime: boolean;
  /** Kafka has no windows that begin before 0. */
  readonly windowsFromZero: boolean;
  /** The event time of a result: the window's last instant, or the newest record in it. */
  readonly resultTime: 'window' | 'newest-record';
  /** Whether the average of whole numbers is cut to one. */
  readonly integerAverage: boolean;
  /** Whether a window that had records fires at its end also where none came since an early firing (Beam's FIRE_ALWAYS). */
  readonly emptyPanes: boolean;
  /** Whether a trigger that fires by records or the clock alone leaves nothing behind when the window is given up. */
  readonly firesWhatIsLeft: boolean;
  /** Records without a key are passed over, and in streams of `key` and `value` those without a value (Kafka's own). */
  readonly skips: 'nothing' | 'null-keys' | 'null-keys-and-values';
  /** A group of a table's rows that lost the last of them stays, with sums and counts of 0. */
  readonly emptiedGroupsStay: boolean;
  /** An update is told also where nothing changed by it. */
  readonly tellsUnchanged: boolean;
  /** States of tables tell the bounds of windows in seconds. */
  readonly boundsInSeconds: boolean;
}

const FLINK: Dialect = {
  watermarkExcludesItself: false,
  touchingSessionsMerge: true,
  sessionsExpire: 'at-end',
  sessionEnd: 'exclusive',
  streamTime: false,
  windowsFromZero: false,
  resultTime: 'window',
  integerAverage: true,
  emptyPanes: false,
  firesWhatIsLeft: false,
  skips: 'nothing',
  emptiedGroupsStay: false,
  tellsUnchanged: false,
  boundsInSeconds: false,
};

const BEAM: Dialect = {
  ...FLINK,
  watermarkExcludesItself: true,
  touchingSessionsMerge: false,
  integerAverage: false,
  emptyPanes: true,
  firesWhatIsLeft: true,
};

const KAFKA: Dialect = {
  ...FLINK,
  streamTime: true,
  sessionEnd: 'last-record',
  windowsFromZero: true,
  resultTime: 'newest-record',
  integerAverage: false,
  skips: 'null-keys',
  emptiedGroupsStay: true,
  tellsUnchanged: true,
};

const DIALECTS: Readonly<Record<string, Dialect>> = {
  flink: FLINK,
  beam: BEAM,
  arroyo: { ...BEAM, emptyPanes: false, sessionsExpire: 'beyond' },
  risingwave: { ...BEAM, emptyPanes: false },
  spark: { ...BEAM, touchingSessionsMerge: true, emptyPanes: false, boundsInSeconds: true },
  bytewax: { ...BEAM, touchingSessionsMerge: true, sessionEnd: 'last-record', emptyPanes: false },
  materialize: { ...FLINK, integerAverage: false },
  'kafka-streams': { ...KAFKA, skips: 'null-keys-and-values' },
  kafka: { ...KAFKA, skips: 'null-keys-and-values' },
  ksqldb: KAFKA,
};

const ENGINES = Object.keys(DIALECTS);

/** Engines that are not listed are taken at Flink's word. */
export const dialectOf = (engine: string): Dialect => DIALECTS[engineName(engine)] ?? FLINK;

/** `Apache Flink SQL`, `flink-sql` and `flink` are one. */
export function engineName(engine: string): string {
  const name = engine
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-')
    .replace(/^apache-/, '');
  return Object.hasOwn(DIALECTS, name)
    ? name
    : (ENGINES.find((known) => name.startsWith(`${known}-`)) ?? name);
}
