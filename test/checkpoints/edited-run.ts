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
import type { SourceData } from '../../engine/runtime/tasks/source-task.ts';
import { RUNTIMES } from '../../engine/runtimes.ts';
import { dying, Outside, transactional } from './restored-run.ts';

export interface EditedOptions {
  readonly before: GraphDocument;
  readonly after: GraphDocument;
  readonly drop?: readonly string[];
  /** Polls of all sources before the savepoint. */
  readonly polls: number;
  readonly batchRows?: number;
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
    let run: GraphRun;
    try {
      run = newRun(options.after, store, outside, options, () => {}, { restored, drop: options.drop ?? [] });
    } catch (error) {
      await store.close();
      throw error;
    }
    await run.open();
    const { outcome, problems } = await run.run();
    if (outcome !== 'finished') throw new Error(`the edited run ${outcome}: ${JSON.stringify(problems)}`);
    return { first, rows: outside.rows(), cut: Object.fromEntries(cut), summary: run.summary(outcome) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runToSavepoint(options: EditedOptions, folder: string, outside: Outside): Promise<void> {
  const store = await CheckpointStore.open(folder, { keep: 3, warn: () => {} });
  let polls = 0;
  const beat = (): boolean => {
    if (polls === options.polls) stopping ??= run.stopWithSavepoint('edit');
    else polls++;
    return stopping === null;
  };
  let stopping: Promise<void> | null = null;
  const run = newRun(options.before, store, outside, options, beat, { restored: null });
  await run.open();
  const { outcome, problems } = await run.run();
  await stopping;
  // Its input was shorter than that: what stands at its end is what is gone on from.
  if (outcome !== 'stopped') throw new Ended(JSON.stringify(problems));
}

/** The input ended before the savepoint. */
export class Ended extends Error {}

function newRun(
  document: GraphDocument,
  store: CheckpointStore,
  outside: Outside,
  { batchRows = 3 }: EditedOptions,
  beat: () => unknown,
  from: Pick<NonNullable<ConstructorParameters<typeof GraphRun>[1]['checkpoints']>, 'restored' | 'drop'>,
): GraphRun {
  return new GraphRun(checkGraph(document), {
    runtimes: { ...RUNTIMES, sources: dying(beat), sinks: transactional(outside) },
    clock: new VirtualClock(0),
    seed: 1,
    baseDir: '.',
    batchRows,
    sliceMs: 0,
    log: () => {},
    checkpoints: {
      store,
      everyMs: 3_600_000,
      minPauseMs: 0,
      timeoutMs: 60_000,
      tolerableFailures: 0,
      ...from,
    },
  });
}
