/** Runs a document on this thread and keeps what every sink got: for tests, conformance and previews. */
import type { Batch } from '../batch/batch.ts';
import type { GraphDocument } from '../contract/document.ts';
import type { RunSummary } from '../contract/link.ts';
import { type Problem, WeirError } from '../contract/problems.ts';
import { checkGraph } from '../plan/check.ts';
import { RUNTIMES, type Runtimes } from '../runtimes.ts';
import { type CapturedRow, capture } from './captured.ts';
import { type Clock, SystemClock } from './clock.ts';
import type { Sink, SinkRuntime } from './contracts.ts';
import { GraphRun } from './graph-run.ts';
import { partsInThread, runTogether } from './parallel/in-thread.ts';
import { mergeSummaries } from './parallel/summaries.ts';
import { DEFAULT_BATCH_ROWS, DEFAULT_SEED } from './run-api.ts';

export interface LocalOptions {
  readonly baseDir?: string;
  readonly batchRows?: number;
  readonly seed?: number;
  readonly clock?: Clock;
  readonly runtimes?: Runtimes;
  /** Keeps rows of these sinks' inputs (all by default) instead of only passing them on. */
  readonly capture?: boolean;
  /** Workers, all of them on this thread; 1 where left out. */
  readonly workers?: number;
}

export interface LocalResult {
  readonly summary: RunSummary;
  readonly problems: readonly Problem[];
  /** By sink node id, in order of arrival. */
  readonly rows: Readonly<Record<string, readonly CapturedRow[]>>;
  readonly log: readonly string[];
}

/** Throws `WeirError` where the graph has errors or a node cannot be opened. */
export async function runLocally(document: GraphDocument, options: LocalOptions = {}): Promise<LocalResult> {
  const graph = checkGraph(document);
  const error = graph.problems.find((p) => p.severity === 'error');
  if (error !== undefined) throw new WeirError(error);
  const rows: Record<string, CapturedRow[]> = {};
  const log: string[] = [];
  const base = options.runtimes ?? RUNTIMES;
  const runtimes = options.capture === false ? base : { ...base, sinks: capturing(base.sinks, rows) };
  const { workers = 1, clock = new SystemClock() } = options;
  const parts = workers === 1 ? [null] : partsInThread(graph, runtimes, workers);
  const runs = parts.map(
    (part) =>
      new GraphRun(graph, {
        runtimes,
        clock,
        seed: options.seed ?? document.settings?.seed ?? DEFAULT_SEED,
        baseDir: options.baseDir ?? process.cwd(),
        batchRows: options.batchRows ?? DEFAULT_BATCH_ROWS,
        part,
        log: (_at, level, node, text) => log.push(`${level} ${node ?? ''} ${text}`),
      }),
  );
  try {
    for (const run of runs) await run.open();
    const { outcome, problems } = await runTogether(runs);
    const summary = mergeSummaries(
      runs.map((run) => run.summary(outcome)),
      parts[0]?.plan ?? null,
    );
    return { summary, problems, rows, log };
  } finally {
    for (const part of parts) part?.close();
  }
}

type Config = Readonly<Record<string, unknown>>;

function capturing(
  sinks: Readonly<Record<string, SinkRuntime<Config>>>,
  rows: Record<string, CapturedRow[]>,
): Record<string, SinkRuntime<Config>> {
  return Object.fromEntries(
    Object.entries(sinks).map(([type, runtime]) => [
      type,
      {
        create: (context): Sink => {
          const inner = runtime.create(context);
          const kept: CapturedRow[] = [];
          rows[context.nodeId] = kept;
          return {
            open: () => inner.open(),
            write: (batch: Batch) => {
              kept.push(...capture(batch, context.input));
              return inner.write(batch);
            },
            finish: () => inner.finish(),
            close: () => inner.close(),
            get committed() {
              return inner.committed;
            },
          };
        },
      } satisfies SinkRuntime<Config>,
    ]),
  );
}
