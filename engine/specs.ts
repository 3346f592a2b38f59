/** Every node type, in the order of the palette. One line each; `runtimes.ts` is the other list. */
import { chartSpec } from './connectors/chart/spec.ts';
import { fileSpec } from './connectors/file/spec.ts';
import { fileSinkSpec } from './connectors/file-sink/spec.ts';
import { generatorSpec } from './connectors/generator/spec.ts';
import { httpSpec } from './connectors/http/spec.ts';
import { kafkaSpec } from './connectors/kafka/spec.ts';
import { kafkaSinkSpec } from './connectors/kafka-sink/spec.ts';
import { kinesisSpec } from './connectors/kinesis/spec.ts';
import { kinesisSinkSpec } from './connectors/kinesis-sink/spec.ts';
import { nothingSpec } from './connectors/nothing/spec.ts';
import { scheduleSpec } from './connectors/schedule/spec.ts';
import { tableSpec } from './connectors/table/spec.ts';
import type { GraphNode } from './contract/document.ts';
import { type NodeSpec, withPorts } from './contract/spec.ts';
import { assignWindowsSpec } from './operators/assign-windows/spec.ts';
import { dedupSpec } from './operators/dedup/spec.ts';
import { distinctSpec } from './operators/distinct/spec.ts';
import { filterSpec } from './operators/filter/spec.ts';
import { flattenSpec } from './operators/flatten/spec.ts';
import { gapFillSpec } from './operators/gap-fill/spec.ts';
import { groupAggregateSpec } from './operators/group-aggregate/spec.ts';
import { intervalJoinSpec } from './operators/interval-join/spec.ts';
import { joinSpec } from './operators/join/spec.ts';
import { lookupJoinSpec } from './operators/lookup-join/spec.ts';
import { mapSpec } from './operators/map/spec.ts';
import { overAggregateSpec } from './operators/over-aggregate/spec.ts';
import { patternSpec } from './operators/pattern/spec.ts';
import { routeSpec } from './operators/route/spec.ts';
import { scriptSpec } from './operators/script/spec.ts';
import { sortSpec } from './operators/sort/spec.ts';
import { temporalJoinSpec } from './operators/temporal-join/spec.ts';
import { topNSpec } from './operators/top-n/spec.ts';
import { unionSpec } from './operators/union/spec.ts';
import { windowSpec } from './operators/window/spec.ts';
import { windowJoinSpec } from './operators/window-join/spec.ts';

export const SPECS: readonly NodeSpec[] = [
  fileSpec,
  httpSpec,
  kafkaSpec,
  kinesisSpec,
  generatorSpec,
  scheduleSpec,
  mapSpec,
  filterSpec,
  windowSpec,
  assignWindowsSpec,
  groupAggregateSpec,
  overAggregateSpec,
  unionSpec,
  topNSpec,
  dedupSpec,
  distinctSpec,
  sortSpec,
  gapFillSpec,
  routeSpec,
  flattenSpec,
  joinSpec,
  windowJoinSpec,
  intervalJoinSpec,
  temporalJoinSpec,
  lookupJoinSpec,
  patternSpec,
  scriptSpec,
  tableSpec,
  chartSpec,
  fileSinkSpec,
  kafkaSinkSpec,
  kinesisSinkSpec,
  nothingSpec,
];

const byType = new Map(SPECS.map((spec) => [spec.type, spec]));

export const specOf = (type: string): NodeSpec | null => byType.get(type) ?? null;

/** The spec of a node in a document, with the ports that its settings give it. */
export function specOfNode(node: Pick<GraphNode, 'type' | 'config'> | undefined): NodeSpec | null {
  const spec = specOf(node?.type ?? '');
  return spec === null || node === undefined ? spec : withPorts(spec, node.config);
}

/** The order of a type's settings, for `printDocument`. */
export const configOrder = (type: string): readonly string[] | null => {
  const spec = specOf(type);
  return spec === null ? null : Object.keys(spec.config.shape);
};
