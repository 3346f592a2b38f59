/** The run that the studio shows, but for its figures (`telemetry.ts`): what changes a few times a second at most. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CheckpointReport, KeptCheckpoints } from '../../engine/contract/checkpoints.ts';
import type { GraphDocument } from '../../engine/contract/document.ts';
import type { Evidence } from '../../engine/contract/evidence.ts';
import type { FromEngine, RunSummary, Sample, SinkView } from '../../engine/contract/link.ts';
import type { Panes } from '../../engine/contract/panes.ts';
import type { Problem } from '../../engine/contract/problems.ts';

export type RunStatus = 'none' | 'starting' | 'running' | 'paused' | 'stopping' | 'ended';
/** `reconnecting`: the link dropped, and the engine may well go on behind it. */
export type EngineStatus = 'connecting' | 'ready' | 'reconnecting' | 'dead';

export interface LogLine {
  /** Counts up through a run: a stable key. */
  readonly id: number;
  readonly at: number;
  readonly level: 'info' | 'warning' | 'error';
  readonly node: string | null;
  readonly text: string;
}

export interface RunState {
  readonly engine: EngineStatus;
  /** Why the engine is dead or out of reach, where that is known. */
  readonly engineProblem: Problem | null;
  readonly status: RunStatus;
  readonly runId: string | null;
  /** What runs, or ran: later edits show up at the next run. */
  readonly document: GraphDocument | null;
  readonly summary: RunSummary | null;
  /** Of starting, or why it failed. */
  readonly problems: readonly Problem[];
  readonly log: readonly LogLine[];
  /** By `portKey`. */
  readonly samples: ReadonlyMap<string, Sample>;
  /** Sinks' last rows and charts, by node. */
  readonly views: ReadonlyMap<string, SinkView>;
  /** Whose name the run's checkpoints are kept under; null: it takes none. */
  readonly owner: string | null;
  /** What this run told of its checkpoints, by number. */
  readonly checkpoints: ReadonlyMap<number, CheckpointReport>;
  /** The newest of these reports. */
  readonly report: CheckpointReport | null;
  /** What the run has seen of its records, a second old at most. */
  readonly evidence: readonly Evidence[];
  /** By node that is looked at, its open panes. */
  readonly panes: ReadonlyMap<string, Panes>;
  /** Kept to compare the next runs with, also those of another document. */
  readonly sideA: RunSide | null;
  /** What lay on the disk for `owner` when it was last asked. */
  readonly kept: (KeptCheckpoints & { readonly owner: string }) | null;
  /** Nodes of the edited graph that cannot take their state over from a checkpoint. */
  readonly refused: { readonly from: CheckpointRef; readonly nodes: readonly string[] } | null;
}
/** One side of a comparison: what a run that ended had to show. */
export interface RunSide {
  readonly document: GraphDocument;
  readonly summary: RunSummary;
  readonly views: ReadonlyMap<string, SinkView>;
}
/** A checkpoint by number, or a savepoint by name. */
export type CheckpointRef = number | string;
export type RunStore = StoreApi<RunState>;

export const LOG_LINES_MAX = 1000;
export const CHECKPOINTS_MAX = 500;

export const portKey = (node: string, port: string): string => `${node}:${port}`;

const NO_RUN = {
  status: 'none',
  runId: null,
  document: null,
  summary: null,
  problems: [],
  log: [],
  samples: new Map(),
  views: new Map(),
  owner: null,
  checkpoints: new Map(),
  report: null,
  refused: null,
  evidence: [],
  panes: new Map(),
} as const satisfies Partial<RunState>;

export const createRunStore = (): RunStore =>
  createStore<RunState>(() => ({
    engine: 'connecting',
    engineProblem: null,
    kept: null,
    sideA: null,
    ...NO_RUN,
  }));

export const isActive = (status: RunStatus): boolean =>
  status === 'starting' || status === 'running' || status === 'paused' || status === 'stopping';

/** @param owner of its checkpoints; null: it takes none */
export function beginRun(
  store: RunStore,
  runId: string,
  document: GraphDocument,
  owner: string | null = null,
): void {
  store.setState({ ...NO_RUN, status: 'starting', runId, document, owner });
}

/** Back to nothing, as after opening another document. */
export const forgetRun = (store: RunStore): void => store.setState({ ...NO_RUN, kept: null });

/** Takes in a message of the shown run; messages of other runs change nothing. */
export function applyRunMessage(store: RunStore, message: FromEngine): void {
  const state = store.getState();
  if (!('runId' in message) || message.runId !== state.runId) return;
  switch (message.type) {
    case 'run.log': {
      const { at, level, node, text } = message;
      // After a dropped link the engine tells of a run from the start: what stands here is not said twice.
      const again = (line: LogLine): boolean =>
        line.at === at && line.text === text && line.node === node && line.level === level;
      if (state.engine === 'reconnecting' && state.log.some(again)) return;
      const id = (state.log.at(-1)?.id ?? 0) + 1;
      store.setState({ log: [...state.log.slice(-LOG_LINES_MAX + 1), { id, at, level, node, text }] });
      return;
    }
    case 'run.sample': {
      const key = portKey(message.node, message.port);
      store.setState({ samples: new Map(state.samples).set(key, message.sample) });
      return;
    }
    case 'run.view':
      store.setState({ views: new Map(state.views).set(message.node, message.view) });
      return;
    case 'run.panes':
      store.setState({ panes: new Map(state.panes).set(message.node, message.panes) });
      return;
    case 'run.evidence':
      store.setState({ evidence: message.evidence });
      return;
    case 'run.checkpoint':
      store.setState(withReport(state, message.checkpoint));
      return;
    case 'run.ended':
      store.setState({
        status: 'ended',
        summary: message.summary,
        problems: message.problems as readonly Problem[],
      });
      return;
    case 'run.layout':
    case 'run.telemetry':
      return;
  }
}

function withReport(
  { checkpoints }: RunState,
  report: CheckpointReport,
): Pick<RunState, 'checkpoints' | 'report'> {
  const known = checkpoints.get(report.id);
  // That the run went on from it is told without what was told when it was taken.
  const told: CheckpointReport =
    report.status === 'restored' && known !== undefined ? { ...known, status: 'restored' } : report;
  const all = new Map(checkpoints).set(report.id, told);
  const [oldest] = all.keys();
  if (all.size > CHECKPOINTS_MAX && oldest !== undefined) all.delete(oldest);
  return { checkpoints: all, report: told };
}
