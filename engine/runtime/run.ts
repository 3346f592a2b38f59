/** A run seen from the coordinator: its worker thread, its figures, its end, whatever the thread does. */
import { answerSavepoints } from '../checkpoints/savepoint-requests.ts';
import { lockCheckpoints } from '../checkpoints/store.ts';
import type { Chaos } from '../contract/chaos.ts';
import { checkSavepointName } from '../contract/checkpoints.ts';
import type { Outcome, RunSummary, StepKind } from '../contract/link.ts';
import { nodeOf, type Problem, problem, WeirError } from '../contract/problems.ts';
import type { TelemetryLayout } from '../contract/telemetry.ts';
import { chaosProblems } from '../plan/chaos.ts';
import { checkGraph } from '../plan/check.ts';
import { Rates } from '../telemetry/figures.ts';
import type { InjectionRequest } from './chaos/injection.ts';
import { armKills, killTimes } from './chaos/kills.ts';
import { newGuardMemory, overrun } from './guard.ts';
import { withOwnCheckpoints } from './own-checkpoints.ts';
import { type RunWorkers, startWorkers } from './parallel/group.ts';
import { parallelismOf } from './parallel/parallelism.ts';
import { Restarts } from './restarts.ts';
import {
  DEFAULT_BATCH_ROWS,
  DEFAULT_SEED,
  type RunEvents,
  type RunHandle,
  type RunRequest,
  type StartRun,
} from './run-api.ts';
import type { FromWorker, ToWorker, WorkerFigures, WorkerRequest } from './worker-messages.ts';

/** A thread that does not end this long after it was told to is ended from outside. */
const STOP_PATIENCE_MS = 5000;

/** How often the coordinator looks whether a node's own code overran. */
const GUARD_EVERY_MS = 500;

const workerUrl = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

export const startRun: StartRun = async (asked, events) => {
  const graph = checkGraph(asked.document);
  const faults = chaosProblems(graph, asked.options.chaos?.faults ?? [], ['chaos', 'faults']);
  const error = [...graph.problems, ...faults].find((p) => p.severity === 'error');
  if (error !== undefined) throw new WeirError(error);
  const parallelism = await parallelismOf(graph, asked.options.parallelism, (text) =>
    events.log(Date.now(), 'warning', null, text),
  );
  const { request, remove } = await withOwnCheckpoints(asked);
  // Held here and not by the thread: through all restarts, and whatever way the thread ends.
  const { checkpoints } = request.options;
  const release = checkpoints === undefined ? async () => {} : await lockCheckpoints(checkpoints.folder);
  const free = (): Promise<void> => release().then(remove);
  return new Promise((resolve, reject) => {
    new ThreadRun(
      { ...request, options: { ...request.options, parallelism } },
      events,
      free,
      resolve,
      reject,
    );
  });
};

const runOver = problem('K-NONE', {
  path: [],
  message: 'The run ended, or is being started again, so no savepoint was taken.',
  expected: 'a run that goes on',
  next: 'Go on from its last checkpoint.',
});

const scriptOverran = (node: string): Problem =>
  problem('R-SCRIPT', {
    path: ['nodes', node, 'config', 'timeout'],
    message: 'The script took too long and did not let itself be stopped; the run was ended from outside.',
    expected: 'a script within its time limit',
    next: 'Look for a regular expression or a call on a huge array or text that takes forever.',
  });

class ThreadRun implements RunHandle {
  layout: TelemetryLayout = { nodes: [], edges: [], partitions: [] };
  readonly ended: Promise<RunSummary>;
  readonly #request: RunRequest;
  readonly #restarts: Restarts;
  #worker: RunWorkers;
  #openedAt = Number.NaN;
  #restartTimer: ReturnType<typeof setTimeout> | null = null;
  /** Of checkpoints of this run. */
  #checkpointsFrom = 0;
  readonly #release: () => Promise<void>;
  readonly #opened: (run: RunHandle) => void;
  readonly #refused: (error: WeirError) => void;
  readonly #events: RunEvents;
  #figures: Float64Array = new Float64Array(0);
  #rates = new Rates(this.layout);
  #settle: (summary: RunSummary) => void = () => {};
  #isEnded = false;
  #stopping = false;
  #forTimer: ReturnType<typeof setTimeout> | null = null;
  #killTimer: ReturnType<typeof setTimeout> | null = null;
  readonly #chaos: Chaos | null;
  /** Faults that strike once and did. */
  readonly #struck = new Set<number>();
  readonly #startedAt = performance.now();
  #attempts = 0;
  #callOffKills: () => void = () => {};
  #stopAnswering: () => void = () => {};
  /** Savepoints that were asked for and not answered, by their number. */
  readonly #asked = new Map<number, (problem: Problem | null) => void>();
  #requests = 0;

  constructor(
    request: RunRequest,
    events: RunEvents,
    release: () => Promise<void>,
    opened: (run: RunHandle) => void,
    refused: (error: WeirError) => void,
  ) {
    this.#events = events;
    this.#request = request;
    this.#chaos = request.options.chaos ?? request.document.settings?.chaos ?? null;
    this.#release = release;
    this.#opened = opened;
    this.#refused = refused;
    this.#restarts = new Restarts(request.document.settings?.restart);
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#worker = this.#launch(null);
  }

  /** @param again after a failure: from the last whole checkpoint of at least this number, or from the beginning where there is none */
  #launch(again: number | null): RunWorkers {
    const { document, options, baseDir } = this.#request;
    const workerData: WorkerRequest = {
      document,
      seed: this.#seed,
      baseDir,
      batchRows: options.batchRows ?? DEFAULT_BATCH_ROWS,
      checkpoints: options.checkpoints ?? null,
      again,
      chaos: this.#injection(),
      paused: options.paused === true && again === null,
      guard: newGuardMemory(this.#parallelism),
      parallel: null,
    };
    this.#attempts++;
    const worker = startWorkers(workerUrl, workerData, this.#parallelism);
    /** What the thread says after it was given up does not count, its own end least of all. */
    const isCurrent = (): boolean => this.#worker === worker && !this.#isEnded && this.#restartTimer === null;
    const failed = (found: Problem): void => {
      clearInterval(guardTimer);
      if (isCurrent()) this.#failed([found], this.#lastSummary('failed'));
    };
    const died = (text: string): void =>
      failed(
        problem('R-ENGINE', {
          path: [],
          message: 'The thread of this run died.',
          value: text,
          next: 'Run it again; if it happens again, report it with the log.',
        }),
      );
    const guardTimer = setInterval(() => {
      const node = overrun(workerData.guard, Object.keys(document.nodes), Date.now());
      if (node === null) return;
      failed(scriptOverran(node));
      void worker.terminate();
    }, GUARD_EVERY_MS);
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'refused' || message.type === 'ended') clearInterval(guardTimer);
      if (!isCurrent()) return;
      if (message.type === 'refused') this.#failed(message.problems, this.#lastSummary('failed'));
      else if (message.type === 'opened') this.#open(message);
      else this.#receive(message);
    });
    worker.on('error', (error) => died(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => died(`exit code ${code}`));
    return worker;
  }

  get #parallelism(): number {
    const { parallelism } = this.#request.options;
    return typeof parallelism === 'number' ? parallelism : 1;
  }

  get #seed(): number {
    const { document, options } = this.#request;
    return options.seed ?? document.settings?.seed ?? DEFAULT_SEED;
  }

  #injection(): InjectionRequest | null {
    if (this.#chaos === null) return null;
    return {
      chaos: this.#chaos,
      seed: this.#seed,
      attempt: this.#attempts,
      elapsedMs: this.#attempts === 0 ? 0 : performance.now() - this.#startedAt,
      struck: [...this.#struck],
    };
  }

  /** Starts again where the restart strategy says so and there are checkpoints to go on from; else this is the end. */
  #failed(problems: readonly Problem[], summary: RunSummary): void {
    const [found, ...more] = problems;
    const neverOpened = Number.isNaN(this.#openedAt);
    const wait =
      neverOpened || this.#stopping || this.#request.options.checkpoints === undefined
        ? null
        : this.#restarts.failed(performance.now() - this.#openedAt);
    if (wait === null) {
      if (neverOpened && found !== undefined) {
        this.#isEnded = true;
        void this.#free().then(() => this.#refused(new WeirError(found, { more })));
      } else this.#end(summary, problems);
      return;
    }
    const why = found?.message ?? 'for no known reason';
    this.#events.log(
      Date.now(),
      'warning',
      found === undefined ? null : nodeOf(found),
      `The run failed and is started again in ${wait} ms (${this.#restarts.attempt}): ${why}`,
    );
    for (const request of this.#asked.keys()) this.#answered(request, found ?? runOver);
    // Two threads must not write to the same files.
    const gone = this.#worker.terminate();
    this.#restartTimer = setTimeout(() => {
      void gone.then(() => {
        this.#restartTimer = null;
        if (!this.#isEnded) this.#worker = this.#launch(this.#checkpointsFrom);
      });
    }, wait);
  }

  #open(message: FromWorker & { type: 'opened' }): void {
    const isFirst = Number.isNaN(this.#openedAt);
    this.#openedAt = performance.now();
    this.#layOut(message);
    if (!isFirst) return;
    this.#checkpointsFrom = message.checkpointsFrom;
    const { forMs, checkpoints } = this.#request.options;
    if (checkpoints !== undefined)
      this.#stopAnswering = answerSavepoints(checkpoints.folder, (name) => this.savepoint(name));
    if (this.#chaos !== null) this.#callOffKills = armKills(killTimes(this.#chaos, this.#seed));
    if (forMs !== undefined) this.#forTimer = setTimeout(() => void this.stop(), forMs);
    this.#opened(this);
  }

  #layOut({ layout, figures }: WorkerFigures): void {
    this.layout = layout;
    this.#figures = new Float64Array(figures);
    this.#rates = new Rates(layout);
    this.#events.layout(layout);
  }

  #receive(message: Exclude<FromWorker, { type: 'opened' | 'refused' }>): void {
    switch (message.type) {
      case 'layout':
        this.#layOut(message);
        break;
      case 'log':
        this.#events.log(message.at, message.level, message.node, message.text);
        break;
      case 'sample':
        this.#events.sample(message.node, message.port, message.sample);
        break;
      case 'view':
        this.#events.view(message.node, message.view);
        break;
      case 'panes':
        this.#events.panes?.(message.node, message.panes);
        break;
      case 'evidence':
        this.#events.evidence?.(message.evidence);
        break;
      case 'checkpoint':
        this.#events.checkpoint(message.report);
        break;
      case 'savepointed':
        this.#answered(message.request, message.problem);
        break;
      case 'struck':
        this.#struck.add(message.fault);
        break;
      case 'ended':
        if (message.summary.outcome === 'failed') this.#failed(message.problems, message.summary);
        else this.#end(message.summary, message.problems);
        break;
    }
  }

  #end(summary: RunSummary, problems: readonly Problem[]): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#callOffKills();
    this.#stopAnswering();
    if (this.#forTimer !== null) clearTimeout(this.#forTimer);
    if (this.#killTimer !== null) clearTimeout(this.#killTimer);
    for (const request of this.#asked.keys()) this.#answered(request, runOver);
    void this.#free().then(() => {
      this.#events.ended(summary, problems);
      this.#settle(summary);
    });
  }

  /** Gives the folder of checkpoints free; a lock that stays is taken over when this process is gone. */
  async #free(): Promise<void> {
    await this.#release().catch((error: unknown) =>
      this.#events.log(Date.now(), 'warning', null, `The lock of the checkpoints stays: ${String(error)}`),
    );
  }

  /** From the shared figures, where the thread cannot say it any more. */
  #lastSummary(outcome: Outcome): RunSummary {
    return {
      outcome,
      elapsedMs: this.#figures[1] ?? 0,
      recordsRead: this.#figures[3] ?? 0,
      nodes: [],
    };
  }

  snapshot(): Float64Array {
    return this.#rates.fill(this.#figures.slice(), performance.now());
  }

  async savepoint(name: string): Promise<void> {
    await this.#ask('savepoint', name);
  }

  async #ask(type: 'savepoint' | 'stop-with-savepoint', name: string): Promise<void> {
    checkSavepointName(name);
    if (this.#isEnded || this.#restartTimer !== null) throw new WeirError(runOver);
    const request = ++this.#requests;
    const found = await new Promise<Problem | null>((resolve) => {
      this.#asked.set(request, resolve);
      this.#post({ type, name, request });
    });
    if (found !== null) throw new WeirError(found);
  }

  #answered(request: number, found: Problem | null): void {
    this.#asked.get(request)?.(found);
    this.#asked.delete(request);
  }

  async stop(savepoint?: string): Promise<void> {
    if (savepoint !== undefined) {
      await this.#ask('stop-with-savepoint', savepoint);
      this.#stopping = true;
      await this.ended;
      return;
    }
    if (this.#isEnded) return;
    this.#stopping = true;
    if (this.#restartTimer !== null) {
      clearTimeout(this.#restartTimer);
      this.#end(this.#lastSummary('stopped'), []);
      await this.ended;
      return;
    }
    this.#post({ type: 'stop' });
    this.#killTimer ??= setTimeout(() => void this.#worker.terminate(), STOP_PATIENCE_MS);
    await this.ended;
  }

  pause(): void {
    this.#post({ type: 'pause' });
  }

  step(kind: StepKind): void {
    this.#post({ type: 'step', kind });
  }

  resume(): void {
    this.#post({ type: 'resume' });
  }

  watch(ports: readonly { readonly node: string; readonly port: string }[]): void {
    this.#post({ type: 'watch', ports });
  }

  #post(message: ToWorker): void {
    if (!this.#isEnded) this.#worker.postMessage(message);
  }
}
