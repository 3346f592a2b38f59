/**
 * The graph document: what a `.weir` file holds. JSON, versioned, keys in a fixed order, `layout` apart, so that a
 * small edit is a small diff and moving a node touches no logic.
 */
import { z } from 'zod';
import { zChaos } from './chaos.ts';
import { MAX_PARALLELISM_MAX, PARALLELISM_MAX } from './parallelism.ts';
import { zDuration, zFieldName, zPositiveDuration } from './settings.ts';

export const DOCUMENT_VERSION = 1;
/** Characters; a graph of a thousand nodes has about half a million. */
export const DOCUMENT_SIZE_MAX = 16 * 1024 * 1024;

export const zNodeId = z
  .string()
  .max(64)
  .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, { error: 'expected letters, digits, _ or -, first a letter' });

/** `hourly` (its only main port) or `hourly:late`. */
export const zEndpoint = z
  .string()
  .max(130)
  .regex(/^[A-Za-z][A-Za-z0-9_-]*(:[a-z][a-z0-9-]*)?$/, { error: 'expected "node" or "node:port"' });

export const zGraphNode = z.strictObject({
  type: z.string().min(1).max(64),
  name: z.string().max(200).optional(),
  note: z.string().max(20_000).optional(),
  config: z.record(z.string(), z.unknown()),
});

export const zGraphEdge = z.strictObject({ from: zEndpoint, to: zEndpoint });

/**
 * Where the settings leave them out; Flink's names are checkpointing.interval, .timeout, .min-pause, .tolerable-failed-checkpoints, .unaligned
 * and .aligned-checkpoint-timeout.
 */
export const CHECKPOINT_DEFAULTS = {
  every: '10 s',
  timeout: '10 min',
  minPause: '0 s',
  keep: 3,
  tolerableFailures: 0,
  unaligned: false,
  alignedTimeout: '0 s',
};

export const zCheckpoints = z.strictObject({
  every: zPositiveDuration.optional(),
  timeout: zPositiveDuration.optional(),
  minPause: zDuration.optional(),
  /** Complete checkpoints that stay. */
  keep: z.int().min(1).max(1000).optional(),
  /** Failed ones in a row that do not end the run. */
  tolerableFailures: z.int().min(0).max(1000).optional(),
  /** Whether the barrier of a checkpoint overtakes rows that wait in front of a slow sink: they become part of the checkpoint. */
  unaligned: z.boolean().optional(),
  /** Of unaligned ones: so long the barrier waits in line first. */
  alignedTimeout: zDuration.optional(),
});

/** What happens to a run with checkpoints that failed: it goes on from the last one, after a delay. */
export const zRestart = z.discriminatedUnion('strategy', [
  z.strictObject({ strategy: z.literal('none') }),
  z.strictObject({
    strategy: z.literal('fixed-delay'),
    attempts: z.int().min(1).max(1_000_000),
    delay: zDuration,
  }),
  z.strictObject({
    strategy: z.literal('exponential-delay'),
    attempts: z.int().min(1).max(1_000_000),
    /** Of the first restart; doubled with each, up to `maxDelay`, and begun anew after a run as long as that. */
    delay: zPositiveDuration,
    maxDelay: zPositiveDuration,
  }),
]);
export type Restart = z.output<typeof zRestart>;

/**
 * What a run with checkpoints does about failures. `exactly-once`: sources are read again from the last checkpoint, and sinks that can
 * show rows only when the checkpoint behind them is complete. `at-least-once`: sinks show rows at once, and again after a restart.
 * `at-most-once`: after a restart sources go on behind what they gave.
 */
export const zGuarantee = z.enum(['exactly-once', 'at-least-once', 'at-most-once']);
export type Guarantee = z.output<typeof zGuarantee>;

export const zRunSettings = z.strictObject({
  /** Seed of everything random in a run. */
  seed: z.int().min(0).max(0xffff_ffff).optional(),
  /** Worker threads that share the keys of a run. */
  parallelism: z.int().min(1).max(PARALLELISM_MAX).optional(),
  /** Slices into which the state of keyed operators is cut (Flink's pipeline.max-parallelism): the most workers that it can be restored on. */
  maxParallelism: z.int().min(1).max(MAX_PARALLELISM_MAX).optional(),
  /** Whether a bad record goes to the dead-letter port or ends the run. */
  onBadRecord: z.enum(['dead-letter', 'fail']).optional(),
  /** MB of state that all operators of a run may hold together; beyond it the run fails with R-STATE. */
  stateMegabytesMax: z.int().min(1).max(1_000_000).optional(),
  guarantee: zGuarantee.optional(),
  checkpoints: zCheckpoints.optional(),
  restart: zRestart.optional(),
  /** The field in which a source numbers its records, without gaps: by it sinks are counted for what is lost or there twice. */
  ledger: zFieldName.optional(),
  /** Failures that every run of the document meets, to see what becomes of it. */
  chaos: zChaos.optional(),
});

const zRows = z.array(z.record(z.string(), z.unknown())).max(100_000);

/**
 * A test that a document carries: what its sources give, and what its sinks must get. Run by `weir test`. TIMESTAMP is written in
 * ISO 8601, DECIMAL and BIGINT beyond 2^53 as text.
 */
export const zDocumentTest = z.strictObject({
  name: z.string().min(1).max(200),
  /** By source, the rows that it gives in place of its data; a source that is left out gives none. */
  input: z.record(zNodeId, zRows),
  /** By sink, the rows that it gets. Rows of an updating stream say under `__change` what they do: `+I`, `-U`, `+U` or `-D`. */
  expected: z.record(zNodeId, zRows).optional(),
  /** By sink of an updating stream, the rows that stand at the end. */
  tables: z.record(zNodeId, zRows).optional(),
  /** `exact`: also the order of `expected` counts. */
  order: z.enum(['any', 'exact']).optional(),
});
export type DocumentTest = z.output<typeof zDocumentTest>;

export const zLayout = z.strictObject({
  nodes: z.record(zNodeId, z.strictObject({ x: z.number(), y: z.number() })),
});

export const zDocument = z.strictObject({
  weir: z.literal(DOCUMENT_VERSION),
  name: z.string().max(200).optional(),
  description: z.string().max(20_000).optional(),
  settings: zRunSettings.optional(),
  nodes: z.record(zNodeId, zGraphNode),
  edges: z.array(zGraphEdge),
  tests: z.array(zDocumentTest).max(1000).optional(),
  layout: zLayout.optional(),
});

export type GraphDocument = z.output<typeof zDocument>;
export type GraphNode = z.output<typeof zGraphNode>;
export type GraphEdge = z.output<typeof zGraphEdge>;
export type RunSettings = z.output<typeof zRunSettings>;
/** Where `stateMegabytesMax` is left out. Ten million keys with a sum and a count take about 0.7 GB. */
export const STATE_MEGABYTES_MAX = 2048;
export type Position = { readonly x: number; readonly y: number };

export interface Endpoint {
  readonly node: string;
  /** Null where the text leaves it out: the node's only main port on that side. */
  readonly port: string | null;
}

export function parseEndpoint(text: string): Endpoint {
  const at = text.indexOf(':');
  return at < 0 ? { node: text, port: null } : { node: text.slice(0, at), port: text.slice(at + 1) };
}

/** Edges have no id of their own in the file: two equal edges would be one too many anyway. */
export const edgeId = (edge: GraphEdge): string => `${edge.from}→${edge.to}`;

export const emptyDocument = (): GraphDocument => ({ weir: DOCUMENT_VERSION, nodes: {}, edges: [] });
