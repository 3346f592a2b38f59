/**
 * What a run goes on from: a checkpoint, and for at-most-once the positions that were noted since. Without either, everything begins at
 * the beginning.
 */
import type { PositionLog } from '../checkpoints/position-log.ts';
import type { Checkpoint } from '../checkpoints/store.ts';
import type { Guarantee } from '../contract/document.ts';
import { problem, showValue, WeirError } from '../contract/problems.ts';
import { above } from '../plan/above.ts';
import type { CheckedGraph } from '../plan/graph.ts';
import { DEFAULT_GUARANTEE } from '../plan/guarantees.ts';
import { restoreCounters } from '../telemetry/stats.ts';
import type { BuiltGraph } from './build.ts';
import type { JsonData } from './contracts.ts';
import type { Ledger } from './ledger/ledger.ts';
import { RUN_PART, type RunData } from './run-data.ts';
import type { MergedData } from './tasks/merged-inputs.ts';
import type { SourceData } from './tasks/source-task.ts';
import type { StatefulData } from './tasks/stateful-task.ts';

export interface RestoreSettings {
  /** Null: the run begins at the beginning. */
  readonly restored: Checkpoint | null;
  /** Whether the run continues another, also where that had no checkpoint yet. Left out: where there is one to restore. */
  readonly goesOn?: boolean;
  /** At-most-once: sources go on from there, wherever checkpoints stand. */
  readonly positions?: PositionLog | null;
}

export class Restored {
  readonly #graph: CheckedGraph;
  readonly #built: BuiltGraph;
  readonly #settings: RestoreSettings;
  readonly #mode: Guarantee;

  /** @throws WeirError `K-GRAPH` where the checkpoint is of another graph. @param hash of what the graph does */
  constructor(graph: CheckedGraph, hash: string, built: BuiltGraph, settings: RestoreSettings) {
    this.#graph = graph;
    this.#built = built;
    this.#settings = settings;
    this.#mode = graph.document.settings?.guarantee ?? DEFAULT_GUARANTEE;
    if (settings.restored !== null) this.#checkFits(settings.restored, hash);
  }

  #checkFits({ manifest }: Checkpoint, hash: string): void {
    if (manifest.graph === hash) return;
    const known = new Map([...this.#graph.nodes.values()].map((n) => [n.id, n.spec.type]));
    const lost = manifest.parts
      .filter((p) => p.node !== RUN_PART && known.get(p.node) !== p.type)
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
    const run = this.#part<RunData>(RUN_PART);
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
  tellLedger(ledger: Ledger | null): void {
    const { restored, positions = null, goesOn = restored !== null } = this.#settings;
    if (ledger === null || !goesOn) return;
    const goesBack =
      positions === null ||
      this.#built.sources.every(({ parts }) => positions.read(parts.stats.node) === null);
    const emptied = this.#mode === 'at-most-once' ? this.#showingAtOnce() : [];
    ledger.resumed(restored?.manifest.id ?? null, goesBack, emptied);
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
}
