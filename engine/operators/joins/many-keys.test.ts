/** Keys that come once and never again must not fill the memory: their ids are given up, and rows that are kept go on under new ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchBuilder } from '../../batch/builder.ts';
import type { NodeSpec } from '../../contract/spec.ts';
import { appendOnly, type EdgeSchema, field, INT, STRING } from '../../contract/types.ts';
import { VirtualClock } from '../../runtime/clock.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { intervalJoinRuntime } from '../interval-join/operator.ts';
import { intervalJoinSpec } from '../interval-join/spec.ts';
import { joinRuntime } from '../join/operator.ts';
import { joinSpec } from '../join/spec.ts';
import { temporalJoinRuntime } from '../temporal-join/operator.ts';
import { temporalJoinSpec } from '../temporal-join/spec.ts';
import { windowJoinRuntime } from '../window-join/operator.ts';
import { windowJoinSpec } from '../window-join/spec.ts';

type Config = Readonly<Record<string, unknown>>;
const EDGE: EdgeSchema = appendOnly([field('k', STRING, false), field('v', INT, false)], true);
const ROWS = 500;
/** Half of them bring more keys than are kept before the table of keys is rebuilt. */
const BATCHES = 320;

/** Each step both sides get `ROWS` rows with keys that no other step has. Returns rows out and the most bytes of state in either half. */
function run(
  spec: NodeSpec,
  runtime: StatefulRuntime<Config>,
  settings: Config,
): { out: number; bytes: [number, number] } {
  const config = spec.config.parse({ on: [{ left: 'k', right: 'k' }], ...settings });
  const output = spec.schemas({
    config,
    inputs: { left: [EDGE], right: [EDGE] },
    report: (p) => assert.fail(p.message),
  })['out'] as EdgeSchema;
  const clock = new VirtualClock(0);
  let out = 0;
  const bytes: [number, number] = [0, 0];
  const operator = runtime.create({
    nodeId: 'join',
    config,
    clock,
    seed: 1,
    baseDir: '.',
    signal: new AbortController().signal,
    batchRows: ROWS,
    log: () => {},
    inputs: [EDGE, EDGE],
    input: EDGE,
    outputs: { out: output },
    output,
    emit: (_port, batch) => {
      out += batch.count;
    },
    reject: () => assert.fail('nothing fails'),
  });
  for (let step = 0; step < BATCHES; step++) {
    const time = step * 10;
    clock.advanceTo(time);
    operator.clock(time);
    for (const side of [1, 0]) {
      const builder = new BatchBuilder(EDGE.fields);
      for (let i = 0; i < ROWS; i++) builder.push([`key ${step * ROWS + i}`, i]);
      const marks = new Float64Array(ROWS).fill(time - 15);
      operator.process(
        { ...builder.take(0), times: new Float64Array(ROWS).fill(time), watermarks: marks },
        side,
      );
    }
    operator.watermark(time - 5);
    const half = step < BATCHES / 2 ? 0 : 1;
    bytes[half] = Math.max(bytes[half], operator.stateBytes);
  }
  operator.watermark(Infinity);
  operator.end();
  return { out, bytes };
}

const CASES: readonly [string, NodeSpec, StatefulRuntime<Config>, Config][] = [
  [
    'interval join',
    intervalJoinSpec as unknown as NodeSpec,
    intervalJoinRuntime as StatefulRuntime<Config>,
    { lower: '-10 ms', upper: '10 ms', join: 'full' },
  ],
  [
    'window join',
    windowJoinSpec as unknown as NodeSpec,
    windowJoinRuntime as StatefulRuntime<Config>,
    { window: { kind: 'tumbling', size: '10 ms' }, join: 'full' },
  ],
  [
    'join',
    joinSpec as unknown as NodeSpec,
    joinRuntime as StatefulRuntime<Config>,
    { leftTtl: '30 ms', rightTtl: '30 ms' },
  ],
];

for (const [name, spec, runtime, config] of CASES) {
  test(`${name}: 160,000 keys, of which few are alive at a time`, () => {
    const { out, bytes } = run(spec, runtime, config);
    assert.equal(out, ROWS * BATCHES);
    const [first, second] = bytes;
    // The texts of later keys are a digit longer.
    assert.ok(second <= first * 1.05, `${first} bytes, then ${second}`);
  });
}

test('temporal join: the newest version of every key stays', () => {
  const { out } = run(
    temporalJoinSpec as unknown as NodeSpec,
    temporalJoinRuntime as StatefulRuntime<Config>,
    {},
  );
  assert.equal(out, ROWS * BATCHES);
});
