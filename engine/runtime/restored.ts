/**
 * What a run goes on from: a checkpoint, and for at-most-once the positions that were noted since. Without either, everything begins at
 * the beginning.
 */
import type { PositionLog } from '../checkpoints/position-log.ts';
import type { Checkpoint } from '../checkpoints/store.ts';
import type { Guarantee } from '../contract/document.ts';
import { WeirError } from '../contract/problems.ts';
import { above } from '../plan/above.ts';
import type { CheckedEdge, CheckedGraph } from '../plan/graph.ts';
import { DEFAULT_GUARANTEE } from '../plan/guarantees.ts';
import { type Takeover, takeOver } from '../plan/takeover.ts';
import { NO_WATERMARK } from '../progress/watermarks.ts';
import { restoreCounters } from '../telemetry/stats.ts';
import type { BuiltGraph } from './build.ts';
import type { JsonData } from './contracts.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { EdgeState } from './parallel/inlet.ts';
import type { Part as WorkerPart } from './parallel/part.ts';
import { RUN_PART, type RunData } from './run-data.ts';
import type { MergedData, Rewired } from './tasks/merged-inputs.ts';
import { overtakenIn, type SinkData } from './tasks/sink-data.ts';
import type { SourceData } from './tasks/source-task.ts';
import type { StatefulData } from './tasks/stateful-task.ts';

export interface RestoreSettings {
  /** Null: the run begins at the beginning. */
  readonly restored: Checkpoint | null;
  /** Whether the run continues another, also where that had no checkpoint yet. Left out: where there is one to restore. */
  readonly goesOn?: boolean;
  /** At-most-once: sources go on from there, wherever checkpoints stand. */
  readonly positions?: PositionLog | null;
  /** Nodes whose state in the checkpoint is given up. */
  readonly drop?: readonly string[];
  /** Whether another worker of the run leads: it has what was counted until then. */
  readonly isFollower?: boolean;
}

/** What a graph takes over of a checkpoint. @throws WeirError `K-STATE` with all that it cannot take over */
export function takeoverOf(
  graph: CheckedGraph,
  { manifest }: Checkpoint,
  drop: readonly string[] = [],
): Takeover {
  const takeover = takeOver(manifest.parts, graph, drop);
  const [first, ...more] = takeover.problems;
  if (first !== undefined) throw new WeirError(first, { more });
  return takeover;
}

export class Restored {
  readonly #graph: CheckedGraph;
  readonly #built: BuiltGraph;
  readonly #settings: RestoreSettings;
  readonly #mode: Guarantee;

  /** Into another graph than that of the checkpoint. */
  readonly #isEdited: boolean;
  /** Nodes that go on with what the checkpoint has of them; null: all. */
  readonly #kept: ReadonlySet<string> | null;

  /** @throws WeirError `K-STATE` with all that the graph cannot take over. @param hash of what the graph does */
  constructor(graph: CheckedGraph, hash: string, built: BuiltGraph, settings: RestoreSettings) {
    this.#graph = graph;
    this.#built = built;
    this.#settings = settings;
    this.#mode = graph.document.settings?.guarantee ?? DEFAULT_GUARANTEE;
    const { restored, drop = [] } = settings;
    this.#isEdited = restored !== null && (restored.manifest.graph !== hash || drop.length > 0);
    this.#kept =
      restored === null || !this.#isEdited
        ? null
        : new Set(
            takeoverOf(graph, restored, drop).nodes.flatMap(({ node, fate }) =>
              fate === 'kept' ? node : [],
            ),
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
    return this.#part<SinkData>(node)?.prepared ?? null;
  }

  /** Sinks, behind all others: rows that waited in front of them go on. */
  restoreQueues(): void {
    for (const task of this.#built.sinks) {
      const data = this.#part<SinkData>(task.stats.node);
      if (data !== null && data.overtaken.length > 0) task.restore(overtakenIn(data));
    }
  }

  #part<T>(node: string): T | null {
    if (this.#kept !== null && node !== RUN_PART && !this.#kept.has(node)) return null;
    return (this.#settings.restored?.parts.get(node)?.state as T | undefined) ?? null;
  }

  /** Also of nodes without state, which have no part: what they counted goes on. */
  #countsOn(node: string): boolean {
    return this.#kept?.has(node) !== false || this.#settings.restored?.parts.has(node) === false;
  }

  /** Edges of a merge by what they were in the checkpoint. */
  #rewired(node: string): Rewired | null {
    const then = this.#settings.restored?.parts.get(node)?.origin?.edges ?? [];
    const now = this.#graph.edges.filter((e) => e.to.node === node).map((e) => e.id);
    const from = now.map((id) => then.indexOf(id));
    // In which order the document has its edges does not make it another.
    return this.#isEdited || from.some((old, at) => old !== at) ? { from } : null;
  }

  /** Operators, before they open. */
  restoreOperators(): void {
    if (!this.restores) return;
    const run = this.#part<RunData>(RUN_PART);
    const { isFollower = false } = this.#settings;
    for (const stats of this.#built.nodes) {
      const counters = run?.nodes[stats.node] ?? {};
      const { watermark = stats.watermark } = counters;
      if (this.#countsOn(stats.node)) restoreCounters(stats, isFollower ? { watermark } : counters);
    }
    for (const edge of this.#built.edges) edge.records = isFollower ? 0 : (run?.edges[edge.id] ?? 0);
    const empty = this.#beginEmpty();
    for (const task of this.#built.stateful) {
      const data = this.#part<StatefulData>(task.stats.node);
      if (data === null || empty.has(task.stats.node)) continue;
      // Each port takes one edge, wherever that comes from now.
      task.restore(data, this.#isEdited ? { from: data.inputs.ended.map((_, port) => port) } : null);
    }
    for (const task of this.#built.merges) {
      const data = this.#part<MergedData>(task.stats.node);
      if (data !== null) task.restore(data, this.#rewired(task.stats.node));
    }
  }

  /** After operators: the ends of edges between workers. */
  restoreEdges(part: WorkerPart): void {
    if (this.restores) part.restore((edge) => this.#edgeState(edge));
  }

  #edgeState({ id, from, to }: CheckedEdge): EdgeState | null {
    const node = this.#graph.nodes.get(to.node);
    if (node === undefined) return null;
    if (node.spec.kind === 'sink') {
      const run = this.#part<RunData>(RUN_PART);
      const sources = [from.node, ...above(this.#graph, from.node).map((n) => n.id)].filter(
        (one) => this.#graph.nodes.get(one)?.spec.kind === 'source',
      );
      return {
        watermark: run?.nodes[to.node]?.['watermark'] ?? NO_WATERMARK,
        idle: false,
        ended: sources.every((one) => this.#dataOf(one)?.done === true),
      };
    }
    const data = this.#part<MergedData | StatefulData>(to.node);
    if (data === null) return null;
    const at =
      'valve' in data
        ? (this.#settings.restored?.parts.get(to.node)?.origin?.edges ?? []).indexOf(id)
        : node.spec.inputs.findIndex((port) => port.name === to.port);
    const { valve, ended } = 'valve' in data ? data : data.inputs;
    const input = valve.inputs[at];
    return input === undefined ? null : { ...input, ended: ended[at] ?? false };
  }

  /** Before anything is opened: what the ledger makes of the death that came before. */
  async tellLedger(ledger: Ledger | null): Promise<void> {
    const { restored, positions = null, goesOn = restored !== null } = this.#settings;
    if (ledger === null || !goesOn) return;
    const goesBack =
      positions === null ||
      this.#built.sources.every(({ parts }) => positions.read(parts.stats.node) === null);
    const emptied = this.#mode === 'at-most-once' ? this.#showingAtOnce() : [];
    await ledger.resumed(restored?.manifest.id ?? null, goesBack, emptied);
    for (const { stats } of restored === null ? [] : this.#built.sinks)
      if (restored?.parts.has(stats.node) === false) ledger.begins(stats.node);
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

  /** Sources, after they were opened and started; then all tell those below where they stand. */
  restoreSources(): void {
    const { positions = null } = this.#settings;
    for (const task of this.#built.sources) {
      const { node } = task.parts.stats;
      const data = this.#dataOf(node);
      if (data !== null) task.restore(data);
      if (positions !== null) task.taps.push({ before: () => positions.write(node, task.snapshot()) });
    }
    if (this.restores) this.#announce();
  }

  #announce(): void {
    for (const task of this.#built.sources) task.announce(this.#isEdited);
    if (!this.#isEdited) return;
    const tasks = new Map(
      [...this.#built.stateful, ...this.#built.merges].map((task) => [task.stats.node, task]),
    );
    // In the order of the stream: what one tells, the next may pass on.
    for (const node of this.#graph.nodes.keys()) tasks.get(node)?.announce();
  }
}
