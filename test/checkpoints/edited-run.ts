/** Runs a document until a savepoint ends it, then another document that goes on from there: what both made visible, and where the cut was. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointStore } from '../../engine/checkpoints/store.ts';
import type { GraphDocument } from '../../engine/contract/document.ts';
import type { RunSummary } from '../../engine/contract/link.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import type { CapturedRow } from '../../engine/runtime/captured.ts';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import { GraphRun } from '../../engine/runtime/graph-run.ts';
import { partsInThread, runTogether } from '../../engine/runtime/parallel/in-thread.ts';
import type { Part } from '../../engine/runtime/parallel/part.ts';
import { mergeSummaries } from '../../engine/runtime/parallel/summaries.ts';
import type { RestoreSettings } from '../../engine/runtime/restored.ts';
import type { SourceData } from '../../engine/runtime/tasks/source-task.ts';
import { RUNTIMES } from '../../engine/runtimes.ts';
import { dying, Outside, transactional } from './restored-run.ts';

export interface EditedOptions {
  readonly before: GraphDocument;
  readonly after: GraphDocument;
  readonly drop?: readonly string[];
  /** Polls of all sources that gave something, before the savepoint. */
  readonly polls: number;
  readonly batchRows?: number;
  /** Of both runs, on how many workers, all of them on this thread. Left out: one. */
  readonly workers?: number;
}

export interface EditedRun {
  /** By sink, what the first run showed. */
  readonly first: Record<string, CapturedRow[]>;
  /** By sink, what both showed. */
  readonly rows: Record<string, CapturedRow[]>;
  /** By source, records that it had given. */
  readonly cut: Readonly<Record<string, number>>;
  readonly summary: RunSummary;
}

/** @throws WeirError `K-STATE` where the second document cannot go on from the savepoint */
export async function runEdited(options: EditedOptions): Promise<EditedRun> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-edited-'));
  const outside = new Outside();
  try {
    await runToSavepoint(options, folder, outside);
    const first = structuredClone(outside.rows());
    const store = await CheckpointStore.open(folder, { keep: 3, warn: () => {} });
    const restored = await store.latest();
    if (restored?.manifest.name !== 'edit') throw new Error('the run ended without its savepoint');
    const cut = [...restored.parts].flatMap(([node, { state }]) => {
      const { recordsRead } = (state ?? {}) as Partial<SourceData>;
      return recordsRead === undefined ? [] : [[node, recordsRead] as const];
    });
    const { drop = [] } = options;
    let crew: Crew;
    try {
      crew = newCrew(options.after, store, outside, options, RUNTIMES.sources, { restored, drop });
    } catch (error) {
      await store.close();
      throw error;
    }
    const { outcome, problems, summary } = await runCrew(crew);
    if (outcome !== 'finished') throw new Error(`the edited run ${outcome}: ${JSON.stringify(problems)}`);
    return { first, rows: outside.rows(), cut: Object.fromEntries(cut), summary };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runToSavepoint(options: EditedOptions, folder: string, outside: Outside): Promise<void> {
  const store = await CheckpointStore.open(folder, { keep: 3, warn: () => {} });
  let polls = 0;
  const beat = (): boolean => {
    if (polls >= options.polls) stopping ??= crew.runs[0]?.stopWithSavepoint('edit') ?? null;
    return stopping === null;
  };
  let stopping: Promise<void> | null = null;
  const sources = dying(beat, () => polls++);
  const crew = newCrew(options.before, store, outside, options, sources, { restored: null });
  const { outcome, problems } = await runCrew(crew);
  await stopping;
  // Its input was shorter than that: what stands at its end is what is gone on from.
  if (outcome !== 'stopped') throw new Ended(JSON.stringify(problems));
}

/** The input ended before the savepoint. */
export class Ended extends Error {}

interface Crew {
  /** The leader first. */
  readonly runs: readonly GraphRun[];
  readonly parts: readonly (Part | null)[];
}

async function runCrew({ runs, parts }: Crew) {
  try {
    for (const run of runs) await run.open();
    const { outcome, problems } = await runTogether(runs);
    const summary = mergeSummaries(
      runs.map((run) => run.summary(outcome)),
      parts[0]?.plan ?? null,
    );
    return { outcome, problems, summary };
  } finally {
    for (const part of parts) part?.close();
  }
}

function newCrew(
  document: GraphDocument,
  store: CheckpointStore,
  outside: Outside,
  { batchRows = 3, workers = 1 }: EditedOptions,
  sources: (typeof RUNTIMES)['sources'],
  from: Pick<RestoreSettings, 'restored' | 'drop'>,
): Crew {
  const graph = checkGraph(document);
  const runtimes = { ...RUNTIMES, sources, sinks: transactional(outside) };
  const { restored } = from;
  const parts =
    workers === 1 ? [null] : partsInThread(graph, runtimes, workers, { restored, checkpoints: true });
  const clock = new VirtualClock(0);
  const newRun = (part: Part | null): GraphRun =>
    new GraphRun(graph, {
      runtimes,
      clock,
      seed: 1,
      baseDir: '.',
      batchRows,
      sliceMs: 0,
      log: () => {},
      part,
      ...(part !== null && !part.isLeader
        ? { follows: restored, drop: from.drop ?? [] }
        : {
            checkpoints: {
              store,
              everyMs: 3_600_000,
              minPauseMs: 0,
              timeoutMs: 60_000,
              tolerableFailures: 0,
              ...from,
            },
          }),
    });
  try {
    return { runs: parts.map(newRun), parts };
  } catch (error) {
    for (const part of parts) part?.close();
    throw error;
  }
}
