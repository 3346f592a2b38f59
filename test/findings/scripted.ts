/** Runs a document whose sources follow a script, on a clock of their own, and looks at it while it still goes on. */
import type { Batch } from '../../engine/batch/batch.ts';
import { BatchBuilder } from '../../engine/batch/builder.ts';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { parseDocument } from '../../engine/contract/parse.ts';
import { problem } from '../../engine/contract/problems.ts';
import { snapshotLength } from '../../engine/contract/telemetry.ts';
import { type JsonField, jsonRow } from '../../engine/expressions/json-value.ts';
import type { Finding } from '../../engine/findings/finding.ts';
import { findingsOf } from '../../engine/findings/findings.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { SystemClock, VirtualClock } from '../../engine/runtime/clock.ts';
import type { DeadLetter, Sink, Source, SourceContext } from '../../engine/runtime/contracts.ts';
import { GraphRun } from '../../engine/runtime/graph-run.ts';
import { RUNTIMES } from '../../engine/runtimes.ts';
import { Rates } from '../../engine/telemetry/figures.ts';

/** At `at` ms after the start, rows of a partition; `bad`: text that is no record. */
export type Step = {
  readonly at: number;
  readonly partition?: string;
  readonly rows?: readonly object[];
  readonly bad?: readonly string[];
};

export interface Script {
  readonly document: object;
  readonly sources: Readonly<Record<string, readonly Step[]>>;
  /** When it is looked at, ms after the start. */
  readonly look: number;
  /** Of the clock at the start. */
  readonly now?: number;
  /** Sources end after their last step. */
  readonly ends?: boolean;
  /** Sinks that take nothing. */
  readonly stuck?: boolean;
  readonly checkpoints?: boolean;
}

type Config = Readonly<Record<string, unknown>>;
const START = Date.UTC(2024, 4, 1, 12);

export async function lookAt(script: Script): Promise<Finding[]> {
  const parsed = parseDocument(JSON.stringify(script.document));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const graph = checkGraph(parsed.value as GraphDocument);
  const fault = graph.problems.find((p) => p.severity === 'error');
  if (fault !== undefined) throw new Error(`${fault.path.join('.')}: ${fault.message}`);
  // How long a sink holds others up is measured by the machine's clock.
  const clock = script.stuck === true ? new SystemClock() : new VirtualClock(script.now ?? START);
  const start = clock.now();
  const create = (context: SourceContext<Config>): Source =>
    new ScriptedSource(context, script.sources[context.nodeId] ?? [], start, script.ends === true);
  const sources = Object.fromEntries(Object.keys(RUNTIMES.sources).map((type) => [type, { create }]));
  const sinks =
    script.stuck === true ? { ...RUNTIMES.sinks, nothing: { create: stuckSink } } : RUNTIMES.sinks;
  const run = new GraphRun(graph, {
    runtimes: { ...RUNTIMES, sources, sinks },
    clock,
    seed: 1,
    baseDir: '.',
    batchRows: 1024,
    log: () => {},
  });
  await run.open();
  const { layout } = run;
  const rates = new Rates(layout);
  const ended = run.run();
  const read = (at: number): Float64Array => {
    run.refresh();
    const figures = new Float64Array(snapshotLength(layout));
    run.writeFigures(figures);
    return rates.fill(figures, at);
  };
  read(0);
  while (clock.now() < start + script.look) {
    await new Promise((resolve) => setImmediate(resolve));
    run.refresh();
  }
  const figures = read(script.look);
  const found = findingsOf({
    graph,
    layout,
    figures,
    evidence: run.evidence(),
    checkpoints: script.checkpoints === true,
  });
  run.stop();
  release();
  await ended;
  return found;
}

let release = (): void => {};
function stuckSink(): Sink {
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    open: async () => {},
    write: () => gate,
    finish: () => {},
    close: () => {},
    committed: 0,
  };
}

class ScriptedSource implements Source {
  readonly partitions: readonly string[];
  readonly #context: SourceContext<Config>;
  readonly #steps: Step[];
  readonly #start: number;
  readonly #ends: boolean;
  readonly #builder: BatchBuilder;

  constructor(context: SourceContext<Config>, steps: readonly Step[], start: number, ends: boolean) {
    this.#context = context;
    this.#steps = [...steps];
    this.#start = start;
    this.#ends = ends;
    this.#builder = new BatchBuilder(context.fields);
    this.partitions = [...new Set(['0', ...steps.map((step) => step.partition ?? '0')])];
  }
  async open(): Promise<void> {}
  get ended(): boolean {
    return this.#ends && this.#steps.length === 0;
  }
  poll(): ReturnType<Source['poll']> {
    const now = this.#context.clock.now() - this.#start;
    if ((this.#steps[0]?.at ?? Infinity) > now) return null;
    const { rows = [], bad = [], partition = '0' } = this.#steps.shift() as Step;
    return {
      batch: rows.length === 0 ? null : this.#batch(rows),
      partitions: new Int32Array(rows.length).fill(this.partitions.indexOf(partition)),
      deadLetters: bad.map(
        (raw): DeadLetter => ({
          problem: problem('R-DECODE', { path: [], message: 'It is not JSON.' }),
          raw,
        }),
      ),
    };
  }
  #batch(rows: readonly object[]): Batch {
    const fields: JsonField[] = this.#context.fields.map((f) => ({ ...f, path: [f.name] }));
    for (const row of rows) {
      const values = jsonRow(row as Record<string, unknown>, fields);
      if (!Array.isArray(values)) throw new Error(`${values.field}: ${values.value}`);
      this.#builder.push(values);
    }
    return this.#builder.take(this.#context.clock.now());
  }
  async whenReady(): Promise<void> {
    const next = this.#steps[0];
    if (next === undefined) {
      if (this.#ends) return;
      await new Promise<void>((resolve) =>
        this.#context.signal.addEventListener('abort', () => resolve(), { once: true }),
      );
      return;
    }
    await new Promise<void>((resolve) => this.#context.clock.at(this.#start + next.at, resolve));
  }
  position() {
    return {};
  }
  lag() {
    return { records: Number.NaN, ms: Number.NaN };
  }
  async close(): Promise<void> {}
}
