/** What hosts (engine process, CLI, tests) use to run a graph. Implemented by `run.ts`. */
import type { CheckpointReport } from '../contract/checkpoints.ts';
import type { GraphDocument } from '../contract/document.ts';
import type { Evidence } from '../contract/evidence.ts';
import type { RunOptions, RunSummary, Sample, SinkView, StepKind } from '../contract/link.ts';
import type { Panes } from '../contract/panes.ts';
import type { Problem } from '../contract/problems.ts';
import type { TelemetryLayout } from '../contract/telemetry.ts';

/** Rows of a batch: no gain was measured above. */
export const DEFAULT_BATCH_ROWS = 1024;
export const DEFAULT_SEED = 1;

export interface RunRequest {
  readonly runId: string;
  /** Parsed, with every source's schema filled in; checked again before anything starts. */
  readonly document: GraphDocument;
  readonly baseDir: string;
  readonly options: RunOptions;
}

/** Called on the coordinator's thread. */
export interface RunEvents {
  layout(layout: TelemetryLayout): void;
  log(at: number, level: 'info' | 'warning' | 'error', node: string | null, text: string): void;
  sample(node: string, port: string, sample: Sample): void;
  view(node: string, view: SinkView): void;
  /** The open panes of a node that is watched for them, about once a second. */
  panes?(node: string, panes: Panes): void;
  /** What the run has seen of its records so far, at most once a second. */
  evidence?(evidence: readonly Evidence[]): void;
  /** How a checkpoint stands; several times for each. */
  checkpoint(report: CheckpointReport): void;
  /** Once, last. `problems` says why it failed; empty otherwise. */
  ended(summary: RunSummary, problems: readonly Problem[]): void;
}

export interface RunHandle {
  readonly layout: TelemetryLayout;
  /** Figures now, in `layout`'s order; rates are over the last second. Cheap: up to 10 times a second. */
  snapshot(): Float64Array;
  /**
   * Ends the run: sinks finish what they have. Resolves when all is closed.
   * @param savepoint keeps what the run has done under this name; @throws WeirError where that cannot be, and the run goes on
   */
  stop(savepoint?: string): Promise<void>;
  /** Keeps a checkpoint of now under a name. @throws WeirError `K-NAME`, `K-NONE`, or why it failed */
  savepoint(name: string): Promise<void>;
  pause(): void;
  resume(): void;
  /** A paused run goes on for one step; others are left alone. */
  step(kind: StepKind): void;
  /** Replaces the ports whose last records are sampled (`events.sample`, at most 4 times a second each). */
  watch(ports: readonly { readonly node: string; readonly port: string }[]): void;
  readonly ended: Promise<RunSummary>;
}

/** Starts a run on a worker thread of its own. Rejects with `WeirError` where the graph has errors. */
export type StartRun = (request: RunRequest, events: RunEvents) => Promise<RunHandle>;
