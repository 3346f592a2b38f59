/**
 * Checkpoints of one run. All operators of a run stand on one thread and pass rows on synchronously, so between two slices of work no row
 * is on its way: whatever stands there then is a consistent cut, the barrier in front of every operator at once. What is taken then
 * is a copy; sinks prepare what was written before the cut behind their queues, and the files are written, while the run goes on.
 * When all of it is on the disk the sinks commit.
 */

import type { Manifest, Part } from '../checkpoints/format.ts';
import { graphHash } from '../checkpoints/graph-hash.ts';
import type { PositionLog } from '../checkpoints/position-log.ts';
import type { Checkpoint, CheckpointStore } from '../checkpoints/store.ts';
import type { Guarantee } from '../contract/document.ts';
import { problem, showValue, WeirError } from '../contract/problems.ts';
import { above } from '../plan/above.ts';
import type { CheckedGraph } from '../plan/graph.ts';
import { DEFAULT_GUARANTEE } from '../plan/guarantees.ts';
import { countersOf, restoreCounters } from '../telemetry/stats.ts';
import type { BuiltGraph } from './build.ts';
import type { JsonData, SourcePosition } from './contracts.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { MergedData } from './tasks/merged-inputs.ts';
import type { SourceData } from './tasks/source-task.ts';
import type { StatefulData } from './tasks/stateful-task.ts';

export interface CheckpointSettings {
  readonly store: CheckpointStore;
  /** From one barrier to the next, ms. */
  readonly everyMs: number;
  /** At least this long between the end of one and the beginning of the next, ms. */
  readonly minPauseMs: number;
  /** One that takes longer is given up, ms. */
  readonly timeoutMs: number;
  /** Failures in a row that do not end the run. */
  readonly tolerableFailures: number;
  /** What the run goes on from; null: from the beginning. */
  readonly restored: Checkpoint | null;
  /** Whether the run continues another, also where that had no checkpoint yet. Left out: where there is one to restore. */
  readonly goesOn?: boolean;
  /** At-most-once: sources go on from there, wherever checkpoints stand. */
  readonly positions?: PositionLog | null;
  /** Told of every one that is complete. */
  completed?(manifest: Manifest): void;
  warn(text: string): void;
}

/** The counters of all nodes and edges stand under this name: no node can have it. */
const RUN = '';

interface RunData {
  readonly nodes: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly edges: Readonly<Record<string, number>>;
}

export class Checkpointer {
  readonly #graph: CheckedGraph;
  readonly #built: BuiltGraph;
  readonly #settings: CheckpointSettings;
  readonly #hash: string;
  readonly #mode: Guarantee;
  readonly #ledger: Ledger | null;
  /** Of the checkpoints that are kept, where the sources were. */
  readonly #positions = new Map<number, ReadonlyMap<string, SourcePosition>>();
  #running: Promise<void> | null = null;
  #nextAt: number;
  #failures = 0;
  readonly #abandon = new AbortController();
  /** The run must end with this: too many failed. */
  failure: unknown = null;

  constructor(
    graph: CheckedGraph,
    built: BuiltGraph,
    settings: CheckpointSettings,
    ledger: Ledger | null = null,
  ) {
    this.#graph = graph;
    this.#built = built;
    this.#settings = settings;
    this.#ledger = ledger;
    this.#hash = graphHash(graph.document);
    this.#mode = graph.document.settings?.guarantee ?? DEFAULT_GUARANTEE;
    this.#nextAt = performance.now() + settings.everyMs;
    const { restored } = settings;
    if (restored === null) return;
    this.#checkFits(restored);
    this.#positions.set(restored.manifest.id, positionsIn([...restored.parts.values()]));
  }

  #checkFits({ manifest }: Checkpoint): void {
    if (manifest.graph === this.#hash) return;
    const known = new Map([...this.#graph.nodes.values()].map((n) => [n.id, n.spec.type]));
    const lost = manifest.parts
      .filter((p) => p.node !== RUN && known.get(p.node) !== p.type)
      .map((p) => p.node);
    throw new WeirError(
      problem('K-GRAPH', {
        path: [],
        message:
          lost.length === 0
            ? 'The checkpoint is of this graph with other settings or edges: its state may mean something else now.'
            : `The checkpoint holds the state of ${lost.join(', ')}, which the graph no longer has.`,
        value: showValue(lost.length === 0 ? manifest.graph.slice(0, 12) : lost),
        expected: `the graph that it was taken of`,
        next: 'Undo the change, or start without the checkpoint.',
      }),
    );
  }

  /** Where a source goes on; null: at its beginning. */
  positionOf(node: string): SourceData['position'] | null {
    return this.#dataOf(node)?.position ?? null;
  }

  #dataOf(source: string): SourceData | null {
    const noted = this.#settings.positions?.read(source) as SourceData | null | undefined;
    return noted ?? this.#part<SourceData>(source);
  }

  /** Whether rows become visible without waiting for the checkpoint behind them. */
  get showsAtOnce(): boolean {
    return this.#mode === 'at-least-once';
  }

  get restores(): boolean {
    return this.#settings.restored !== null;
  }

  /** What the restored checkpoint had prepared of a sink. */
  preparedOf(node: string): JsonData | null {
    return this.#part<JsonData>(node);
  }

  #part<T>(node: string): T | null {
    return (this.#settings.restored?.parts.get(node)?.state as T | undefined) ?? null;
  }

  /** Operators, before they open. */
  restoreOperators(): void {
    if (!this.restores) return;
    const run = this.#part<RunData>(RUN);
    for (const stats of this.#built.nodes) restoreCounters(stats, run?.nodes[stats.node] ?? {});
    for (const edge of this.#built.edges) edge.records = run?.edges[edge.id] ?? 0;
    const empty = this.#beginEmpty();
    for (const task of this.#built.stateful) {
      const data = this.#part<StatefulData>(task.stats.node);
      if (data !== null && !empty.has(task.stats.node)) task.restore(data);
    }
    for (const task of this.#built.merges) {
      const data = this.#part<MergedData>(task.stats.node);
      if (data !== null) task.restore(data);
    }
  }

  /** After `restoreOperators`: what the ledger makes of the death that came before. */
  tellLedger(): void {
    const { restored, positions = null, goesOn = restored !== null } = this.#settings;
    if (this.#ledger === null || !goesOn) return;
    const goesBack =
      positions === null ||
      this.#built.sources.every(({ parts }) => positions.read(parts.stats.node) === null);
    const emptied = this.#mode === 'at-most-once' ? this.#showingAtOnce() : [];
    this.#ledger.resumed(restored?.manifest.id ?? null, goesBack, emptied);
  }

  /** Sinks whose rows no checkpoint holds back. */
  #showingAtOnce(): string[] {
    return this.#built.sinks.filter(({ sink }) => sink.prepare === undefined).map(({ stats }) => stats.node);
  }

  /**
   * At-most-once, above sinks that show rows at once: what a window gave since the checkpoint it would give again, if it had the state
   * of the checkpoint.
   */
  #beginEmpty(): ReadonlySet<string> {
    if (this.#mode !== 'at-most-once') return new Set();
    return new Set(this.#showingAtOnce().flatMap((sink) => above(this.#graph, sink).map((node) => node.id)));
  }

  /** Sources, after they were opened and started. */
  restoreSources(): void {
    const { positions = null } = this.#settings;
    for (const task of this.#built.sources) {
      const { node } = task.parts.stats;
      const data = this.#dataOf(node);
      if (data !== null) task.restore(data);
      if (positions !== null) task.taps.push({ before: () => positions.write(node, task.snapshot()) });
    }
  }

  /** Called between two slices of work: begins a checkpoint where one is due and none is on its way. */
  tick(): void {
    if (this.#running !== null || performance.now() < this.#nextAt) return;
    this.#running = this.#take(null).finally(() => {
      this.#running = null;
    });
  }

  /** The run is over, by a failure: nothing of it may become visible any more but what the next one finds in a whole checkpoint. */
  async abandon(): Promise<void> {
    this.#abandon.abort();
    await this.#running;
  }

  /** One more, after whatever is on its way, of all that the run has done. Rejects where it fails. */
  async last(name: string | null = null): Promise<void> {
    await this.#running;
    await this.#attempt(name);
  }

  async #take(name: string | null): Promise<void> {
    try {
      await this.#attempt(name);
      this.#failures = 0;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#settings.warn(`A checkpoint failed: ${text}`);
      if (++this.#failures > this.#settings.tolerableFailures) this.failure ??= error;
    }
  }

  async #attempt(name: string | null): Promise<void> {
    const { store, everyMs, minPauseMs, timeoutMs } = this.#settings;
    const startedAt = Date.now();
    const began = performance.now();
    const id = store.nextId();
    const parts = this.#snapshot();
    this.#ledger?.barrier(id);
    const sinks = this.#built.sinks.map(async (task): Promise<Part> => {
      const state = await task.barrier(id);
      if (this.showsAtOnce && !this.#abandon.signal.aborted) await task.commit(id, state);
      return { node: task.stats.node, type: this.#typeOf(task.stats.node), state };
    });
    try {
      const { signal } = this.#abandon;
      const prepared = await within(Promise.all(sinks), timeoutMs, signal);
      const header = { id, takenAt: startedAt, name, graph: this.#hash };
      const manifest = await store.write(header, [...parts, ...prepared], startedAt);
      // It stands on the disk; who goes on from it commits.
      if (signal.aborted) return;
      for (const task of this.showsAtOnce ? [] : this.#built.sinks) {
        const own = prepared.find((p) => p.node === task.stats.node);
        await task.commit(id, (own?.state ?? null) as JsonData);
      }
      await this.#tellSources(id, parts);
      this.#settings.completed?.(manifest);
    } finally {
      const now = performance.now();
      this.#nextAt = Math.max(began + everyMs, now + minPauseMs);
    }
  }

  /** What a kept checkpoint may still ask for, sources must keep: where the newest breaks, an older one is gone on from. */
  async #tellSources(id: number, parts: readonly Part[]): Promise<void> {
    const told = this.#built.sources.filter(({ parts: own }) => own.source.committed !== undefined);
    if (told.length === 0) return;
    this.#positions.set(id, positionsIn(parts));
    const kept = await this.#settings.store.completed();
    for (const known of this.#positions.keys()) if (!kept.includes(known)) this.#positions.delete(known);
    // Of another run's checkpoint nothing is known: all is kept as long as it is.
    const oldest = this.#positions.get(kept.at(-1) ?? id);
    for (const { parts: own } of told) {
      const position = oldest?.get(own.stats.node);
      if (position !== undefined) await own.source.committed?.(position);
    }
  }

  #snapshot(): Part[] {
    const { sources, stateful, merges, nodes, edges } = this.#built;
    const part = (node: string, state: unknown): Part => ({ node, type: this.#typeOf(node), state });
    const tasks = [
      ...sources.map((task) => part(task.parts.stats.node, task.snapshot())),
      ...stateful.map((task) => part(task.stats.node, task.snapshot())),
      ...merges.map((task) => part(task.stats.node, task.snapshot())),
    ];
    const run: RunData = {
      nodes: Object.fromEntries(nodes.map((n) => [n.node, countersOf(n)])),
      edges: Object.fromEntries(edges.map((e) => [e.id, e.records])),
    };
    return [...tasks, { node: RUN, type: RUN, state: run }];
  }

  #typeOf(node: string): string {
    return this.#graph.nodes.get(node)?.spec.type ?? '';
  }
}

/** By node. */
const positionsIn = (parts: readonly Part[]): Map<string, SourcePosition> =>
  new Map(
    parts.flatMap(({ node, state }) => {
      const { position } = (state ?? {}) as Partial<SourceData>;
      return position === undefined ? [] : [[node, position] as const];
    }),
  );

/** A sink that has failed answers no more: then the end of the run ends the wait. */
async function within<T>(work: Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${ms} ms`)), ms);
    signal.addEventListener('abort', () => reject(new Error('the run ended')), { once: true });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
