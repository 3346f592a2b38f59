/** Session windows of records: they wait in their session, which grows and merges, until the watermark has passed its end. */
import { type Batch, NO_WATERMARK, position, select } from '../../batch/batch.ts';
import { OUTPUT_ROWS, OutputBuilder } from '../../batch/output.ts';
import { durationMs } from '../../contract/settings.ts';
import { isComplete, isLate, maxTimestamp, sessionsMerge, type Window } from '../../progress/windows.ts';
import type { OperatorContext, StatefulOperator } from '../../runtime/contracts.ts';
import { KeyTable, type KeyTableData } from '../../state/key-table.ts';
import { RowStore, type RowStoreData } from '../../state/row-store.ts';
import type { StateData } from '../../state/snapshot.ts';
import { Timers, type TimersData } from '../../state/timers.ts';
import type { AssignWindowsConfig } from './spec.ts';

/** Ids of its rows, as they came. */
interface Session {
  start: number;
  end: number;
  readonly rows: number[];
}

interface SessionsData {
  readonly keys: KeyTableData;
  readonly rows: RowStoreData;
  readonly open: readonly (readonly Session[])[];
  readonly due: readonly number[];
  readonly timers: TimersData;
  readonly watermark: number;
}

/** Keys that are gone before the key table is rebuilt. */
const COMPACT_AT = 65_536;
const SESSION_BYTES = 96;

export class AssignSessions implements StatefulOperator {
  readonly #context: OperatorContext<AssignWindowsConfig>;
  readonly #gap: number;
  readonly #width: number;
  readonly #keyColumns: readonly number[];
  readonly #keys: KeyTable;
  readonly #rows: RowStore;
  /** By key: its open sessions. Mostly one. */
  #open: Session[][] = [];
  /** By key: when its first session may be complete, which has a timer; Infinity: it has none. */
  #due: number[] = [];
  #timers = new Timers();
  readonly #out: OutputBuilder;
  #watermark = NO_WATERMARK;
  #live = 0;
  readonly nextTimer = Infinity;
  openWindows = 0;
  late = 0;

  constructor(
    context: OperatorContext<AssignWindowsConfig>,
    window: { readonly gap: string; readonly keys: readonly string[] },
  ) {
    const { fields } = context.input;
    this.#context = context;
    this.#gap = durationMs(window.gap);
    this.#width = fields.length;
    this.#keyColumns = window.keys.map((name) => fields.findIndex((f) => f.name === name));
    this.#keys = new KeyTable(this.#keyColumns.flatMap((c) => fields[c]?.type ?? []));
    this.#rows = new RowStore(fields);
    this.#out = new OutputBuilder(context.output.fields, false);
  }

  get stateRows(): number {
    return this.#rows.size;
  }
  get stateBytes(): number {
    return (
      this.#keys.bytes +
      this.#rows.bytes +
      this.#rows.size * 8 +
      this.openWindows * SESSION_BYTES +
      this.#open.length * 16 +
      this.#timers.bytes
    );
  }

  process(batch: Batch): void {
    const { times, watermarks } = batch;
    if (times === null) throw new Error('sessions over rows without event time');
    const keys = this.#keys.resolve(
      this.#keyColumns.flatMap((c) => batch.columns[c] ?? []),
      batch,
    );
    let late: Int32Array | null = null;
    let lateCount = 0;
    for (let k = 0; k < batch.count; k++) {
      const i = position(batch, k);
      const mark = watermarks === null ? NO_WATERMARK : (watermarks[i] as number);
      if (mark > this.#watermark) this.#advance(mark);
      if (this.#take(batch, i, keys[i] as number, times[i] as number)) continue;
      late ??= new Int32Array(batch.count);
      late[lateCount++] = i;
    }
    if (late !== null) {
      this.late += lateCount;
      this.#context.emit('late', select(batch, late, lateCount));
    }
    this.#send();
    if (this.#keys.size > 2 * this.#live + COMPACT_AT) this.#compact();
  }

  /** Puts a row into its session; false: that is over. */
  #take(batch: Batch, row: number, key: number, time: number): boolean {
    while (this.#open.length <= key) {
      this.#open.push([]);
      this.#due.push(Infinity);
    }
    const sessions = this.#open[key] as Session[];
    let into: Session | null = null;
    let several = false;
    let end = time + this.#gap;
    for (let n = 0; n < sessions.length; n++) {
      const session = sessions[n] as Session;
      // Touching is enough: `sessionsMerge`.
      if (time > session.end || time + this.#gap < session.start) continue;
      if (into === null) into = session;
      else several = true;
      if (session.end > end) end = session.end;
    }
    // Judged by the session that it would be in, as Flink's WindowOperator does.
    if (isLate(end, 0, this.#watermark)) return false;
    if (several) this.#merge(sessions, into as Session, { start: time, end: time + this.#gap });
    const id = this.#rows.add(batch, row);
    if (into === null) {
      if (sessions.length === 0) this.#live++;
      sessions.push({ start: time, end, rows: [id] });
      this.openWindows++;
    } else {
      into.start = Math.min(into.start, time);
      into.end = end;
      into.rows.push(id);
    }
    if (maxTimestamp(end) < (this.#due[key] as number)) this.#wake(key, maxTimestamp(end));
    return true;
  }

  /** Brings all sessions that a record joins into the first of them. */
  #merge(sessions: Session[], into: Session, record: Window): void {
    for (const other of sessions.filter((s) => s !== into && sessionsMerge(s, record))) {
      into.start = Math.min(into.start, other.start);
      for (const id of other.rows) into.rows.push(id);
      sessions.splice(sessions.indexOf(other), 1);
      this.openWindows--;
    }
  }

  #wake(key: number, time: number): void {
    this.#due[key] = time;
    this.#timers.add(time, key);
  }

  watermark(time: number): void {
    if (time > this.#watermark) this.#advance(time);
    this.#send();
  }

  #advance(watermark: number): void {
    for (let key = this.#timers.takeDue(watermark); key >= 0; key = this.#timers.takeDue(watermark)) {
      // A timer that another before it has overtaken.
      if ((this.#due[key] as number) > watermark) continue;
      const sessions = this.#open[key] as Session[];
      const complete = sessions.filter((s) => isComplete(s.end, watermark));
      for (const session of complete.sort((a, b) => a.start - b.start)) {
        this.#emit(session);
        sessions.splice(sessions.indexOf(session), 1);
      }
      if (sessions.length === 0) this.#live--;
      this.#wakeAtFirst(key, sessions);
    }
    this.#watermark = watermark;
  }

  /** Sessions grow without a new timer: it is set again when the old one is due. */
  #wakeAtFirst(key: number, sessions: readonly Session[]): void {
    const first = sessions.reduce((least, s) => Math.min(least, s.end), Infinity);
    if (sessions.length > 0) this.#wake(key, maxTimestamp(first));
    else this.#due[key] = Infinity;
  }

  #emit({ start, end, rows }: Session): void {
    const { columns } = this.#out;
    for (const id of rows) {
      for (let c = 0; c < this.#width; c++) {
        const builder = columns[c];
        if (builder !== undefined) this.#rows.emit(id, c, builder);
      }
      columns[this.#width]?.pushNumber(start);
      columns[this.#width + 1]?.pushNumber(end);
      columns[this.#width + 2]?.pushNumber(maxTimestamp(end));
      this.#out.endRow(maxTimestamp(end), this.#watermark);
      this.#rows.remove(id);
      if (this.#out.length >= OUTPUT_ROWS) this.#send();
    }
    this.openWindows--;
  }

  #send(): void {
    if (this.#out.length > 0) this.#context.emit('out', this.#out.take(this.#context.clock.now()));
  }

  #compact(): void {
    const live: number[] = [];
    this.#open.forEach((sessions, key) => {
      if (sessions.length > 0) live.push(key);
    });
    this.#keys.compact(Int32Array.from(live));
    this.#open = live.map((key) => this.#open[key] ?? []);
    this.#due = live.map(() => Infinity);
    this.#timers = new Timers();
    this.#open.forEach((sessions, key) => {
      this.#wakeAtFirst(key, sessions);
    });
  }

  clock(): void {}

  end(): void {
    this.watermark(Infinity);
  }

  snapshot(): StateData {
    const data: SessionsData = {
      keys: this.#keys.snapshot(),
      rows: this.#rows.snapshot(),
      open: this.#open.map((sessions) => sessions.map((s) => ({ ...s, rows: s.rows.slice() }))),
      due: this.#due.slice(),
      timers: this.#timers.snapshot(),
      watermark: this.#watermark,
    };
    return data as unknown as StateData;
  }

  restore(state: StateData): void {
    const data = state as unknown as SessionsData;
    this.#keys.restore(data.keys);
    this.#rows.restore(data.rows);
    this.#open = data.open.map((sessions) => sessions.map((s) => ({ ...s, rows: s.rows.slice() })));
    this.#due = data.due.slice();
    this.#timers.restore(data.timers);
    this.#watermark = data.watermark;
    this.openWindows = this.#open.reduce((sum, sessions) => sum + sessions.length, 0);
    this.#live = this.#open.filter((sessions) => sessions.length > 0).length;
  }
}
