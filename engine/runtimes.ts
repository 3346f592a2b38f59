/** What each node type runs. One line each, beside the line in `specs.ts`; a test keeps the two equal. */
import { chartSink } from './connectors/chart/sink.ts';
import { fileSource } from './connectors/file/source.ts';
import { fileSink } from './connectors/file-sink/sink.ts';
import { generatorSource } from './connectors/generator/source.ts';
import { httpSource } from './connectors/http/source.ts';
import { kafkaSource } from './connectors/kafka/source.ts';
import { kafkaSink } from './connectors/kafka-sink/sink.ts';
import { kinesisSource } from './connectors/kinesis/source.ts';
import { kinesisSink } from './connectors/kinesis-sink/sink.ts';
import { nothingSink } from './connectors/nothing/sink.ts';
import { scheduleSource } from './connectors/schedule/source.ts';
import { tableSink } from './connectors/table/sink.ts';
import { assignWindowsRuntime } from './operators/assign-windows/operator.ts';
import { dedupRuntime } from './operators/dedup/operator.ts';
import { distinctRuntime } from './operators/distinct/operator.ts';
import { filterRuntime } from './operators/filter/operator.ts';
import { flattenRuntime } from './operators/flatten/operator.ts';
import { gapFillRuntime } from './operators/gap-fill/operator.ts';
import { groupAggregateRuntime } from './operators/group-aggregate/operator.ts';
import { intervalJoinRuntime } from './operators/interval-join/operator.ts';
import { joinRuntime } from './operators/join/operator.ts';
import { lookupJoinRuntime } from './operators/lookup-join/operator.ts';
import { mapRuntime } from './operators/map/operator.ts';
import { overAggregateRuntime } from './operators/over-aggregate/operator.ts';
import { patternRuntime } from './operators/pattern/operator.ts';
import { routeRuntime } from './operators/route/operator.ts';
import { scriptRuntime } from './operators/script/operator.ts';
import { sortRuntime } from './operators/sort/operator.ts';
import { temporalJoinRuntime } from './operators/temporal-join/operator.ts';
import { topNRuntime } from './operators/top-n/operator.ts';
import { unionRuntime } from './operators/union/operator.ts';
import { windowRuntime } from './operators/window/operator.ts';
import { windowJoinRuntime } from './operators/window-join/operator.ts';
import type { OperatorRuntime, SinkRuntime, SourceRuntime } from './runtime/contracts.ts';

type Config = Readonly<Record<string, unknown>>;

export interface Runtimes {
  readonly sources: Readonly<Record<string, SourceRuntime<Config>>>;
  readonly operators: Readonly<Record<string, OperatorRuntime<Config>>>;
  readonly sinks: Readonly<Record<string, SinkRuntime<Config>>>;
}

export const RUNTIMES: Runtimes = {
  sources: {
    file: fileSource as unknown as SourceRuntime<Config>,
    http: httpSource as SourceRuntime<Config>,
    kafka: kafkaSource as SourceRuntime<Config>,
    kinesis: kinesisSource as SourceRuntime<Config>,
    generator: generatorSource as SourceRuntime<Config>,
    schedule: scheduleSource as SourceRuntime<Config>,
  },
  operators: {
    map: mapRuntime as OperatorRuntime<Config>,
    filter: filterRuntime as OperatorRuntime<Config>,
    window: windowRuntime as OperatorRuntime<Config>,
    'group-aggregate': groupAggregateRuntime as OperatorRuntime<Config>,
    'over-aggregate': overAggregateRuntime as OperatorRuntime<Config>,
    sort: sortRuntime as OperatorRuntime<Config>,
    'assign-windows': assignWindowsRuntime as OperatorRuntime<Config>,
    'top-n': topNRuntime as OperatorRuntime<Config>,
    distinct: distinctRuntime as OperatorRuntime<Config>,
    dedup: dedupRuntime as OperatorRuntime<Config>,
    'gap-fill': gapFillRuntime as OperatorRuntime<Config>,
    union: unionRuntime,
    route: routeRuntime as OperatorRuntime<Config>,
    flatten: flattenRuntime as OperatorRuntime<Config>,
    script: scriptRuntime as OperatorRuntime<Config>,
    pattern: patternRuntime as OperatorRuntime<Config>,
    join: joinRuntime as OperatorRuntime<Config>,
    'window-join': windowJoinRuntime as OperatorRuntime<Config>,
    'interval-join': intervalJoinRuntime as OperatorRuntime<Config>,
    'temporal-join': temporalJoinRuntime as OperatorRuntime<Config>,
    'lookup-join': lookupJoinRuntime as OperatorRuntime<Config>,
  },
  sinks: {
    table: tableSink as SinkRuntime<Config>,
    chart: chartSink as SinkRuntime<Config>,
    'file-sink': fileSink as SinkRuntime<Config>,
    'kafka-sink': kafkaSink as SinkRuntime<Config>,
    'kinesis-sink': kinesisSink as SinkRuntime<Config>,
    nothing: nothingSink as SinkRuntime<Config>,
  },
};
