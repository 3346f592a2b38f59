/** Drives one stateful operator through the chain in front of it, as its task would: for tests and conformance. */
import { type Batch, NO_WATERMARK, type Row, rowsOf } from '../batch/batch.ts';
import { BatchBuilder } from '../batch/builder.ts';
import type { Value } from '../batch/column.ts';
import type { NodeSpec } from '../contract/spec.ts';
import { appendOnly, type Field } from '../contract/types.ts';
import { FusedChain } from '../runtime/chain/chain.ts';
import { computedStep } from '../runtime/chain/computed.ts';
import { VirtualClock } from '../runtime/clock.ts';
import type { StatefulRuntime } from '../runtime/contracts.ts';

export type DriveStep =
  | { readonly time: number; readonly row: Readonly<Record<string, Value>> }
  | { readonly watermark: number }
  | { readonly clock: number }
  | { readonly end: true };

export interface Driven {
  readonly port: string;
  readonly row: Row;
  /** Event time; null where there is none. */
  readonly time: number | null;
  /** Index of the step during which it came. */
  readonly step: number;
}

/**
 * Feeds `steps` and returns every row that left, in order. Rows between two other steps form batches of `batchRows`; each row
 * is judged against the last watermark before it.
 */
export function driveOperator(
  spec: NodeSpec,
  runtime: StatefulRuntime<Readonly<Record<string, unknown>>>,
  config: unknown,
  fields: readonly Field[],
  steps: readonly DriveStep[],
  batchRows = 1024,
): Driven[] {
  const parsed = spec.config.parse(config) as Readonly<Record<string, unknown>>;
  const input = appendOnly(fields, true);
  const outputs = spec.schemas({
    config: parsed,
    inputs: { in: [input] },
    report: (found) => {
      throw new Error(`${found.path.join('.')}: ${found.message}`);
    },
  });
  const output = outputs['out'];
  if (output === null || output === undefined) throw new Error('the spec gives no output');
  const clock = new VirtualClock(0);
  const driven: Driven[] = [];
  let step = 0;
  const operator = runtime.create({
    nodeId: 'driven',
    config: parsed,
    clock,
    seed: 1,
    baseDir: '.',
    signal: new AbortController().signal,
    batchRows,
    log: () => {},
    input,
    output,
    emit: (port, batch) => {
      const rows = rowsOf(batch, outputs[port]?.fields ?? []);
      rows.forEach((row, k) => {
        const at = batch.selection === null ? k : (batch.selection[k] ?? 0);
        driven.push({ port, row, time: batch.times?.[at] ?? null, step });
      });
    },
  });
  const needs = runtime.needs(parsed, input);
  const chain = needs.length === 0 ? null : new FusedChain(fields, [computedStep(fields, needs)]);
  const builder = new BatchBuilder(fields);
  let times: number[] = [];
  let watermark = NO_WATERMARK;
  const flush = (): void => {
    if (builder.length === 0) return;
    const raw: Batch = {
      ...builder.take(clock.now()),
      times: Float64Array.from(times),
      watermarks: new Float64Array(times.length).fill(watermark),
    };
    times = [];
    operator.process(chain === null ? raw : chain.process(raw).batch);
  };
  steps.forEach((s, i) => {
    if ('row' in s) {
      step = i;
      builder.push(fields.map((f) => s.row[f.name] ?? null));
      times.push(s.time);
      const next = steps[i + 1];
      if (builder.length >= batchRows || next === undefined || !('row' in next)) flush();
      return;
    }
    flush();
    step = i;
    if ('watermark' in s) {
      watermark = Math.max(watermark, s.watermark);
      operator.watermark(s.watermark);
    } else if ('clock' in s) {
      clock.advanceTo(s.clock);
      operator.clock(s.clock);
    } else {
      operator.watermark(Infinity);
      operator.end();
    }
  });
  return driven;
}
