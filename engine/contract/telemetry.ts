/**
 * Live figures of a run as one typed array: written by the workers once a batch, read at up to 10 Hz, drawn without
 * ever becoming objects. A layout (sent when it changes) says which row is whose; a snapshot is only numbers.
 */

/** Figures of a node, in the order of their slots. Times in ms since the epoch; NaN means "not known". */
export const NODE_SLOTS = [
  /** `RUN_STATES` index. */
  'state',
  'recordsIn',
  'recordsOut',
  /** Over the last second. */
  'recordsInPerSecond',
  'recordsOutPerSecond',
  /** Output watermark; NaN: no watermark yet. +Infinity: the end of the input. */
  'watermark',
  /** Sources: records not yet read (NaN: it cannot know). Operators: rows waiting at the input. Sinks: uncommitted rows. */
  'lagRecords',
  /** Sources: age of the next unread record. Operators: `streamNow` − output watermark. Sinks: age of the oldest uncommitted row. */
  'lagMs',
  'lateRecords',
  'deadLetters',
  /** Share of the last second in which it could not emit, 0 to 1. */
  'backPressure',
  /** Share of the last second spent working, 0 to 1. */
  'busy',
  'openWindows',
  'stateBytes',
  /** Entries of state: keys, rows or panes, as the operator counts them. */
  'stateRows',
  /** Sinks: rows written under their final name. */
  'committed',
  /** Rows dropped by a filter or otherwise meant to end here. */
  'filtered',
  /** Sinks at which a ledger counts; NaN elsewhere. What is expected and neither delivered nor lost is in flight. */
  'ledgerExpected',
  'ledgerDelivered',
  'ledgerDuplicated',
  'ledgerLost',
] as const;
export type NodeSlot = (typeof NODE_SLOTS)[number];

export const EDGE_SLOTS = ['records', 'recordsPerSecond', 'queueRows', 'queueBytes', 'queueFill'] as const;
export type EdgeSlot = (typeof EDGE_SLOTS)[number];

/** `idle` is 1 or 0. */
export const PARTITION_SLOTS = [
  'records',
  'recordsPerSecond',
  'watermark',
  'idle',
  'lagRecords',
  'lagMs',
  /** When it last gave a record, by the run's clock, ms; NaN: it gave none. */
  'lastRecordAt',
] as const;
export type PartitionSlot = (typeof PARTITION_SLOTS)[number];

export const RUN_STATES = [
  'idle',
  'running',
  'waiting',
  'back-pressured',
  'restarting',
  'failed',
  'finished',
] as const;
export type RunState = (typeof RUN_STATES)[number];

export interface TelemetryLayout {
  /** Node ids, a row each. */
  readonly nodes: readonly string[];
  /** Edge ids (`edgeId`), a row each, after the nodes. */
  readonly edges: readonly string[];
  /** Source partitions, a row each, after the edges. */
  readonly partitions: readonly { readonly node: string; readonly name: string }[];
}

/**
 * Slots before the rows. `streamNow` is what "behind" is measured against: the run's clock for live data, and the newest
 * event time so far where that is more than a day away from the clock (a replay of 2001 is not 25 years behind).
 */
export const HEAD_SLOTS = ['now', 'elapsedMs', 'recordsPerSecond', 'recordsRead', 'streamNow'] as const;
export type HeadSlot = (typeof HEAD_SLOTS)[number];

export function snapshotLength(layout: TelemetryLayout): number {
  return (
    HEAD_SLOTS.length +
    layout.nodes.length * NODE_SLOTS.length +
    layout.edges.length * EDGE_SLOTS.length +
    layout.partitions.length * PARTITION_SLOTS.length
  );
}

export const nodeOffset = (index: number): number => HEAD_SLOTS.length + index * NODE_SLOTS.length;
export const edgeOffset = (layout: TelemetryLayout, index: number): number =>
  HEAD_SLOTS.length + layout.nodes.length * NODE_SLOTS.length + index * EDGE_SLOTS.length;
export const partitionOffset = (layout: TelemetryLayout, index: number): number =>
  edgeOffset(layout, layout.edges.length) + index * PARTITION_SLOTS.length;

/** Reads one node's figure from a snapshot. */
export const nodeFigure = (snapshot: Float64Array, index: number, slot: NodeSlot): number =>
  snapshot[nodeOffset(index) + NODE_SLOTS.indexOf(slot)] ?? Number.NaN;
