/** One run on one thread: opens, loops, ends. Works in slices of a few ms and yields, so that commands and I/O get through. */
import { graphHash } from '../checkpoints/graph-hash.ts';
import type { Checkpoint } from '../checkpoints/store.ts';
import { STATE_MEGABYTES_MAX } from '../contract/document.ts';
import type { Evidence } from '../contract/evidence.ts';
import type { Outcome, RunSummary, Sample, SinkView, StepKind } from '../contract/link.ts';
import type { Panes } from '../contract/panes.ts';
import { nodeOf, type Problem, WeirError } from '../contract/problems.ts';
import type { TelemetryLayout } from '../contract/telemetry.ts';
import type { CheckedGraph } from '../plan/graph.ts';
import type { Runtimes } from '../runtimes.ts';
import { writeFigures } from '../telemetry/figures.ts';
import { type BuiltGraph, buildGraph } from './build.ts';
import { chainSample } from './chain/sample.ts';
import type { Injection } from './chaos/injection.ts';
import { Checkpointer, type CheckpointSettings } from './checkpointer.ts';
import { type Clock, VirtualClock } from './clock.ts';
import { collectEvidence } from './evidence/collect.ts';
import { Ledger } from './ledger/ledger.ts';
import type { LogDisk } from './ledger/log-disk.ts';
import { STOP_BARRIER } from './parallel/messages.ts';
import type { Part, PartListener } from './parallel/part.ts';
import { slicing } from './parallel/slicing.ts';
import { SpreadCut } from './parallel/spread-cut.ts';
import { Restored } from './restored.ts';
import { noCheckpoints, runProblem, tooMuchState } from './run-problems.ts';
import { Stepper } from './stepper.ts';
import type { SourceTask } from './tasks/source-task.ts';

export interface GraphRunOptions {
  readonly runtimes: Runtimes;
  readonly clock: Clock;
  readonly seed: number;
  readonly baseDir: string;
  readonly batchRows: number;
  log(at: number, level: 'info' | 'warning' | 'error', node: string | null, text: string): void;
  /** Null, or left out: no checkpoints. */
  readonly checkpoints?: Omit<CheckpointSettings, 'warn'> | null;
  /** Failures that are asked for. The run then goes by its clock: `clock` is ignored. */
  readonly chaos?: Injection | null;
  /** Of the ledger's log; left out: the machine's. */
  readonly ledgerDisk?: LogDisk;
  /** Of several workers, what this one runs; null, or left out: there are no others. */
  readonly part?: Part | null;
  /** State that the other workers of the run hold. */
  stateBytesBeside?(): number;
  /** Beside the leader, who has `checkpoints`: the one that the run goes on from. */
  readonly follows?: Checkpoint | null;
  /** With `follows`: nodes whose state there is given up. */
  readonly drop?: readonly string[];
  /** The longest slice of work, ms; 0: one batch of each source a slice. */
  readonly sliceMs?: number;
  /** Called a few times a second and at the end: the moment to copy figures out. */
  publish?(): void;
}

const SLICE_MS = 4;
const PUBLISH_EVERY_MS = 25;
/** The longest the loop sleeps: idle timeouts and figures are looked at this often. Commands, sources and sinks wake it at once. */
const NAP_MS = 100;
/** The step of a clock that only moves when told. */
const VIRTUAL_NAP_MS = 50;

export class GraphRun {
  readonly graph: CheckedGraph;
  readonly #options: GraphRunOptions;
  readonly #abort = new AbortController();
  readonly #built: BuiltGraph;
  readonly #startedAt: number;
  #wake: () => void = () => {};
  #awake = false;
  #paused = false;
  #stopped = false;
  #readying = new Set<unknown>();
  #failure: { error: unknown; node: string | null } | null = null;
  #lastPublish = -Infinity;
  /** At work now: an error that names no node happened here. */
  #current: string | null = null;
  /** All sources have ended, and the last checkpoint was taken. */
  #ending = false;
  readonly #stateBytesMax: number;
  readonly #checkpointer: Checkpointer | null;
  readonly #stepper: Stepper;
  readonly #restored: Restored | null;
  /** Of the last checkpoint, where the run is stopped with a savepoint. */
  #savepoint: string | null = null;
  readonly #ledger: Ledger | null;
  readonly #part: Part | null;
  readonly #spread: SpreadCut | null;
  /** Nothing more is read; the run is stopped when what is on its way between workers is through. */
  #halting = false;
  /** The leader says that all is done. */
  #dismissed = false;

  constructor(graph: CheckedGraph, given: GraphRunOptions) {
    const options = { ...given, clock: given.chaos?.clock ?? given.clock };
    this.graph = graph;
    this.#options = options;
    this.#startedAt = options.clock.now();
    const { clock } = options;
    this.#stateBytesMax = (graph.document.settings?.stateMegabytesMax ?? STATE_MEGABYTES_MAX) * 2 ** 20;
    this.#built = buildGraph(graph, {
      ...options,
      ...(options.part == null
        ? slicing(graph, options.runtimes, options.checkpoints?.restored ?? null)
        : { slices: options.part.slices }),
      onBadRecord: graph.document.settings?.onBadRecord ?? 'dead-letter',
      signal: this.#abort.signal,
      checkpointFolder: options.checkpoints?.store.folder ?? null,
      log: (level, node, text) => options.log(clock.now(), level, node, text),
      wake: () => this.#rouse(),
    });
    const warn = (text: string): void => options.log(clock.now(), 'warning', null, text);
    this.#stepper = new Stepper(this.#built, options.batchRows);
    this.#part = options.part ?? null;
    this.#part?.start(this.#listener(), new Map(this.#built.sinks.map((s) => [s.stats.node, s])));
    this.#spread = this.#part === null ? null : new SpreadCut(this.#part, this.#built);
    const { checkpoints = null } = options;
    this.#ledger = Ledger.open(graph, this.#built, {
      folder: checkpoints?.store.folder ?? null,
      goesOn: checkpoints?.goesOn ?? (checkpoints?.restored ?? null) !== null,
      disk: options.ledgerDisk,
      warn,
    });
    const hash = graphHash(graph.document);
    const { follows = null, drop = [] } = options;
    const goesOnFrom =
      checkpoints ?? (follows === null ? null : { restored: follows, isFollower: true, drop });
    this.#restored = goesOnFrom === null ? null : new Restored(graph, hash, this.#built, goesOnFrom);
    this.#checkpointer =
      checkpoints === null
        ? null
        : new Checkpointer(
            graph,
            hash,
            this.#built,
            { ...checkpoints, warn, spread: this.#spread },
            this.#ledger,
          );
  }

  /** Into which keyed state is cut. */
  get slices(): number {
    return this.#built.slices;
  }

  /** Of all sources, as far as they are known. */
  get partitions(): number {
    return this.#built.sources.reduce((sum, s) => sum + s.partitions.length, 0);
  }

  get layout(): TelemetryLayout {
    return {
      nodes: this.#built.nodes.map((n) => n.node),
      edges: this.#built.edges.map((e) => e.id),
      partitions: this.#built.sources.flatMap((s) => s.partitions.map(({ node, name }) => ({ node, name }))),
    };
  }

  /** Opens sinks, then operators, then sources. Rejects with the problem of the first that cannot be opened; all are closed then. */
  async open(): Promise<void> {
    try {
      await this.#restored?.tellLedger(this.#ledger);
      for (const task of this.#built.sinks) {
        const { sink, stats } = task;
        this.#current = stats.node;
        await sink.open();
        if (this.#restored?.restores === true) {
          await sink.recover?.(this.#restored.preparedOf(stats.node));
          this.#ledger?.recovered(task);
        }
        stats.state = 'running';
      }
      this.#restored?.restoreOperators();
      if (this.#part !== null) this.#restored?.restoreEdges(this.#part);
      for (const { operator, stats } of this.#built.stateful) {
        this.#current = stats.node;
        await operator.open?.();
      }
      for (const task of this.#built.sources) {
        this.#current = task.parts.stats.node;
        await task.parts.source.open(this.#restored?.positionOf(task.parts.stats.node) ?? null);
        task.start();
      }
      this.#restored?.restoreSources();
      this.#current = null;
      for (const stats of this.#built.nodes) stats.state = 'running';
      this.#restored?.restoreQueues();
    } catch (error) {
      const failed = runProblem(error, this.#current);
      await this.#close();
      throw new WeirError(failed, { cause: error });
    }
  }

  /** Runs to the end of the input, a stop or a failure. `open` came before. */
  async run(): Promise<{ outcome: Outcome; problems: Problem[] }> {
    try {
      await this.#loop();
    } catch (error) {
      this.#failure ??= { error, node: this.#current };
    }
    this.#abort.abort();
    if (this.#failure === null && this.#stopped) {
      await this.#lastCheckpoint();
      await this.#finishSinks();
    }
    const { checkpoints = null } = this.#options;
    if (this.#failure !== null) {
      await this.#checkpointer?.abandon();
      if (this.#checkpointer?.showsAtOnce === true)
        await this.#finishSinks(this.#ledger === null ? null : (checkpoints?.store.nextId() ?? null));
    }
    if (this.#failure === null && !this.#stopped) this.#ledger?.finished();
    const failure = this.#failure;
    const problems = failure === null ? [] : [runProblem(failure.error, failure.node)];
    if (this.#part?.isLeader === true) this.#part.tellOthers({ kind: 'finish' });
    if (failure !== null) this.#markFailed((problems[0] && nodeOf(problems[0])) ?? failure.node);
    else if (this.#stopped) for (const stats of this.#built.nodes) stats.state = 'idle';
    await this.#close();
    this.#publish();
    return { outcome: failure !== null ? 'failed' : this.#stopped ? 'stopped' : 'finished', problems };
  }

  stop(): void {
    if (this.#part === null) this.#stopped = true;
    else if (!this.#halting) this.#halt(this.#part);
    this.#rouse();
  }

  /** Another worker of the run failed: this one ends too. */
  fail(problems: readonly Problem[]): void {
    const [found] = problems;
    this.#failure ??= {
      error: found === undefined ? new Error('another worker failed') : new WeirError(found),
      node: null,
    };
    this.#rouse();
  }

  /** On the leader. */
  #halt(part: Part): void {
    this.#halting = true;
    part.tellOthers({ kind: 'cut', id: STOP_BARRIER });
    part.cut(STOP_BARRIER);
  }

  /** What other workers say. */
  #listener(): PartListener {
    return {
      wake: () => this.#rouse(),
      passed: (id, node, alignedMs) => this.#spread?.passed(id, node, alignedMs),
      allPassed: (id) => {
        this.#spread?.allPassed(id);
        this.#rouse();
      },
      told: (_worker, message) => {
        if (message.kind === 'finish') this.#dismissed = true;
        else if (message.kind === 'cut') {
          if (message.id === STOP_BARRIER) this.#halting = true;
          this.#part?.cut(message.id);
        } else this.#spread?.told(message);
      },
    };
  }

  /** All that the run did before it ends is kept under this name. @throws WeirError where it cannot be, and the run goes on */
  async stopWithSavepoint(name: string): Promise<void> {
    await this.#checkpoints(name).checkName(name);
    this.#savepoint = name;
    this.stop();
  }

  /** @throws WeirError `K-NONE`, `K-NAME`, or why it failed */
  async savepoint(name: string): Promise<void> {
    await this.#checkpoints(name).savepoint(name);
  }

  #checkpoints(savepoint: string): Checkpointer {
    if (this.#checkpointer === null) throw noCheckpoints(savepoint);
    return this.#checkpointer;
  }

  pause(): void {
    this.#paused = true;
  }

  /** A paused run goes on for one step. */
  step(kind: StepKind): void {
    if (!this.#paused) return;
    this.#stepper.begin(kind);
    this.#rouse();
  }

  resume(): void {
    this.#stepper.stop();
    this.#paused = false;
    const now = this.#options.clock.now();
    for (const source of this.#built.sources) source.touch(now);
    this.#rouse();
  }

  async #loop(): Promise<void> {
    const { sources, sinks } = this.#built;
    for (;;) {
      if (this.#stopped || this.#failure !== null) return;
      const worked = this.#paused ? this.#stepper.work() || this.#pump() : this.#slice();
      this.#part?.rest(!worked);
      this.#failFromSink();
      // After the last one there is nothing more to keep, and its files must not come and go behind the run's end.
      if (!this.#ending) this.#checkpointer?.tick();
      if (this.#checkpointer?.failure != null)
        this.#failure ??= { error: this.#checkpointer.failure, node: null };
      if (this.#part?.isLeader === false) {
        if (this.#dismissed) return;
      } else if (this.#halting && this.#part?.drained === true) {
        this.#stopped = true;
        return;
      } else if (sources.every((s) => s.done) && (this.#part?.drained ?? true)) {
        if (!this.#ending) {
          this.#ending = true;
          await this.#lastCheckpoint();
        }
        if (sinks.every((s) => s.finished)) return;
        for (const sink of sinks) if (!sink.finished) sink.finish();
      }
      if (performance.now() - this.#lastPublish >= PUBLISH_EVERY_MS) this.#publish();
      if (worked) await yieldToEvents();
      else await this.#nap();
    }
  }

  /** All that was done is kept and visible: the run ends after it, or goes on from it another day. */
  async #lastCheckpoint(): Promise<void> {
    // A run that has failed has nothing to keep, and a sink that has would never let a barrier through.
    if (this.#checkpointer === null || this.#failure !== null) return;
    try {
      await this.#meanwhile(this.#checkpointer.last(this.#savepoint));
    } catch (error) {
      this.#failure ??= { error, node: null };
    }
  }

  /** Waits for what the barriers of other workers are needed for: they come in on this thread. */
  async #meanwhile(work: Promise<void>): Promise<void> {
    if (this.#part !== null) {
      let isOver = false;
      const end = (): void => {
        isOver = true;
        this.#rouse();
      };
      work.then(end, end);
      while (!isOver && this.#failure === null) {
        const worked = this.#pump();
        this.#part.rest(!worked);
        if (worked) await yieldToEvents();
        else await this.#nap();
      }
    }
    if (this.#failure === null) await work;
    // The run ends with what came first.
    else work.catch(() => {});
  }

  /** Works for a few ms. False: there was nothing to do. */
  #slice(): boolean {
    const { sources, stateful } = this.#built;
    const { clock, batchRows } = this.#options;
    const start = performance.now();
    let worked = false;
    for (let more = true; more; ) {
      more = this.#part?.pump() ?? false;
      for (const source of this.#halting ? [] : sources) {
        if (source.done) continue;
        if (source.blocked) continue;
        this.#current = source.parts.stats.node;
        if (source.step(batchRows)) more = true;
      }
      worked ||= more;
      if (performance.now() - start >= (this.#options.sliceMs ?? SLICE_MS) || this.#stopped) break;
    }
    const now = clock.now();
    for (const source of this.#halting ? [] : sources) {
      this.#current = source.parts.stats.node;
      source.checkIdle(now);
    }
    for (const task of stateful) {
      this.#current = task.stats.node;
      if (task.operator.nextTimer <= now) task.operator.clock(now);
    }
    this.#current = null;
    this.#part?.flush();
    this.#account(performance.now() - start, worked);
    return worked;
  }

  /** What others sent goes on, also while nothing is read. */
  #pump(): boolean {
    const worked = this.#part?.pump() ?? false;
    this.#part?.flush();
    return worked;
  }

  #account(ms: number, worked: boolean): void {
    for (const task of this.#built.sources) {
      const { stats } = task.parts;
      if (task.done) continue;
      if (worked) stats.busyMs += ms;
      stats.state = task.blocked ? 'back-pressured' : 'running';
    }
  }

  #failFromSink(): void {
    for (const sink of this.#built.sinks) {
      if (sink.failure !== null) this.#failure ??= { error: sink.failure, node: sink.stats.node };
    }
  }

  /** Sleeps until something may have happened: a source is ready, a sink has room, a timer is due, a command came. */
  async #nap(): Promise<void> {
    const { clock } = this.#options;
    const before = performance.now();
    const blocked = this.#built.sources.filter((s) => !s.done && s.blocked);
    // Of a run that is over sources say at once that they are ready, and nobody would read: the wait for sinks would never let them work.
    const isHeld = this.#paused && !this.#stepper.isOn;
    if (!isHeld && !this.#halting && !this.#abort.signal.aborted) this.#askSources();
    const due = this.#built.stateful.reduce((least, t) => Math.min(least, t.operator.nextTimer), Infinity);
    if (clock instanceof VirtualClock && !isHeld) {
      await yieldToEvents();
      if (!this.#awake && (this.#part?.isQuiet ?? true))
        clock.advanceTo(Math.min(due, clock.nextTimer, clock.now() + VIRTUAL_NAP_MS));
      this.#awake = false;
      return;
    }
    const cancel = due === Infinity ? () => {} : clock.at(due, () => this.#rouse());
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, NAP_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#awake) this.#wake();
    });
    this.#awake = false;
    this.#wake = () => {};
    cancel();
    const slept = performance.now() - before;
    for (const { parts } of blocked) parts.stats.blockedMs += slept;
  }

  #askSources(): void {
    for (const task of this.#built.sources) {
      if (task.done || task.blocked || task.stalled || this.#readying.has(task)) continue;
      this.#readying.add(task);
      task.parts.source.whenReady().then(
        () => {
          this.#readying.delete(task);
          this.#rouse();
        },
        (error: unknown) => {
          this.#failure ??= { error, node: task.parts.stats.node };
          this.#rouse();
        },
      );
    }
  }

  #rouse(): void {
    this.#awake = true;
    this.#wake();
  }

  /** Stopped, or failed where that is enough: what the sinks hold is written and made visible. */
  async #finishSinks(cut: number | null = null): Promise<void> {
    const sinks = this.#built.sinks.filter((s) => s.failure === null);
    for (const sink of sinks) sink.finish(cut);
    while (sinks.some((s) => !s.finished && s.failure === null)) await this.#nap();
    this.#failFromSink();
  }

  async #close(): Promise<void> {
    this.#abort.abort();
    const closing = [
      ...this.#built.sources.map((s) => s.parts.source.close()),
      ...this.#built.sinks.map((s) => s.close()),
    ];
    const { checkpoints = null } = this.#options;
    if (checkpoints !== null) closing.push(checkpoints.store.close());
    checkpoints?.positions?.close();
    this.#ledger?.close();
    for (const result of await Promise.allSettled(closing)) {
      if (result.status === 'rejected') {
        this.#options.log(this.#options.clock.now(), 'warning', null, `closing: ${String(result.reason)}`);
      }
    }
  }

  #markFailed(node: string | null): void {
    for (const stats of this.#built.nodes) {
      if (stats.node === node) stats.state = 'failed';
      else if (stats.state !== 'finished') stats.state = 'idle';
    }
  }

  /** @param at where it happened, if the error itself is not known to be of a node */

  #publish(): void {
    this.#lastPublish = performance.now();
    this.refresh();
    this.#checkState();
    this.#options.publish?.();
  }

  refresh(): void {
    for (const source of this.#built.sources) source.refresh();
    for (const sink of this.#built.sinks) sink.refresh();
    for (const task of this.#built.stateful) task.refresh();
    this.#ledger?.refresh();
  }

  /** Ends a run whose state outgrew its bound, before the machine's memory does. */
  #checkState(): void {
    const { stateful } = this.#built;
    const own = stateful.reduce((sum, task) => sum + task.stats.stateBytes, 0);
    const bytes = own + (this.#options.stateBytesBeside?.() ?? 0);
    // Among workers those that have state say so.
    if (bytes <= this.#stateBytesMax || stateful.length === 0) return;
    const largest = stateful.reduce((a, b) => (b.stats.stateBytes > a.stats.stateBytes ? b : a));
    const error = tooMuchState(largest.stats, bytes, this.#stateBytesMax);
    this.#failure ??= { error, node: largest.stats.node };
  }

  /** Writes the figures in the layout's order; rates stay zero, they are the reader's. */
  writeFigures(target: Float64Array): void {
    const { nodes, edges, sources } = this.#built;
    const now = this.#options.clock.now();
    writeFigures(target, {
      now,
      elapsedMs: now - this.#startedAt,
      recordsRead: sources.reduce((sum, s) => sum + s.recordsRead, 0),
      streamNow: streamNow(now, sources),
      nodes,
      edges,
      partitions: sources.flatMap((s) => s.partitions),
    });
  }

  /** @param wanted of which ports: making one costs as much as thousands of records do */
  samples(
    wanted: (node: string, port: string) => boolean = () => true,
  ): { node: string; port: string; sample: Sample }[] {
    const outer = [...this.#built.ports.values()]
      .filter((p) => wanted(p.node, p.name))
      .map((p) => ({ node: p.node, port: p.name, sample: p.sample() }));
    return [...outer, ...this.#built.chains.flatMap((chain) => chainSample(chain, this.graph, wanted))];
  }

  /** The open panes of a window operator; null: the node has none. */
  panes(node: string): Panes | null {
    const task = this.#built.stateful.find(({ stats }) => stats.node === node);
    return task?.operator.openPanes?.() ?? null;
  }

  evidence(): Evidence[] {
    return collectEvidence(this.graph, this.#built);
  }

  views(): { node: string; version: number; view: SinkView }[] {
    return this.#built.sinks.flatMap(({ sink, stats }) => {
      const seen = sink.view?.();
      return seen === undefined ? [] : [{ node: stats.node, ...seen }];
    });
  }

  summary(outcome: Outcome): RunSummary {
    this.refresh();
    return {
      outcome,
      elapsedMs: this.#options.clock.now() - this.#startedAt,
      recordsRead: this.#built.sources.reduce((sum, s) => sum + s.recordsRead, 0),
      nodes: this.#built.nodes.map((n) => ({
        node: n.node,
        recordsIn: n.recordsIn,
        recordsOut: n.recordsOut,
        late: n.late,
        deadLetters: n.deadLetters,
        filtered: n.filtered,
        committed: n.committed,
        watermark: Number.isFinite(n.watermark) ? n.watermark : null,
        ...(n.ledger === null ? {} : { ledger: n.ledger }),
      })),
    };
  }
}

const DAY_MS = 86_400_000;

/** See `HEAD_SLOTS`. */
function streamNow(now: number, sources: readonly SourceTask[]): number {
  const newest = sources.reduce((most, s) => Math.max(most, s.newestTime), -Infinity);
  return Number.isFinite(newest) && Math.abs(now - newest) > DAY_MS ? newest : now;
}

const yieldToEvents = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
