/**
 * The worker threads of one run, seen by the coordinator as one: the first of them leads, and what has to be said about the run it says.
 * What ends one of them ends all.
 */
import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { snapshotLength } from '../../contract/telemetry.ts';
import { LEADER } from '../../plan/parallelism.ts';
import { mergeFigures, mergeLayouts } from '../../telemetry/merge-figures.ts';
import { openThread } from '../spare-thread.ts';
import type { FromWorker, ToWorker, WorkerFigures, WorkerRequest } from '../worker-messages.ts';
import { portsBetween } from './ports.ts';
import { SeenByWorkers } from './seen.ts';
import { mergeSummaries } from './summaries.ts';

/** What the coordinator needs of a thread, or of several. */
export interface RunWorkers {
  on(event: 'message', listener: (message: FromWorker) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  postMessage(message: ToWorker): void;
  terminate(): Promise<unknown>;
}

type Opened = Extract<FromWorker, { type: 'opened' }>;
type Ended = Extract<FromWorker, { type: 'ended' }>;

/** When the leader has ended, the others are waited for so long, ms. */
const PATIENCE_MS = 1000;

export function startWorkers(url: URL, request: WorkerRequest, workers: number): RunWorkers {
  return workers === 1 ? openThread(url, request) : new WorkerGroup(url, request, workers);
}

class WorkerGroup extends EventEmitter implements RunWorkers {
  readonly #workers: readonly Worker[];
  readonly #opened: Opened[] = [];
  readonly #ended: Ended[] = [];
  #isOver = false;
  /** Where the coordinator reads the sums. */
  #figures: Float64Array | null = null;
  readonly #seen = new SeenByWorkers();
  #patience: ReturnType<typeof setTimeout> | null = null;

  constructor(url: URL, request: WorkerRequest, workers: number) {
    super();
    const restored = new SharedArrayBuffer(4);
    this.#workers = portsBetween(workers).map((ports, worker) => {
      const parallel = { worker, workers, ports, restored };
      const thread = openThread(url, { ...request, parallel }, [...ports.values()]);
      thread.on('message', (message: FromWorker) => this.#receive(worker, message));
      thread.on('error', (error) => this.#over('error', error));
      thread.on('exit', (code) => this.#exited(worker, code));
      return thread;
    });
  }

  #receive(worker: number, message: FromWorker): void {
    if (this.#isOver) return;
    switch (message.type) {
      case 'opened':
        this.#opened[worker] = message;
        if (this.#workers.every((_, w) => this.#opened[w] !== undefined)) this.#allOpened();
        break;
      case 'layout':
        this.#opened[worker] = { ...(this.#opened[worker] as Opened), ...message, type: 'opened' };
        if (this.#figures !== null) this.#relaid();
        break;
      case 'refused':
        this.#over('message', message);
        break;
      case 'ended':
        this.#ended[worker] = message;
        this.#oneEnded(worker, message);
        break;
      case 'evidence':
        this.emit('message', { ...message, evidence: this.#seen.evidence(worker, message.evidence) });
        break;
      case 'panes':
        this.emit('message', { ...message, panes: this.#seen.panes(worker, message.node, message.panes) });
        break;
      default:
        this.emit('message', message);
    }
  }

  /** Only now may rows flow: what cannot be opened ends a run before it began. */
  #allOpened(): void {
    const leader = this.#opened[LEADER] as Opened;
    const { layout, figures, workers } = this.#layOut();
    for (const thread of this.#workers)
      thread.postMessage({ type: 'go', workers, figures } satisfies ToWorker);
    this.emit('message', { ...leader, layout, figures } satisfies FromWorker);
  }

  /** The figures of one have moved, and so do those of all. */
  #relaid(): void {
    const { layout, figures, workers } = this.#layOut();
    for (const thread of this.#workers)
      thread.postMessage({ type: 'layout', workers, figures } satisfies ToWorker);
    this.emit('message', { type: 'layout', layout, figures } satisfies FromWorker);
  }

  #layOut(): WorkerFigures & { readonly workers: readonly WorkerFigures[] } {
    const layout = mergeLayouts(this.#opened.map((o) => o.layout));
    const figures = new SharedArrayBuffer(snapshotLength(layout) * 8);
    this.#figures = new Float64Array(figures);
    return { layout, figures, workers: this.#opened.map((o) => ({ layout: o.layout, figures: o.figures })) };
  }

  #oneEnded(worker: number, message: Ended): void {
    if (worker !== LEADER) {
      // The leader has the sinks: it closes them in order.
      if (message.summary.outcome === 'failed' && this.#ended[LEADER] === undefined)
        this.#workers[LEADER]?.postMessage({ type: 'fail', problems: message.problems } satisfies ToWorker);
    } else this.#patience = setTimeout(() => this.#allEnded(), PATIENCE_MS);
    if (this.#workers.every((_, w) => this.#ended[w] !== undefined)) this.#allEnded();
  }

  #allEnded(): void {
    const leader = this.#ended[LEADER];
    if (leader === undefined) return;
    // Of one that did not come to its end, what the leader counted stands.
    const summaries = this.#workers.map((_, w) => this.#ended[w]?.summary ?? emptied(leader.summary));
    const hosts = new Map(Object.entries(this.#opened[LEADER]?.hosts ?? {}));
    this.#mergeFigures(hosts);
    this.#over('message', { ...leader, summary: mergeSummaries(summaries, { hosts }) });
  }

  /** Once more: the others ended after the leader had done it. */
  #mergeFigures(hosts: ReadonlyMap<string, readonly number[]>): void {
    if (this.#figures === null) return;
    const workers = this.#opened.map((o) => ({ layout: o.layout, figures: new Float64Array(o.figures) }));
    mergeFigures(this.#figures, workers, (node) => hosts.get(node) ?? [LEADER]);
  }

  #exited(worker: number, code: number): void {
    if (this.#ended[worker] === undefined) this.#over('exit', code);
  }

  /** Says the last thing, and ends whatever still goes on. */
  #over(event: 'message' | 'error' | 'exit', what: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#patience !== null) clearTimeout(this.#patience);
    this.emit(event, what);
    void this.terminate();
  }

  postMessage(message: ToWorker): void {
    const isForAll = message.type === 'pause' || message.type === 'resume' || message.type === 'watch';
    for (const thread of isForAll ? this.#workers : this.#workers.slice(0, 1)) thread.postMessage(message);
  }

  /** As of one thread: it says that it is gone, where it had not ended. */
  async terminate(): Promise<void> {
    await Promise.all(this.#workers.map((thread) => thread.terminate()));
    if (this.#isOver) return;
    this.#isOver = true;
    this.emit('exit', 1);
  }
}

const emptied = (summary: Ended['summary']): Ended['summary'] => ({
  ...summary,
  recordsRead: 0,
  nodes: summary.nodes.map((n) => ({
    ...n,
    recordsIn: 0,
    recordsOut: 0,
    late: 0,
    deadLetters: 0,
    filtered: 0,
    committed: 0,
  })),
});
