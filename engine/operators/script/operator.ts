/** Hands batches to the sandbox and rows on; what is per record happens inside. */
import { type Batch, NO_WATERMARK, position } from '../../batch/batch.ts';
import { valueAt } from '../../batch/column.ts';
import { OUTPUT_ROWS, OutputBuilder } from '../../batch/output.ts';
import { problem, WeirError } from '../../contract/problems.ts';
import { durationMs } from '../../contract/settings.ts';
import type { Field } from '../../contract/types.ts';
import { jsonText } from '../../contract/value-text.ts';
import type { Value } from '../../contract/values.ts';
import {
  type DeadLetter,
  type OperatorContext,
  RAW_TEXT_MAX,
  type StatefulOperator,
  type StatefulRuntime,
} from '../../runtime/contracts.ts';
import { KeyTable, type KeyTableData } from '../../state/key-table.ts';
import type { StateData } from '../../state/snapshot.ts';
import { encodeBatch, encodeThen } from './encode.ts';
import { Misfit, readRow, zAnswer } from './read-output.ts';
import { loadQuickJs, quickJsLoaded, Sandbox } from './sandbox.ts';
import type { ScriptConfig } from './spec.ts';

/** The script's heap is walked for its size this often at most, in ms. */
const MEASURE_EVERY_MS = 1000;

interface Saved {
  readonly keys: KeyTableData;
  readonly script: string;
  readonly watermark: number;
  readonly stateRows: number;
}

class ScriptOperator implements StatefulOperator {
  readonly nextTimer = Infinity;
  readonly openWindows = 0;
  readonly late = 0;
  readonly #context: OperatorContext<ScriptConfig>;
  readonly #keyColumns: readonly number[];
  readonly #keys: KeyTable;
  readonly #out: OutputBuilder;
  /** What the sandbox begins with: a checkpoint is read before the sandbox can be made. */
  #saved: string | null = null;
  #sandbox: Sandbox | null = null;
  #watermark = NO_WATERMARK;
  #measured = { at: -Infinity, bytes: 0 };
  #used = true;
  stateRows = 0;

  constructor(context: OperatorContext<ScriptConfig>) {
    const { config, input } = context;
    this.#context = context;
    this.#keyColumns = indexesOf(config, input.fields);
    this.#keys = new KeyTable(this.#keyColumns.map((at) => (input.fields[at] as Field).type));
    this.#out = new OutputBuilder(context.output.fields, false);
    context.signal.addEventListener('abort', () => this.#sandbox?.dispose(), { once: true });
  }

  /** Loads the interpreter, and runs the script's own statements: what is wrong with it is told before the run. */
  async open(): Promise<void> {
    await loadQuickJs();
    this.#script();
  }

  #script(): Sandbox {
    if (this.#sandbox !== null) return this.#sandbox;
    if (!quickJsLoaded()) throw new Error('a script has to be opened');
    const { config, nodeId, output } = this.#context;
    const sandbox = new Sandbox({
      nodeId,
      code: config.code,
      fields: output.fields.map((f) => f.name),
      keys: config.keys,
      timeoutMs: durationMs(config.timeout),
      bytesMax: config.megabytesMax * 2 ** 20,
      log: (level, text) => this.#context.log(level, text),
    });
    if (this.#saved !== null) sandbox.call('load', this.#saved);
    this.#saved = null;
    this.#sandbox = sandbox;
    return sandbox;
  }

  get stateBytes(): number {
    const now = performance.now();
    if (this.#used && now - this.#measured.at >= MEASURE_EVERY_MS) {
      this.#used = false;
      this.#measured = { at: now, bytes: this.#sandbox?.bytes ?? 0 };
    }
    return this.#measured.bytes + this.#keys.bytes;
  }

  process(batch: Batch): void {
    const columns = this.#keyColumns.flatMap((at) => batch.columns[at] ?? []);
    const keys = columns.length === 0 ? null : this.#keys.resolve(columns, batch);
    this.#run(encodeBatch(batch, this.#context.input.fields, keys), batch);
    const last = batch.count === 0 ? NO_WATERMARK : batch.watermarks?.[position(batch, batch.count - 1)];
    this.#watermark = Math.max(this.#watermark, last ?? NO_WATERMARK);
  }

  watermark(time: number): void {
    if (time <= this.#watermark) return;
    this.#watermark = time;
    this.#run(encodeThen(time), null);
  }

  #run(text: string, batch: Batch | null): void {
    this.#used = true;
    const answer = zAnswer.safeParse(parse(this.#script().call('run', text)));
    if (!answer.success) throw this.#broken();
    const { rows, errors, states } = answer.data;
    this.stateRows = states;
    const letters = errors.map(([row, message, line]) =>
      this.#letter(batch, row, `${message}${line > 0 ? ` (line ${line})` : ''}`),
    );
    for (let at = 0; at < rows.length; ) at = this.#take(rows, at, batch, letters);
    this.#send();
    if (letters.length > 0) this.#context.reject(letters);
  }

  /** All rows of one record, or none: from `at` on. Returns where the next record's begin. */
  #take(
    rows: readonly (readonly unknown[])[],
    at: number,
    batch: Batch | null,
    letters: DeadLetter[],
  ): number {
    const from = rows[at]?.[0];
    let end = at + 1;
    if (from !== -1) while (end < rows.length && rows[end]?.[0] === from) end++;
    const known =
      batch !== null && Number.isInteger(from) && (from as number) >= 0 && (from as number) < batch.count;
    if (from !== -1 && !known) throw this.#broken();
    const read: Value[][] = [];
    try {
      for (let r = at; r < end; r++) read.push(readRow(rows[r]?.[1], this.#context.output.fields));
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      letters.push(this.#letter(batch, from as number, error.message, error.field));
      return end;
    }
    const row = known ? position(batch, from as number) : -1;
    read.forEach((values, i) => {
      const [, , timerTime, timerMark] = rows[at + i] ?? [];
      const time = known ? (batch.times?.[row] ?? Number.NaN) : Number(timerTime);
      const mark = known ? (batch.watermarks?.[row] ?? NO_WATERMARK) : Number(timerMark ?? NO_WATERMARK);
      for (let c = 0; c < values.length; c++) this.#out.columns[c]?.push(values[c] ?? null);
      this.#out.endRow(time, mark);
      if (this.#out.length >= OUTPUT_ROWS) this.#send();
    });
    return end;
  }

  #send(): void {
    if (this.#out.length > 0) this.#context.emit('out', this.#out.take(this.#context.clock.now()));
  }

  #letter(batch: Batch | null, row: number, message: string, field?: string): DeadLetter {
    const { fields } = this.#context.input;
    const at = batch === null || row < 0 || row >= batch.count ? -1 : position(batch, row);
    const cells = fields.map((f, c) => {
      const column = batch?.columns[c];
      return `${JSON.stringify(f.name)}:${column === undefined ? 'null' : jsonText(valueAt(column, f.type, at), f.type)}`;
    });
    return {
      problem: problem('R-RECORD', {
        path: field === undefined ? [] : [field],
        message: at < 0 ? `onTimer: ${message}` : message,
        next: 'Look at the record, and make the script hold for it.',
      }),
      raw: at < 0 ? '' : `{${cells.join(',')}}`.slice(0, RAW_TEXT_MAX),
    };
  }

  #broken(): WeirError {
    return new WeirError(
      problem('R-SCRIPT', {
        path: ['nodes', this.#context.nodeId, 'config', 'code'],
        message: 'The script changed what it runs in, so that its answer cannot be read.',
        expected: 'built-in objects as they are',
        next: 'Leave Array, Object, Map, Set and String and their prototypes alone.',
      }),
    );
  }

  clock(): void {}

  /** The sandbox stays until the run is over: the last checkpoint comes after the end of the input. */
  end(): void {}

  snapshot(): StateData {
    return {
      keys: this.#keys.snapshot() as unknown as StateData,
      script: this.#script().call('save', ''),
      watermark: this.#watermark,
      stateRows: this.stateRows,
    };
  }

  restore(data: StateData): void {
    const { keys, script, watermark, stateRows } = data as unknown as Saved;
    this.#keys.restore(keys);
    this.#watermark = watermark;
    this.stateRows = stateRows;
    this.#saved = script;
  }
}

function indexesOf(config: ScriptConfig, fields: readonly Field[]): number[] {
  return config.keys.map((name) => fields.findIndex((f) => f.name === name));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

export const scriptRuntime: StatefulRuntime<ScriptConfig> = {
  kind: 'stateful',
  needs: (_config, inputs) => inputs.map(() => []),
  partitionBy: (config, inputs) =>
    config.keys.length === 0 ? null : inputs.map((input) => indexesOf(config, input.fields)),
  create: (context) => new ScriptOperator(context),
};
