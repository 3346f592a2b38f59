/**
 * Owns the runs of an engine process and answers its studios. Runs live in worker threads, so this thread always has
 * time for an answer. A link that closes ends nothing: runs go on, and a studio that says hello again is told of them
 * (layout, log, what sinks show), and of those that ended while nobody was there.
 */
import { encodeFrame } from '../contract/codec.ts';
import type { FromEngine, Link, RunOptions, StudioRunOptions, ToEngine } from '../contract/link.ts';
import { fromZod } from '../contract/parse.ts';
import { nearest, type Problem, problem, showValue, WeirError } from '../contract/problems.ts';
import type { StartRun } from '../runtime/run-api.ts';
import type { Runtimes } from '../runtimes.ts';
import { specOf } from '../specs.ts';
import { Client, type Port } from './client.ts';
import { answerConnections, type Connections } from './connections.ts';
import { LiveRun } from './live-run.ts';
import { inferenceProblem, prepareDocument } from './prepare.ts';
import type { RunFolders } from './run-folders.ts';

export const RUNS_MAX = 32;
const TELEMETRY_EVERY_MS = 100;
/** Ends that nobody saw yet. */
const MISSED_MAX = 16;

export interface CoordinatorOptions {
  readonly startRun: StartRun;
  readonly sources: Runtimes['sources'];
  /** Left out: there are none, and none can be kept. */
  readonly connections?: Connections;
  /** Left out: runs keep checkpoints no longer than they last. */
  readonly folders?: RunFolders;
}

type Request = Exclude<ToEngine, { type: 'hello' }>;
type RequestOf<T extends Request['type']> = Extract<Request, { type: T }>;

export class Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #clients = new Set<Client>();
  readonly #runs = new Map<string, LiveRun>();
  #missed: FromEngine[] = [];
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
  }

  attach(link: Link): void {
    const client = new Client(link);
    this.#clients.add(client);
    client.listen({
      greeted: () => this.#introduce(client),
      request: (message) => void this.#answer(client, message),
      closed: () => {
        this.#clients.delete(client);
        for (const runId of client.watched.keys()) this.#applyWatch(runId);
        this.#schedule();
      },
    });
  }

  /** Ids of runs that start or go on. */
  get running(): readonly string[] {
    return [...this.#runs.keys()];
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#runs.values()].map((run) => run.stop()));
  }

  #introduce(client: Client): void {
    for (const run of this.#runs.values()) run.introduce((message, figures) => client.send(message, figures));
    for (const message of this.#missed.splice(0)) client.send(message);
    this.#schedule();
  }

  async #answer(client: Client, message: Request): Promise<void> {
    try {
      await this.#perform(client, message);
    } catch (error) {
      client.reply(message.requestId, error instanceof WeirError ? error.problems : [unexpected(error)]);
    }
  }

  async #perform(client: Client, message: Request): Promise<void> {
    switch (message.type) {
      case 'ping':
        return client.reply(message.requestId, []);
      case 'run.start':
        return this.#start(client, message);
      case 'run.stop': {
        const run = this.#live(message.runId);
        run.stoppedByPerson = true;
        await run.stop(message.savepoint).catch((error: unknown) => {
          run.stoppedByPerson = false; // it goes on
          throw error;
        });
        await run.told; // whoever is answered may start another one at once
        return client.reply(message.requestId, []);
      }
      case 'run.savepoint': {
        await this.#live(message.runId).savepoint(message.name);
        return client.reply(message.requestId, []);
      }
      case 'run.pause':
        this.#live(message.runId).handle?.pause();
        return client.reply(message.requestId, []);
      case 'run.step':
        this.#live(message.runId).handle?.step(message.kind);
        return client.reply(message.requestId, []);
      case 'run.resume':
        this.#live(message.runId).handle?.resume();
        return client.reply(message.requestId, []);
      case 'run.watch':
        this.#live(message.runId);
        client.watched.set(message.runId, message.ports);
        this.#applyWatch(message.runId);
        return client.reply(message.requestId, []);
      case 'checkpoints.list':
      case 'checkpoints.remove': {
        const { folders } = this.#options;
        if (message.type === 'checkpoints.remove') await folders?.remove(message.owner, message.name);
        const kept = await folders?.list(message.owner);
        return client.reply(message.requestId, [], kept ?? { state: 'none', checkpoints: [], broken: [] });
      }
      case 'source.infer':
        return client.reply(message.requestId, [], await this.#infer(message));
      case 'source.browse':
      case 'source.peek':
        return client.reply(message.requestId, [], await this.#look(message));
      case 'connections.list':
      case 'connections.save':
      case 'connections.remove':
      case 'connections.test':
        return client.reply(
          message.requestId,
          [],
          await answerConnections(this.#options.connections, message),
        );
    }
  }

  async #start(client: Client, message: RequestOf<'run.start'>): Promise<void> {
    const { requestId, runId, options } = message;
    if (this.#runs.has(runId)) throw new WeirError(taken(runId));
    if (this.#runs.size >= RUNS_MAX) throw new WeirError(tooMany(this.#runs.size));
    const run = new LiveRun(
      runId,
      (sent, figures) => this.#broadcast(sent, figures),
      (ended) => this.#finish(run, ended),
    );
    this.#runs.set(runId, run); // from here the id is taken, also while it starts
    const baseDir = message.baseDir ?? process.cwd();
    try {
      const prepared = await prepareDocument(message.document, baseDir, this.#options.sources);
      if (prepared.document === null) {
        this.#forget(run);
        return client.reply(requestId, prepared.problems);
      }
      const resolved = await this.#resolve(run, options);
      run.settle(
        await this.#options.startRun({ runId, document: prepared.document, baseDir, options: resolved }, run),
      );
      this.#applyWatch(runId);
      this.#schedule();
      client.reply(requestId, prepared.problems);
    } catch (error) {
      this.#forget(run);
      await run.over(null);
      throw error;
    }
  }

  /** Where its checkpoints are kept is decided here, from whose they are. */
  async #resolve(run: LiveRun, { checkpoints, ...rest }: StudioRunOptions): Promise<RunOptions> {
    const { folders } = this.#options;
    if (checkpoints === undefined || folders === undefined) return rest;
    const { owner, ...asked } = checkpoints;
    const folder = await folders.begin(owner);
    run.whenOver = (how) => folders.end(owner, how);
    return { ...rest, checkpoints: { folder, ...asked } };
  }

  async #infer({ nodeType, config, baseDir }: RequestOf<'source.infer'>): Promise<unknown> {
    const spec = specOf(nodeType);
    const infer = this.#options.sources[nodeType]?.infer;
    if (spec === null || infer === undefined) {
      throw new WeirError(noInference(nodeType, Object.keys(this.#options.sources)));
    }
    const parsed = spec.config.safeParse(config);
    const found = parsed.success ? [] : fromZod(parsed.error, ['config'], config);
    if (!parsed.success) {
      throw new WeirError(found[0] ?? unexpected(parsed.error));
    }
    try {
      return await infer(parsed.data, baseDir ?? process.cwd());
    } catch (error) {
      throw new WeirError(inferenceProblem(error, []));
    }
  }

  async #look(message: RequestOf<'source.browse' | 'source.peek'>): Promise<unknown> {
    const { nodeType, config } = message;
    const { browse, peek } = this.#options.sources[nodeType] ?? {};
    if (browse === undefined || peek === undefined)
      throw new WeirError(noInference(nodeType, Object.keys(this.#options.sources)));
    return message.type === 'source.browse' ? browse(config) : peek(config, message.place);
  }

  #live(runId: string): LiveRun {
    const run = this.#runs.get(runId);
    if (run === undefined) throw new WeirError(unknownRun(runId));
    return run;
  }

  #finish(run: LiveRun, ended: FromEngine): void {
    if (this.#runs.get(run.id) !== run) return; // it never started: the reply says why
    this.#forget(run);
    // Whoever hears of the end may ask at once what is kept.
    run.told = run.over(ended).finally(() => this.#tellEnd(ended));
  }

  #tellEnd(ended: FromEngine): void {
    if (this.#greeted().length > 0) this.#broadcast(ended);
    else this.#missed = [...this.#missed, ended].slice(-MISSED_MAX);
  }

  #forget(run: LiveRun): void {
    if (this.#runs.get(run.id) !== run) return;
    this.#runs.delete(run.id);
    run.settle(null);
    for (const client of this.#clients) client.watched.delete(run.id);
    this.#schedule();
  }

  /** What any studio looks at. */
  #applyWatch(runId: string): void {
    const ports = new Map<string, Port>();
    for (const client of this.#clients) {
      for (const port of client.watched.get(runId) ?? []) ports.set(`${port.node}:${port.port}`, port);
    }
    this.#runs.get(runId)?.watch([...ports.values()]);
  }

  #greeted(): Client[] {
    return [...this.#clients].filter((client) => client.greeted);
  }

  #broadcast(message: FromEngine, figures: Float64Array | null = null): void {
    const clients = this.#greeted();
    if (clients.length === 0) return;
    const frame = encodeFrame<FromEngine>({ message, figures });
    for (const client of clients) client.sendFrame(frame);
  }

  /** Figures are read only while there is a run, and someone to see them. */
  #schedule(): void {
    const needed = this.#runs.size > 0 && this.#greeted().length > 0;
    if (needed && this.#timer === null) {
      this.#timer = setInterval(() => {
        const now = performance.now();
        for (const run of this.#runs.values()) run.sendTelemetry(now);
      }, TELEMETRY_EVERY_MS);
    } else if (!needed && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }
}

const taken = (runId: string): Problem =>
  problem('L-MESSAGE', {
    path: [],
    message: 'A run with this id is going on.',
    value: showValue(runId),
    expected: 'an id of its own for each run',
    next: 'Stop that run, or start with another id.',
  });

const tooMany = (count: number): Problem =>
  problem('R-ENGINE', {
    path: [],
    message: 'Too many runs go on at once.',
    value: String(count),
    expected: `at most ${RUNS_MAX}`,
    next: 'Stop a run first.',
  });

const unknownRun = (runId: string): Problem =>
  problem('L-MESSAGE', {
    path: [],
    message: 'There is no such run; it may have ended.',
    value: showValue(runId),
    expected: 'the id of a run that goes on',
    next: 'Start it again.',
  });

function noInference(nodeType: string, known: readonly string[]): Problem {
  const near = nearest(nodeType, known);
  return problem('G-TYPE', {
    path: [],
    message: 'A node of this type has no data to take a schema from.',
    value: showValue(nodeType),
    expected: near === null ? 'a source that reads files' : `a source that reads files (nearest: ${near})`,
    next: 'Write the schema yourself.',
  });
}

const unexpected = (error: unknown): Problem =>
  problem('R-ENGINE', {
    path: [],
    message: 'The engine failed at this request.',
    value: showValue(error instanceof Error ? (error.stack ?? error.message) : error),
    next: 'Try again; if it happens again, report it with this text.',
  });
