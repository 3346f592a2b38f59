/** Cases of watermark generators, combiners and idleness: against engine/progress. */
import { IdlenessTimer } from '../../engine/progress/idleness.ts';
import { PartitionWatermarks } from '../../engine/progress/partitions.ts';
import { WatermarkValve } from '../../engine/progress/valve.ts';
import { watermarkDelay } from '../../engine/progress/watermarks.ts';
import {
  type Case,
  failed,
  type JsonObject,
  ms,
  type Outcome,
  onlyKeys,
  PASSED,
  show,
  text,
  timeOf,
  Unsupported,
} from './case.ts';

const none = (watermark: number): boolean => watermark === -Infinity;

/** A watermark as an expected row states it: null and MIN are "none yet". */
const sameWatermark = (expected: JsonObject, actual: number): boolean =>
  none(timeOf(expected['watermark'], 'watermark')) ? none(actual) : timeOf(expected['watermark']) === actual;

/** The delay behind the largest time. Flink's DataStream classes stay 1 ms further behind than SQL. */
function generatorDelay(operator: JsonObject, input: readonly JsonObject[]): number {
  const strategy = text(operator['strategy']);
  // Bytewax's watermark also follows the clock: it is the same as long as that stands still.
  const standsStill = input.every((step) => !text(step['op']).startsWith('processing_time'));
  if (/^max\(ts\) - (wait|delay)\b/.test(strategy) && standsStill)
    return ms(operator['delay_ms'], 'delay_ms');
  switch (strategy) {
    case 'bounded_out_of_orderness':
      return ms(operator['delay_ms'], 'delay_ms') + 1;
    case 'max_ts_minus_delay':
      return ms(operator['delay_ms'], 'delay_ms');
    case 'ascending':
    case 'ascending_timestamps':
    case 'monotonous':
    case 'monotonous_timestamps':
      return watermarkDelay({ kind: 'ascending' }) ?? 0;
    default:
      throw new Unsupported(
        /processing time|system time|clock/.test(strategy)
          ? `other semantics: the watermark also follows the clock (${strategy}); Weir's follows event times alone`
          : `watermark strategy ${show(operator['strategy'])}`,
      );
  }
}

export function runGenerator({ operator, input, expected }: Case): Outcome {
  onlyKeys(operator, ['type', 'strategy', 'delay_ms'], 'operator');
  const watermarks = new PartitionWatermarks(1, generatorDelay(operator, input));
  const periodic = input.some((step) => step['op'] === 'periodic_emit');
  let emitted = -Infinity;
  const after = input.map((step) => {
    if (step['op'] === 'record') watermarks.advance(0, timeOf(step['ts']));
    else if (step['op'] !== 'periodic_emit') throw new Unsupported(`step ${show(step['op'] ?? null)}`);
    if (!periodic || step['op'] === 'periodic_emit') emitted = watermarks.merged;
    return emitted;
  });
  for (const row of expected.rows) {
    const actual = after[ms(row['by_step'], 'by_step')] ?? -Infinity;
    if (!sameWatermark(row, actual)) return failed(`expected ${show(row)}, the watermark is ${actual}`);
  }
  return PASSED;
}

export function runCombiner(test: Case): Outcome {
  onlyKeys(test.operator, ['type', 'per', 'channels', 'initial'], 'operator');
  const initial = text(test.operator['initial']);
  if (initial !== '' && !/^all active/i.test(initial)) throw new Unsupported(`initial: ${show(initial)}`);
  return test.operator['channels'] !== undefined ? runValve(test) : runPartitions(test);
}

interface Event {
  readonly step: number;
  readonly watermark?: number;
  readonly status?: 'IDLE' | 'ACTIVE';
}

/** Inputs of an operator. Expected rows are all that is emitted; statuses only where the case lists any. */
function runValve({ operator, input, expected }: Case): Outcome {
  const valve = new WatermarkValve(ms(operator['channels'], 'channels'));
  const events = input.flatMap((step, at): Event[] => {
    const channel = ms(step['channel'], 'channel');
    const change =
      step['op'] === 'watermark'
        ? valve.watermark(channel, timeOf(step['ts']))
        : valve.status(channel, isIdle(step));
    return [
      ...(change.watermark === null ? [] : [{ step: at, watermark: change.watermark }]),
      ...(change.idle === null
        ? []
        : [{ step: at, status: change.idle ? ('IDLE' as const) : ('ACTIVE' as const) }]),
    ];
  });
  const statuses = expected.rows.some((row) => row['status'] !== undefined);
  const open = statuses ? events : events.filter((e) => e.status === undefined);
  for (const [at, row] of expected.rows.entries()) {
    const event = open[at];
    const fits =
      event !== undefined &&
      event.step <= timeOf(row['by_step'] ?? 'MAX') &&
      (row['status'] !== undefined
        ? event.status === row['status']
        : event.watermark !== undefined && sameWatermark(row, event.watermark));
    if (!fits) return failed(`expected ${show(row)}, came ${show(event ?? null)}`);
  }
  const extra = open[expected.rows.length];
  return extra === undefined ? PASSED : failed(`nothing more was expected, came ${show(extra)}`);
}

function isIdle(step: JsonObject): boolean {
  const status =
    step['op'] === 'status' ? text(step['status']).toUpperCase() : text(step['op']).toUpperCase();
  if (status === 'IDLE') return true;
  if (status === 'ACTIVE' || status === 'ACTIVITY') return false;
  throw new Unsupported(`step ${show(step)}`);
}

/** Partitions of one source: expected rows are the state after a step. */
function runPartitions({ input, expected }: Case): Outcome {
  const watermarks = new PartitionWatermarks(0, 0);
  const indexes = new Map<string, number>();
  const after = input.map((step) => {
    if (step['op'] === 'periodic_emit') return { watermark: watermarks.merged, idle: watermarks.allIdle };
    const name = show(step['partition'] ?? null);
    if (step['op'] === 'register_partition') indexes.set(name, watermarks.add());
    const index = indexes.get(name);
    if (index === undefined) throw new Unsupported(`step ${show(step)} before its partition is registered`);
    if (step['op'] === 'watermark') watermarks.advance(index, timeOf(step['ts']));
    else if (step['op'] === 'remove_partition') {
      watermarks.remove(index);
      indexes.delete(name);
    } else if (step['op'] !== 'register_partition') {
      if (isIdle(step)) watermarks.markIdle(index);
      else watermarks.markActive(index);
    }
    return { watermark: watermarks.merged, idle: watermarks.allIdle };
  });
  for (const row of expected.rows) {
    const actual = after[ms(row['by_step'], 'by_step')];
    const fits =
      actual !== undefined &&
      (row['watermark'] === undefined || sameWatermark(row, actual.watermark)) &&
      (row['idle'] === undefined || row['idle'] === actual.idle);
    if (!fits) return failed(`expected ${show(row)}, came ${show(actual ?? null)}`);
  }
  return PASSED;
}

export function runIdleness({ operator, input, expected }: Case): Outcome {
  onlyKeys(operator, ['type', 'timeout_ms'], 'operator');
  const timer = new IdlenessTimer(ms(operator['timeout_ms'], 'timeout_ms'));
  let now = 0;
  let records = 0;
  const checks = input.map((step): boolean | null => {
    switch (step['op']) {
      case 'activity':
      case 'record':
        records++;
        return null;
      case 'processing_time_advance':
        now += ms(step['ms'], 'ms');
        return null;
      case 'processing_time':
        now = ms(step['ts'], 'ts');
        return null;
      case 'check_idle':
        return timer.check(now, records);
      default:
        throw new Unsupported(`step ${show(step['op'] ?? null)}`);
    }
  });
  for (const row of expected.rows) {
    const actual = checks[ms(row['by_step'], 'by_step')] ?? null;
    if (actual !== row['idle']) return failed(`expected ${show(row)}, came ${show(actual)}`);
  }
  return PASSED;
}
