/** What coordinator and worker thread say to each other. Same build on both sides, so plain structured clones. */
import type { CheckpointReport } from '../contract/checkpoints.ts';
import type { Evidence } from '../contract/evidence.ts';
import type { RunOptions, RunSummary, Sample, SinkView, StepKind } from '../contract/link.ts';
import type { Panes } from '../contract/panes.ts';
import type { Problem } from '../contract/problems.ts';
import type { TelemetryLayout } from '../contract/telemetry.ts';
import type { InjectionRequest } from './chaos/injection.ts';
import type { ParallelRequest } from './parallel/open-part.ts';

export interface WorkerRequest {
  readonly document: unknown;
  readonly seed: number;
  readonly baseDir: string;
  readonly batchRows: number;
  readonly checkpoints: RunOptions['checkpoints'] | null;
  /** The run failed and goes on: from its last checkpoint, which has at least this number, or from the beginning where it has none. */
  readonly again: number | null;
  /** It waits for its first step, or to be resumed. */
  readonly paused: boolean;
  /** Failures to inject. */
  readonly chaos: InjectionRequest | null;
  /** See `guard.ts`. */
  readonly guard: SharedArrayBuffer;
  /** Where several threads run it together. */
  readonly parallel: ParallelRequest | null;
}

/** Where a worker writes its figures. */
export interface WorkerFigures {
  readonly layout: TelemetryLayout;
  readonly figures: SharedArrayBuffer;
}

export type ToWorker =
  /** All threads of the run are open. `workers`: where each writes its figures; `figures`: where the leader writes the sums. */
  | {
      readonly type: 'go';
      readonly workers: readonly WorkerFigures[];
      readonly figures: SharedArrayBuffer;
    }
  /** The layout of one of them has grown. */
  | {
      readonly type: 'layout';
      readonly workers: readonly WorkerFigures[];
      readonly figures: SharedArrayBuffer;
    }
  /** Another thread of the run failed. */
  | { readonly type: 'fail'; readonly problems: readonly Problem[] }
  | { readonly type: 'stop' | 'pause' | 'resume' }
  | { readonly type: 'step'; readonly kind: StepKind }
  | { readonly type: 'savepoint' | 'stop-with-savepoint'; readonly name: string; readonly request: number }
  | { readonly type: 'watch'; readonly ports: readonly { readonly node: string; readonly port: string }[] };

export type FromWorker =
  | {
      readonly type: 'opened';
      readonly layout: TelemetryLayout;
      readonly figures: SharedArrayBuffer;
      /** The least number that a checkpoint of this run can have, with the one that it goes on from. */
      readonly checkpointsFrom: number;
      /** By node, the workers that run it, where there are several. */
      readonly hosts?: Readonly<Record<string, readonly number[]>>;
    }
  | { readonly type: 'refused'; readonly problems: readonly Problem[] }
  /** A source has found partitions: figures stand elsewhere from now on. */
  | ({ readonly type: 'layout' } & WorkerFigures)
  /** A fault that strikes once does so now; its index. */
  | { readonly type: 'struck'; readonly fault: number }
  | {
      readonly type: 'log';
      readonly at: number;
      readonly level: 'info' | 'warning' | 'error';
      readonly node: string | null;
      readonly text: string;
    }
  | { readonly type: 'sample'; readonly node: string; readonly port: string; readonly sample: Sample }
  | { readonly type: 'view'; readonly node: string; readonly view: SinkView }
  | { readonly type: 'panes'; readonly node: string; readonly panes: Panes }
  | { readonly type: 'evidence'; readonly evidence: readonly Evidence[] }
  | { readonly type: 'checkpoint'; readonly report: CheckpointReport }
  | { readonly type: 'savepointed'; readonly request: number; readonly problem: Problem | null }
  | { readonly type: 'ended'; readonly summary: RunSummary; readonly problems: readonly Problem[] };
