/** Runs a document with checkpoints, and lets the run die on the way as often as asked: each next one goes on from the last that is whole. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Batch } from '../../engine/batch/batch.ts';
import { CheckpointStore } from '../../engine/checkpoints/store.ts';
import type { GraphDocument } from '../../engine/contract/document.ts';
import type { RunSummary } from '../../engine/contract/link.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { type CapturedRow, capture } from '../../engine/runtime/captured.ts';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import type { JsonData, Sink, SinkRuntime, SourceRuntime } from '../../engine/runtime/contracts.ts';
import { GraphRun } from '../../engine/runtime/graph-run.ts';
import { partsInThread, runTogether } from '../../engine/runtime/parallel/in-thread.ts';
import { mergeSummaries } from '../../engine/runtime/parallel/summaries.ts';
import { RUNTIMES } from '../../engine/runtimes.ts';

type Config = Readonly<Record<string, unknown>>;

/** What sinks of all the runs made visible: survives each of them, as a file would. */
export class Outside {
  readonly #committed = new Map<string, Map<number, readonly CapturedRow[]>>();

  /** Again for the same checkpoint: nothing more. */
  commit(node: string, checkpoint: number, rows: readonly CapturedRow[]): void {
    const own = this.#committed.get(node) ?? new Map<number, readonly CapturedRow[]>();
    own.set(checkpoint, rows);
    this.#committed.set(node, own);
  }

  /** Whatever checkpoints there are. */
  show(node: string, rows: readonly CapturedRow[]): void {
    if (rows.length > 0) this.commit(node, -(this.#committed.get(node)?.size ?? 0), rows);
  }

  rows(): Record<string, CapturedRow[]> {
    return Object.fromEntries([...this.#committed].map(([node, byId]) => [node, [...byId.values()].flat()]));
  }
}

interface Prepared {
  readonly checkpoint: number;
  readonly rows: readonly CapturedRow[];
}

/** A transactional sink that captures: rows go outside by `commit` alone. */
export const transactional = (outside: Outside): Record<string, SinkRuntime<Config>> =>
  Object.fromEntries(
    Object.keys(RUNTIMES.sinks).map((type) => [
      type,
      {
        create: ({ nodeId, input }): Sink => {
          let rows: CapturedRow[] = [];
          outside.commit(nodeId, 0, []);
          const commit = async (prepared: JsonData): Promise<void> => {
            const { checkpoint, rows: own } = prepared as unknown as Prepared;
            outside.commit(nodeId, checkpoint, own);
          };
          return {
            open: async () => {},
            write: (batch: Batch) => {
              rows.push(...capture(batch, input));
            },
            // As a file would be: what no checkpoint held is there for good, and again in the next run.
            finish: () => outside.show(nodeId, rows.splice(0)),
            close: () => {},
            committed: 0,
            prepare: async (checkpoint) => {
              const prepared: Prepared = { checkpoint, rows };
              rows = [];
              return prepared as unknown as JsonData;
            },
            commit,
            recover: async (prepared) => {
              if (prepared !== null) await commit(prepared);
            },
          };
        },
      } satisfies SinkRuntime<Config>,
    ]),
  );

export interface RestoredRun {
  readonly rows: Record<string, CapturedRow[]>;
  readonly summary: RunSummary;
  readonly crashes: number;
  readonly checkpoints: number;
}

export class Crash extends Error {}

/**
 * @param crashAfter by run, after how many polls of its sources it dies; the run after the last of these goes to its end
 */
export async function runWithCrashes(
  document: GraphDocument,
  options: {
    readonly baseDir: string;
    readonly batchRows: number;
    readonly crashAfter: readonly number[];
    /** By run, on how many workers, all of them on this thread; the last stands for all that follow. Left out: one. */
    readonly workers?: readonly number[];
  },
): Promise<RestoredRun> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-checkpoints-'));
  const outside = new Outside();
  let crashes = 0;
  let checkpoints = 0;
  try {
    for (let attempt = 0; ; attempt++) {
      const store = await CheckpointStore.open(folder, { keep: 3, warn: () => {} });
      const dies = options.crashAfter[attempt] ?? Infinity;
      let polls = 0;
      const runtimes = {
        ...RUNTIMES,
        sources: dying(() => {
          if (++polls > dies) throw new Crash();
        }),
        sinks: transactional(outside),
      };
      const graph = checkGraph(document);
      const restored = await store.latest();
      const workers = options.workers?.[attempt] ?? options.workers?.at(-1) ?? 1;
      const parts =
        workers === 1 ? [null] : partsInThread(graph, runtimes, workers, { restored, checkpoints: true });
      const clock = new VirtualClock(0);
      const runs = parts.map(
        (part) =>
          new GraphRun(graph, {
            runtimes,
            clock,
            seed: 1,
            baseDir: options.baseDir,
            batchRows: options.batchRows,
            sliceMs: 0,
            log: () => {},
            part,
            ...(part !== null && !part.isLeader
              ? { follows: restored }
              : {
                  checkpoints: {
                    store,
                    everyMs: 0,
                    minPauseMs: 0,
                    timeoutMs: 60_000,
                    tolerableFailures: 0,
                    restored,
                    report: ({ status }) => {
                      if (status === 'complete') checkpoints++;
                    },
                  },
                }),
          }),
      );
      for (const run of runs) await run.open();
      const { outcome, problems } = await runTogether(runs);
      for (const part of parts) part?.close();
      if (outcome === 'finished') {
        const summaries = runs.map((run) => run.summary(outcome));
        const summary = mergeSummaries(summaries, parts[0]?.plan ?? null);
        return { rows: outside.rows(), summary, crashes, checkpoints };
      }
      if (polls <= dies) throw new Error(`the run failed by itself: ${JSON.stringify(problems)}`);
      crashes++;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Sources of the same kind whose every poll may be the last thing that the run does, or gives nothing where `beat` says `false`. @param gave told of
 * polls that gave something */
export const dying = (
  beat: () => unknown,
  gave: () => void = () => {},
): Record<string, SourceRuntime<Config>> =>
  Object.fromEntries(
    Object.entries(RUNTIMES.sources).map(([type, runtime]) => [
      type,
      {
        ...runtime,
        create: (context) =>
          new Proxy(runtime.create(context), {
            get: (source, name) => {
              const value: unknown = Reflect.get(source, name, source);
              if (typeof value !== 'function') return value;
              return (...args: unknown[]): unknown => {
                if (name === 'poll' && beat() === false) return null;
                const result: unknown = Reflect.apply(value, source, args);
                if (name === 'poll' && result !== null) gave();
                return result;
              };
            },
          }),
      } satisfies SourceRuntime<Config>,
    ]),
  );
