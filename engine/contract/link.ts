/**
 * Messages between a studio (or CLI) and the engine process. Every message that enters is validated by these schemas;
 * what does not fit is answered with `L-MESSAGE` and changes nothing.
 */
import { z } from 'zod';
import { zChaos } from './chaos.ts';
import { LATEST, zCheckpointOwner, zCheckpointReport, zSavepointName } from './checkpoints.ts';
import { CONNECTION_NAME, zConnection } from './connections.ts';
import { zEvidence } from './evidence.ts';
import { zPanes } from './panes.ts';

/** Raised with every change that an older peer would misread. */
export const LINK_VERSION = 1;
/** Bytes of one message, either way. */
export const MESSAGE_SIZE_MAX = 64 * 1024 * 1024;

const zRunId = z.string().min(1).max(64);
const zRequestId = z.int().min(0);
const zNode = z.string().min(1).max(64);
const zPort = z.string().min(1).max(64);

/** One record of one source; one batch; until a watermark has moved on; until a window has fired. */
export const zStepKind = z.enum(['record', 'batch', 'watermark', 'pane']);
export type StepKind = z.output<typeof zStepKind>;

const zRunOptions = z.strictObject({
  seed: z.int().min(0).max(0xffff_ffff).optional(),
  /** `auto`: as many as there are cores, where keyed work can be shared out. */
  parallelism: z.union([z.int().min(1).max(64), z.literal('auto')]).optional(),
  /** The run waits for its first step, or to be resumed. */
  paused: z.boolean().optional(),
  /** Ends the run after this many ms. */
  forMs: z.number().positive().optional(),
  batchRows: z.int().min(1).max(65_536).optional(),
  /** Where checkpoints are kept, and which of them the run goes on from. Left out: none are taken. */
  checkpoints: z
    .strictObject({
      folder: z.string().min(1).max(4096),
      /** Left out: as the document says, or `CHECKPOINT_EVERY`. */
      everyMs: z.number().positive().optional(),
      /** The newest, one by its number, or a savepoint by its name. */
      restore: z.union([z.literal(LATEST), z.int().min(1), zSavepointName]).optional(),
      /** Nodes whose state in the restored checkpoint is given up, where the graph has changed. */
      drop: z.array(zNode).max(10_000).optional(),
    })
    .optional(),
  /** Failures to inject; left out: those of the document. */
  chaos: zChaos.optional(),
});
export type RunOptions = z.output<typeof zRunOptions>;

/** What a studio may ask of a run. The folder of its checkpoints is the engine's to choose: a page names no paths. */
const zStudioRunOptions = zRunOptions.extend({
  checkpoints: zRunOptions.shape.checkpoints
    .unwrap()
    .omit({ folder: true })
    .extend({ owner: zCheckpointOwner })
    .optional(),
});
export type StudioRunOptions = z.output<typeof zStudioRunOptions>;

/** What the studio asks. `requestId`: answered by exactly one `reply`. */
export const zToEngine = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), version: z.int() }),
  z.strictObject({ type: z.literal('ping'), requestId: zRequestId }),
  z.strictObject({
    type: z.literal('run.start'),
    requestId: zRequestId,
    runId: zRunId,
    /** The document's JSON; validated again by the engine. */
    document: z.unknown(),
    /** Relative paths in the document are taken from here; null: the engine's own folder. */
    baseDir: z.string().max(4096).nullable(),
    options: zStudioRunOptions,
  }),
  /** `savepoint`: what the run has done is kept under this name. */
  z.strictObject({
    type: z.literal('run.stop'),
    requestId: zRequestId,
    runId: zRunId,
    savepoint: zSavepointName.optional(),
  }),
  /** Keeps a checkpoint of now under a name. Answered when it is complete, or has failed. */
  z.strictObject({
    type: z.literal('run.savepoint'),
    requestId: zRequestId,
    runId: zRunId,
    name: zSavepointName,
  }),
  z.strictObject({ type: z.literal('run.pause'), requestId: zRequestId, runId: zRunId }),
  z.strictObject({ type: z.literal('run.resume'), requestId: zRequestId, runId: zRunId }),
  /** What is kept for a document, and how its last run ended: a `KeptCheckpoints`. */
  z.strictObject({ type: z.literal('checkpoints.list'), requestId: zRequestId, owner: zCheckpointOwner }),
  /** Removes a savepoint that nobody needs any more; the reply is a `KeptCheckpoints` of what is left. */
  z.strictObject({
    type: z.literal('checkpoints.remove'),
    requestId: zRequestId,
    owner: zCheckpointOwner,
    name: zSavepointName,
  }),
  /** The ports whose last records someone looks at, and nodes whose `PANES`; replaces the earlier list. */
  z.strictObject({
    type: z.literal('run.watch'),
    requestId: zRequestId,
    runId: zRunId,
    ports: z.array(z.strictObject({ node: zNode, port: zPort })).max(32),
  }),
  /** A paused run goes on for one step. */
  z.strictObject({ type: z.literal('run.step'), requestId: zRequestId, runId: zRunId, kind: zStepKind }),
  /** Asks a source for the schema of its data. */
  z.strictObject({
    type: z.literal('source.infer'),
    requestId: zRequestId,
    nodeType: z.string().min(1).max(64),
    config: z.record(z.string(), z.unknown()),
    baseDir: z.string().max(4096).nullable(),
  }),
  /** What a source could read, from where its settings lead: a list of `Place`. */
  z.strictObject({
    type: z.literal('source.browse'),
    requestId: zRequestId,
    nodeType: z.string().min(1).max(64),
    config: z.record(z.string(), z.unknown()),
  }),
  /** The newest records of one of them: a list of `PeekedRecord`. */
  z.strictObject({
    type: z.literal('source.peek'),
    requestId: zRequestId,
    nodeType: z.string().min(1).max(64),
    config: z.record(z.string(), z.unknown()),
    place: z.string().min(1).max(1000),
  }),
  /** The person's connections: a list of `KnownConnection`. */
  z.strictObject({ type: z.literal('connections.list'), requestId: zRequestId }),
  /** Adds one or replaces it. What is secret goes this way once, and never comes back. */
  z.strictObject({
    type: z.literal('connections.save'),
    requestId: zRequestId,
    name: z.string().regex(CONNECTION_NAME),
    connection: zConnection,
  }),
  z.strictObject({
    type: z.literal('connections.remove'),
    requestId: zRequestId,
    name: z.string().max(64),
  }),
  /** Reaches one now, by its name or as it stands in a form: a `Reached`. */
  z.strictObject({
    type: z.literal('connections.test'),
    requestId: zRequestId,
    connection: z.union([z.string().min(1).max(2000), zConnection]),
  }),
]);
export type ToEngine = z.output<typeof zToEngine>;

const zProblem = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  path: z.array(z.union([z.string(), z.number()])),
  message: z.string(),
  value: z.string().optional(),
  expected: z.string().optional(),
  next: z.string().optional(),
  span: z.object({ from: z.number(), to: z.number() }).optional(),
});

const zColumn = z.object({ name: z.string(), type: z.string() });
/** A cell as it is shown: numbers and booleans as such, TIMESTAMP as ms, everything else as text; null is NULL. */
const zCell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const zSample = z.object({
  columns: z.array(zColumn),
  /** Newest last. */
  rows: z.array(
    z.object({
      /** Event time, ms; null where there is none. */
      time: z.number().nullable(),
      /** When the source took the record in, ms. */
      ingested: z.number().optional(),
      /** When it passed here, ms. */
      processed: z.number().optional(),
      /** Updating streams: what the row does. */
      change: z.enum(['+I', '-U', '+U', '-D']).optional(),
      cells: z.array(zCell),
    }),
  ),
  /** Rows that passed so far. */
  total: z.number(),
});
export type Sample = z.output<typeof zSample>;

/** What a sink shows in the studio: its last rows, and how to draw them. */
const zView = z.object({
  kind: z.enum(['table', 'chart']),
  sample: zSample,
  /** Charts: the columns that are drawn. */
  chart: z
    .object({
      mark: z.enum(['line', 'bar']),
      x: z.string(),
      y: z.array(z.string()),
      series: z.string().nullable(),
    })
    .optional(),
});
export type SinkView = z.output<typeof zView>;

const zLayout = z.object({
  nodes: z.array(z.string()),
  edges: z.array(z.string()),
  partitions: z.array(z.object({ node: z.string(), name: z.string() })),
});

const zOutcome = z.enum(['finished', 'stopped', 'failed']);
export type Outcome = z.output<typeof zOutcome>;

/** Of a sink's ledger: counts of records, but `duplicated`: how often one came again. */
const zLedger = z.object({
  expected: z.number(),
  delivered: z.number(),
  duplicated: z.number(),
  lost: z.number(),
  inFlight: z.number(),
});
export type LedgerCounts = z.output<typeof zLedger>;

const zNodeSummary = z.object({
  node: z.string(),
  recordsIn: z.number(),
  recordsOut: z.number(),
  late: z.number(),
  deadLetters: z.number(),
  filtered: z.number(),
  committed: z.number(),
  /** Null: no watermark. */
  watermark: z.number().nullable(),
  /** Sinks at which a ledger counts. */
  ledger: zLedger.optional(),
  /** On several workers: how many times the mean the rows are that the busiest of them took. */
  skew: z.number().optional(),
});

const zSummary = z.object({
  outcome: zOutcome,
  elapsedMs: z.number(),
  /** Records that sources gave, bad ones included. */
  recordsRead: z.number(),
  nodes: z.array(zNodeSummary),
});
export type RunSummary = z.output<typeof zSummary>;

export const zFromEngine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), version: z.int(), pid: z.int() }),
  z.object({
    type: z.literal('reply'),
    requestId: zRequestId,
    ok: z.boolean(),
    problems: z.array(zProblem),
    result: z.unknown().optional(),
  }),
  z.object({ type: z.literal('run.layout'), runId: zRunId, layout: zLayout }),
  /** The figures come as the message's binary attachment: one Float64Array. */
  z.object({ type: z.literal('run.telemetry'), runId: zRunId }),
  z.object({ type: z.literal('run.sample'), runId: zRunId, node: zNode, port: zPort, sample: zSample }),
  z.object({ type: z.literal('run.panes'), runId: zRunId, node: zNode, panes: zPanes }),
  z.object({ type: z.literal('run.view'), runId: zRunId, node: zNode, view: zView }),
  z.object({
    type: z.literal('run.log'),
    runId: zRunId,
    at: z.number(),
    level: z.enum(['info', 'warning', 'error']),
    node: z.string().nullable(),
    text: z.string(),
  }),
  /** Replaces what was sent before. */
  z.object({ type: z.literal('run.evidence'), runId: zRunId, evidence: z.array(zEvidence) }),
  z.object({ type: z.literal('run.checkpoint'), runId: zRunId, checkpoint: zCheckpointReport }),
  z.object({ type: z.literal('run.ended'), runId: zRunId, summary: zSummary, problems: z.array(zProblem) }),
  /** The sender's last message could not be used. */
  z.object({ type: z.literal('refused'), problem: zProblem }),
]);
export type FromEngine = z.output<typeof zFromEngine>;

/** A message and the numbers that travel beside it. */
export interface Envelope<M> {
  readonly message: M;
  readonly figures: Float64Array | null;
}

/** Two-way pipe between studio and engine: a MessagePort in Electron, a WebSocket in a browser. */
export interface Link {
  send(frame: Uint8Array): void;
  onMessage(listener: (frame: Uint8Array) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}
