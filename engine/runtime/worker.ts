/** The worker thread of one run: plans the document again, runs it, answers commands, writes figures into shared memory. */
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { PANES } from '../contract/panes.ts';
import { validateDocument } from '../contract/parse.ts';
import { type Problem, problem, WeirError } from '../contract/problems.ts';
import { snapshotLength } from '../contract/telemetry.ts';
import { checkGraph } from '../plan/check.ts';
import { RUNTIMES } from '../runtimes.ts';
import { announceFaults } from './chaos/announce.ts';
import { Injection } from './chaos/injection.ts';
import { SystemClock } from './clock.ts';
import './v8-flags.ts';
import { GraphRun } from './graph-run.ts';
import { openGuard } from './guard.ts';
import { givenUp, openCheckpoints } from './open-checkpoints.ts';
import { Crew, leads } from './parallel/crew.ts';
import type { FromWorker, ToWorker, WorkerFigures, WorkerRequest } from './worker-messages.ts';

const port = parentPort;
if (port === null) throw new Error('worker.ts runs as a worker thread');
const post = (message: FromWorker): void => port.postMessage(message);
// A spare thread (`spare-thread.ts`) is told later; what comes behind the request waits for main's listener.
const given: unknown = workerData ?? (await once(port, 'message'))[0];
const request = given as WorkerRequest;

/** Sink pictures go out this often at most, in ms. */
const SHOW_EVERY_MS = 250;
/** What explains a run, so much. */
const EVIDENCE_EVERY_MS = 1000;

async function main(): Promise<void> {
  const parsed = validateDocument(request.document);
  if (!parsed.ok) throw new WeirError(first(parsed.problems));
  const { parallel } = request;
  openGuard(request.guard, Object.keys(parsed.value.nodes), parallel?.worker);
  const log = (at: number, level: 'info' | 'warning' | 'error', node: string | null, text: string): void =>
    post({ type: 'log', at, level, node, text });
  const clock = new SystemClock();
  const graph = checkGraph(parsed.value);
  const checkpoints = await openCheckpoints(graph, {
    asked: leads(parallel) ? request.checkpoints : null,
    again: request.again,
    seed: request.seed,
    baseDir: request.baseDir,
    log: (level, node, text) => log(clock.now(), level, node, text),
  });
  const crew = parallel === null ? null : await Crew.join(graph, parallel, request.checkpoints, checkpoints);
  const checkpointsFrom = checkpoints?.restored?.manifest.id ?? checkpoints?.store.upcoming ?? 0;
  const chaos =
    request.chaos === null
      ? null
      : new Injection(request.chaos, clock, (fault) => post({ type: 'struck', fault }));
  const run = new GraphRun(graph, {
    runtimes: RUNTIMES,
    clock,
    seed: request.seed,
    baseDir: request.baseDir,
    batchRows: request.batchRows,
    log,
    checkpoints:
      checkpoints === null
        ? null
        : { ...checkpoints, report: (report) => post({ type: 'checkpoint', report }) },
    chaos,
    part: crew?.part ?? null,
    stateBytesBeside: () => crew?.stateBytesBeside() ?? 0,
    follows: crew?.follows ?? null,
    drop: givenUp(request.checkpoints, request.again, crew?.follows ?? null),
    publish: () => publish(),
  });
  let figures: Float64Array | null = null;
  let partitions = 0;
  let shownAt = -Infinity;
  let gatheredAt = -Infinity;
  let watched: ToWorker & { type: 'watch' } = { type: 'watch', ports: [] };
  const versions = new Map<string, number>();

  const show = (everything: boolean): void => {
    for (const { node, version, view } of run.views()) {
      if (versions.get(node) === version) continue;
      versions.set(node, version);
      post({ type: 'view', node, view });
    }
    if (!everything && watched.ports.length === 0) return;
    const isWanted = (node: string, name: string): boolean =>
      everything || watched.ports.some((p) => p.node === node && p.port === name);
    for (const { node, port: name, sample } of run.samples(isWanted)) {
      const key = `${node}:${name}`;
      if (versions.get(key) === sample.total) continue;
      versions.set(key, sample.total);
      post({ type: 'sample', node, port: name, sample });
    }
  };
  function showPanes(): void {
    for (const { node, port: name } of watched.ports) {
      const panes = name === PANES ? run.panes(node) : null;
      if (panes !== null) post({ type: 'panes', node, panes });
    }
  }
  /** Where figures are written; anew where a source has found partitions since. */
  function layOut(): WorkerFigures {
    const { layout } = run;
    const shared = new SharedArrayBuffer(snapshotLength(layout) * 8);
    figures = new Float64Array(shared);
    partitions = run.partitions;
    run.writeFigures(figures);
    return { layout, figures: shared };
  }
  function publish(): void {
    if (figures !== null && run.partitions > partitions) post({ type: 'layout', ...layOut() });
    else if (figures !== null) run.writeFigures(figures);
    crew?.publish();
    const now = performance.now();
    if (now - gatheredAt >= EVIDENCE_EVERY_MS) {
      gatheredAt = now;
      post({ type: 'evidence', evidence: run.evidence() });
      showPanes();
    }
    if (now - shownAt < SHOW_EVERY_MS) return;
    shownAt = now;
    show(false);
  }

  const answer = (savepoint: number, work: Promise<void>): Promise<void> =>
    work.then(
      () => post({ type: 'savepointed', request: savepoint, problem: null }),
      (error: unknown) => post({ type: 'savepointed', request: savepoint, problem: problemOf(error) }),
    );
  port?.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'stop':
        run.stop();
        break;
      case 'savepoint':
        void answer(message.request, run.savepoint(message.name));
        break;
      case 'stop-with-savepoint':
        void answer(message.request, run.stopWithSavepoint(message.name));
        break;
      case 'go':
        crew?.go(message);
        break;
      case 'layout':
        crew?.layout(message);
        break;
      case 'fail':
        run.fail(message.problems);
        break;
      case 'pause':
        run.pause();
        break;
      case 'step':
        run.step(message.kind);
        break;
      case 'resume':
        run.resume();
        break;
      case 'watch':
        watched = message;
        for (const { node, port: name } of message.ports) versions.delete(`${node}:${name}`);
        show(false);
        showPanes();
        break;
    }
  });
  await run.open();
  post({
    type: 'opened',
    ...layOut(),
    checkpointsFrom,
    ...(crew === null ? {} : { hosts: crew.hosts }),
  });
  if (request.paused) run.pause();
  await crew?.allOpen;
  const silence =
    request.chaos === null || !leads(parallel) ? () => {} : announceFaults(request.chaos, clock, log);
  const { outcome, problems } = await run.run().finally(silence);
  if (figures !== null) run.writeFigures(figures);
  crew?.publish();
  show(true);
  post({ type: 'evidence', evidence: run.evidence() });
  post({ type: 'ended', summary: run.summary(outcome), problems });
  crew?.part.close();
}

const first = (problems: readonly Problem[]): Problem =>
  problems[0] ?? problem('R-ENGINE', { path: [], message: 'The document was refused without a reason.' });

const problemOf = (error: unknown): Problem =>
  error instanceof WeirError
    ? error.problem
    : problem('R-ENGINE', {
        path: [],
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
        next: 'Report this with the document.',
      });

main()
  .catch((error: unknown) =>
    post({ type: 'refused', problems: error instanceof WeirError ? error.problems : [problemOf(error)] }),
  )
  // Commands keep the thread alive; nothing will come any more.
  .finally(() => port.close());
