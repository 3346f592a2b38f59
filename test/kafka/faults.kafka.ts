/** The broker dies under a run. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { type NODE_SLOTS, nodeFigure } from '../../engine/contract/telemetry.ts';
import { startRun } from '../../engine/runtime/run.ts';
import type { RunHandle } from '../../engine/runtime/run-api.ts';
import { KafkaBroker } from '../services/kafka/broker.ts';
import { noKafka } from '../services/kafka/shared.ts';
import { newTopic, produce, readByJava } from '../services/kafka/topics.ts';
import { documentOf, TEXT } from './pipelines.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function start(document: GraphDocument): Promise<{ run: RunHandle; log: string[] }> {
  const log: string[] = [];
  const run = await startRun(
    { runId: 'r', document, baseDir: '.', options: {} },
    {
      layout() {},
      log: (_at, level, _node, text) => log.push(`${level} ${text}`),
      sample() {},
      view() {},
      checkpoint() {},
      ended() {},
    },
  );
  return { run, log };
}

/** Waits until a figure of the first node is what it should be. */
async function figure(run: RunHandle, slot: (typeof NODE_SLOTS)[number], value: number, node = 0) {
  const until = performance.now() + 30_000;
  const now = (): number => nodeFigure(run.snapshot(), node, slot);
  while (now() !== value && performance.now() < until) await pause(50);
  assert.equal(now(), value, slot);
}

const lines = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ key: `${i % 5}`, value: `${from + i}` }));

describe('a broker that dies', { skip: noKafka ?? false }, () => {
  test('a source goes on where it was; a sink loses and repeats nothing; a stop waits for nobody', async () => {
    const broker = await KafkaBroker.start();
    try {
      const from = await newTopic(broker, 'from', 2);
      const to = await newTopic(broker, 'to', 2);
      await produce(broker, from, lines(0, 500));
      const { run, log } = await start(
        documentOf(
          {
            in: { type: 'kafka', config: { connection: broker.address, topic: from, ...TEXT } },
            out: {
              type: 'kafka-sink',
              config: {
                connection: broker.address,
                topic: to,
                format: { kind: 'field', field: 'value' },
                key: ['key'],
              },
            },
          },
          [['in', 'out']],
        ),
      );
      await figure(run, 'recordsIn', 500);
      await figure(run, 'lagRecords', 0);
      await broker.kill();
      await pause(2000);
      await broker.restart();
      await produce(broker, from, lines(500, 500));
      await figure(run, 'recordsIn', 1000);
      await figure(run, 'committed', 1000, 1);
      assert.ok(
        log.some((line) => line.startsWith('warning') && line.includes('tried again')),
        log.join('\n'),
      );
      assert.ok(log.some((line) => line.includes('answers again')));
      const values = (await readByJava(broker, to)).map(({ value }) => Number(value)).sort((a, b) => a - b);
      assert.deepEqual(
        values,
        Array.from({ length: 1000 }, (_, i) => i),
      );
      await broker.kill();
      await pause(500);
      const at = performance.now();
      await run.stop();
      assert.ok(performance.now() - at < 5000, `stopped in ${Math.round(performance.now() - at)} ms`);
    } finally {
      await broker.stop();
    }
  });
});
