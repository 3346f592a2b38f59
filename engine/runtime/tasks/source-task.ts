/** A source at work: polls it, gives its rows event time and watermark, sends what is bad to the errors port. */
import { type Batch, END_WATERMARK, NO_WATERMARK } from '../../batch/batch.ts';
import { valueAt } from '../../batch/column.ts';
import type { BoundedBatch } from '../../batch/time-bounds.ts';
import { problem } from '../../contract/problems.ts';
import { durationMs, type TimeSettings } from '../../contract/settings.ts';
import type { Field } from '../../contract/types.ts';
import { PartitionIdleness } from '../../progress/idleness.ts';
import { type PartitionsData, PartitionWatermarks } from '../../progress/partitions.ts';
import { watermarkDelay } from '../../progress/watermarks.ts';
import type { NodeStats, PartitionStats } from '../../telemetry/stats.ts';
import type { Clock } from '../clock.ts';
import type { Source, SourceOutput, SourcePosition } from '../contracts.ts';
import type { DeadLetters } from '../dead-letters.ts';
import type { Gate } from '../parallel/part.ts';
import type { OutPort } from '../port.ts';
import { type HeldBatch, HeldRows, type Stall } from './held-rows.ts';

/** Event times that a calendar and our arithmetic can hold: years −271821 to 275760, less a year for windows. */
export const TIME_MAX_MS = 8.64e15 - 366 * 86_400_000;

export interface SourceTaskParts {
  readonly source: Source;
  readonly fields: readonly Field[];
  readonly time: TimeSettings | null;
  readonly stats: NodeStats;
  readonly out: OutPort;
  readonly errors: OutPort | null;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  /** Whether a column with the time of the poll is added after the source's own: the last of `fields`. */
  readonly stampArrival: boolean;
  /** Whether someone below judges rows by the watermark in force before them. */
  readonly stampRows: boolean;
  /** Sinks and ways to other workers that its records can reach: when one is full, the source waits. */
  readonly sinks: readonly Gate[];
  /** Injected: partitions that give nothing for a while. */
  readonly stalls?: readonly Stall[];
  /** Injected: makes records bad. `record` is the number of the first, from 0. */
  readonly spoil?: ((output: SourceOutput, record: number) => SourceOutput) | null;
}

export interface SourceData {
  readonly position: SourcePosition;
  readonly partitions: readonly { readonly name: string; readonly records: number }[];
  readonly watermarks: PartitionsData | null;
  readonly recordsRead: number;
  readonly newestTime: number;
  /** It had ended: nothing comes of it any more. */
  readonly done: boolean;
  /** Polled, and not given yet. */
  readonly held?: readonly HeldBatch[];
}

/** Told of rows that were polled. */
export interface SourceTap {
  /** Nobody has them yet; `snapshot` is already behind them. */
  before(rows: Batch | null): void;
  /** Everyone has them. Not called where that failed. */
  after?(): void;
}

export class SourceTask {
  readonly parts: SourceTaskParts;
  partitions: PartitionStats[] = [];
  done = false;
  recordsRead = 0;
  /** The newest event time so far, ms. */
  newestTime = -Infinity;
  oldestTime = Infinity;
  /** The widest step of the newest time at once, after the first batch. */
  jump: { readonly from: number; readonly to: number } | null = null;
  readonly taps: SourceTap[] = [];
  /** By partition, its records when figures were last read. */
  #counted: number[] = [];
  #watermarks: PartitionWatermarks | null = null;
  /** Written anew for every batch: nobody reads watermarks after the batch was passed on. */
  #watermarkColumn = new Float64Array(1024);
  #idleness: PartitionIdleness | null = null;
  #idle = false;
  #openPartitions = 0;
  #held = new HeldRows([], []);
  /** Partitions that gave their last row, which is still kept back. */
  #endedLater: readonly number[] = [];
  readonly #timeColumn: number;

  constructor(parts: SourceTaskParts) {
    this.parts = parts;
    this.#timeColumn = parts.time === null ? -1 : parts.fields.findIndex((f) => f.name === parts.time?.field);
  }

  /** After the source was opened: its partitions are known now. */
  start(): void {
    const { source, time, stats } = this.parts;
    stats.state = 'running';
    this.partitions = source.partitions.map((name) => this.#statsOf(name));
    this.#counted = this.partitions.map(() => 0);
    this.#openPartitions = this.partitions.length;
    this.#held = new HeldRows(source.partitions, this.parts.stalls ?? []);
    if (time === null || time.watermark.kind === 'none') return;
    const { watermark } = time;
    const strategy =
      watermark.kind === 'bounded'
        ? ({ kind: watermark.kind, delayMs: durationMs(watermark.delay) } as const)
        : watermark;
    this.#watermarks = new PartitionWatermarks(Math.max(1, this.partitions.length), watermarkDelay(strategy));
    if (time.idleTimeout !== undefined) this.#idleness = new PartitionIdleness(durationMs(time.idleTimeout));
  }

  #statsOf(name: string): PartitionStats {
    return {
      node: this.parts.stats.node,
      name,
      records: 0,
      watermark: NO_WATERMARK,
      idle: false,
      lagRecords: Number.NaN,
      lagMs: Number.NaN,
      lastRecordAt: Number.NaN,
    };
  }

  /** Takes up partitions that the source has found since: from here on they hold its watermark where it is. */
  #grow(): void {
    const { partitions } = this.parts.source;
    while (this.partitions.length < partitions.length) {
      const at = this.partitions.length;
      this.partitions.push(this.#statsOf(partitions[at] ?? ''));
      this.#counted.push(0);
      this.#openPartitions++;
      // A source that began without any has the watermark of the first already.
      if (at > 0) this.#watermarks?.add();
    }
  }

  /** After the rows that were passed on so far. */
  snapshot(): SourceData {
    return {
      position: this.parts.source.position(),
      partitions: this.partitions.map(({ name, records }) => ({ name, records })),
      watermarks: this.#watermarks?.snapshot() ?? null,
      recordsRead: this.recordsRead,
      newestTime: this.newestTime,
      done: this.done,
      ...(this.#held.isEmpty ? {} : { held: this.#held.snapshot() }),
    };
  }

  /** After `start`; the source was opened at the position of `data`. */
  restore(data: SourceData): void {
    const from = this.partitions.map(({ name }) => data.partitions.findIndex((p) => p.name === name));
    this.partitions.forEach((partition, at) => {
      partition.records = data.partitions[from[at] ?? -1]?.records ?? 0;
      this.#counted[at] = partition.records;
    });
    if (data.watermarks !== null) {
      this.#watermarks?.restore(data.watermarks, from);
      this.#openPartitions -= data.watermarks.status.filter((status) => status === 2).length;
    }
    this.recordsRead = data.recordsRead;
    this.newestTime = data.newestTime;
    this.done = data.done;
    this.#held.restore(data.held ?? [], from);
  }

  /**
   * After a restore: those below may have known it as idle, which it is not before its timeout has passed again.
   * @param all into another graph: those below may be new, and know nothing of it
   */
  announce(all: boolean): void {
    const { stats, out, errors } = this.parts;
    out.idle(false);
    if (!all) return;
    if (stats.watermark > NO_WATERMARK) out.watermark(stats.watermark);
    if (!this.done) return;
    stats.state = 'finished';
    out.end();
    errors?.end();
  }

  /** Whether it has to wait for the end of a stall, whatever its source has. */
  get stalled(): boolean {
    return this.#held.blocks || (this.parts.source.ended && !this.#held.isEmpty);
  }

  get blocked(): boolean {
    return this.parts.sinks.some((sink) => sink.full);
  }

  /** Polls once and passes on what came. False: there was nothing. */
  step(maxRows: number): boolean {
    const { source, deadLetters, clock } = this.parts;
    const output = this.#held.release() ?? this.#poll(maxRows);
    if (output === null) {
      if (source.ended && this.#held.isEmpty) this.#end();
      return false;
    }
    const now = clock.now();
    const rows = output.batch?.count ?? 0;
    if (output.batch !== null) this.#count(output.batch, output.partitions);
    for (const tap of this.taps) tap.before(output.batch);
    if (output.deadLetters.length > 0) deadLetters.send(output.deadLetters, now);
    if (output.batch !== null && rows > 0) this.#pass(this.#stamped(output.batch, now), output, now);
    for (const tap of this.taps) tap.after?.();
    return true;
  }

  #poll(maxRows: number): SourceOutput | null {
    const { source, spoil = null, stats } = this.parts;
    if (this.#held.blocks) return null;
    const output = source.poll(maxRows);
    if (source.partitions.length > this.partitions.length) this.#grow();
    this.#removeEnded();
    if (output === null) return null;
    const before = this.recordsRead;
    const records = (output.batch?.count ?? 0) + output.deadLetters.length;
    this.recordsRead += records;
    stats.recordsIn += records;
    return this.#held.keep(spoil === null ? output : spoil(output, before));
  }

  #stamped(batch: Batch, now: number): Batch {
    if (!this.parts.stampArrival) return batch;
    const values = new Float64Array(batch.length).fill(now);
    return { ...batch, columns: [...batch.columns, { kind: 'number', values, validity: null }] };
  }

  #pass(raw: Batch, output: SourceOutput, now: number): void {
    const { out, stats } = this.parts;
    if (this.#timeColumn < 0) {
      stats.recordsOut += raw.count;
      out.batch(raw);
      return;
    }
    const marks = this.#watermarks;
    const stampAll = this.parts.stampRows && output.partitions === null ? marks : null;
    const timed = this.#withTimes(raw, now, stampAll);
    if (marks === null) {
      stats.recordsOut += timed.count;
      out.batch(timed);
      return;
    }
    this.#setIdle(false);
    if (!this.parts.stampRows && output.partitions === null && timed.selection === null) {
      stats.recordsOut += timed.count;
      out.batch(timed);
      marks.advance(0, this.newestTime);
      this.#advance(marks.merged);
      return;
    }
    stats.recordsOut += timed.count;
    if (timed.watermarks !== null) out.batch(timed);
    else {
      const watermarks = this.#markColumn(timed.length);
      marks.stamp(timed.times ?? new Float64Array(0), output.partitions, timed.length, watermarks);
      out.batch({ ...timed, watermarks });
    }
    this.#advance(marks.merged);
  }

  #markColumn(length: number): Float64Array {
    if (this.#watermarkColumn.length < length) this.#watermarkColumn = new Float64Array(length);
    return this.#watermarkColumn;
  }

  #count(batch: Batch, partitions: Int32Array | null): void {
    if (partitions === null) {
      const [only] = this.partitions;
      if (only !== undefined) only.records += batch.count;
      return;
    }
    for (let i = 0; i < batch.length; i++) {
      const partition = this.partitions[partitions[i] ?? 0];
      if (partition !== undefined) partition.records++;
    }
  }

  /**
   * Event times from the time column. Rows without a usable one go to the errors port.
   * @param stampBy stamps all rows in the same pass where it can: the batch then has watermarks
   */
  #withTimes(batch: Batch, now: number, stampBy: PartitionWatermarks | null): BoundedBatch {
    const column = batch.columns[this.#timeColumn];
    if (column === undefined || !(column.values instanceof Float64Array))
      throw new Error('no event-time column');
    const { values, validity } = column;
    const { length } = batch;
    if (validity?.includes(0) ?? false) return this.#withoutUntimed(batch, values, validity, now);
    const watermarks = stampBy === null ? null : this.#markColumn(length);
    const stamped =
      watermarks === null ? null : (stampBy?.stampBounded(values, length, TIME_MAX_MS, watermarks) ?? null);
    const bounds = stamped ?? usableBounds(values, length);
    if (bounds === null) return this.#withoutUntimed(batch, values, validity, now);
    this.#sawTimes(bounds.oldest, bounds.newest);
    return {
      ...batch,
      times: values,
      watermarks: stamped === null ? null : watermarks,
      timeBounds: { times: values, oldest: bounds.oldest, newest: bounds.newest },
    };
  }

  #withoutUntimed(batch: Batch, values: Float64Array, validity: Uint8Array | null, now: number): Batch {
    const { fields, deadLetters, time } = this.parts;
    const times = new Float64Array(batch.length);
    const selection = new Int32Array(batch.count);
    let kept = 0;
    let oldest = Infinity;
    let newest = -Infinity;
    const letters = [];
    for (let i = 0; i < batch.length; i++) {
      const value = validity !== null && validity[i] === 0 ? Number.NaN : (values[i] ?? Number.NaN);
      const good = Math.abs(value) <= TIME_MAX_MS;
      times[i] = good ? value : Number.NaN;
      if (good) {
        selection[kept++] = i;
        if (value > newest) newest = value;
        if (value < oldest) oldest = value;
        continue;
      }
      const row = Object.fromEntries(
        fields.map((f, c) => {
          const column = batch.columns[c];
          return [f.name, column === undefined ? null : valueAt(column, f.type, i)];
        }),
      );
      letters.push({
        problem: problem('R-TIME', {
          path: [time?.field ?? ''],
          message: Number.isNaN(value)
            ? 'The record has no event time.'
            : 'The event time is outside the calendar.',
          expected: 'a time within the years −270000 to 270000',
        }),
        raw: JSON.stringify(row),
      });
    }
    if (kept > 0) this.#sawTimes(oldest, newest);
    deadLetters.send(letters, now);
    return { ...batch, times, selection, count: kept };
  }

  /** Of one batch. */
  #sawTimes(oldest: number, newest: number): void {
    if (oldest < this.oldestTime) this.oldestTime = oldest;
    if (newest <= this.newestTime) return;
    const width = this.jump === null ? 0 : this.jump.to - this.jump.from;
    if (newest - this.newestTime > width && this.newestTime > -Infinity)
      this.jump = { from: this.newestTime, to: newest };
    this.newestTime = newest;
  }

  /** A partition that is over must not hold the others back. The last one is left: the end of the source tells all. */
  #removeEnded(): void {
    const marks = this.#watermarks;
    const told = [...this.#endedLater, ...(this.parts.source.endedPartitions?.() ?? [])];
    this.#endedLater = told.filter((at) => this.#held.has(at));
    const ended = told.filter((at) => !this.#held.has(at));
    if (marks === null || ended.length === 0) return;
    for (const at of ended) if (this.#openPartitions-- > 1) marks.remove(at);
    this.#advance(marks.merged);
  }

  #advance(time: number): void {
    const { stats, out } = this.parts;
    if (time <= stats.watermark) return;
    stats.watermark = time;
    out.watermark(time);
  }

  #setIdle(idle: boolean): void {
    if (idle === this.#idle) return;
    this.#idle = idle;
    this.parts.out.idle(idle);
  }

  /** Marks partitions idle that gave nothing for their timeout. While the source must wait, that is not their fault. */
  checkIdle(now: number): void {
    const marks = this.#watermarks;
    if (marks === null || this.#idleness === null || this.done) return;
    this.#idleness.check(now, marks, this.blocked);
    this.#advance(marks.merged);
    this.#setIdle(marks.allIdle);
  }

  /** The pause is over: silence during it does not count. */
  touch(now: number): void {
    if (this.#watermarks !== null) this.#idleness?.check(now, this.#watermarks, true);
  }

  #end(): void {
    if (this.done) return;
    this.done = true;
    const { stats, out, errors } = this.parts;
    this.#setIdle(false);
    stats.state = 'finished';
    if (this.parts.time?.atEnd !== 'hold') {
      stats.watermark = END_WATERMARK;
      out.watermark(END_WATERMARK);
    }
    out.end();
    errors?.end();
  }

  refresh(): void {
    const { source, stats } = this.parts;
    const lag = this.done ? { records: 0, ms: 0 } : source.lag();
    stats.lagRecords = lag.records;
    stats.lagMs = lag.ms;
    this.partitions.forEach((partition, at) => {
      const own = source.partitionLag?.(at);
      partition.lagRecords = own?.records ?? Number.NaN;
      partition.lagMs = own?.ms ?? Number.NaN;
      partition.watermark = this.#watermarks?.of(at) ?? NO_WATERMARK;
      partition.idle = this.#watermarks?.isIdle(at) ?? false;
      if (partition.records === this.#counted[at]) return;
      partition.lastRecordAt = this.parts.clock.now();
      this.#counted[at] = partition.records;
    });
  }
}

/** The oldest and newest of the first `length` times; null where one is NaN or outside the calendar. */
function usableBounds(
  times: Float64Array,
  length: number,
): { readonly oldest: number; readonly newest: number } | null {
  let newest = -Infinity;
  let oldest = Infinity;
  let usable = true;
  for (let i = 0; i < length; i++) {
    const time = times[i] as number;
    if (time > newest) newest = time;
    if (time >= oldest) continue;
    if (time < oldest) oldest = time;
    else usable = false; // NaN compares with nothing.
  }
  return usable && oldest >= -TIME_MAX_MS && newest <= TIME_MAX_MS ? { oldest, newest } : null;
}
