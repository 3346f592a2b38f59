/** The broker dies under a run. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { KafkaBroker } from '../services/kafka/broker.ts';
import { noKafka } from '../services/kafka/shared.ts';
import { newTopic, produce, readByJava } from '../services/kafka/topics.ts';
import { documentOf, TEXT } from './pipelines.ts';
import { figure, lines, pause, start } from './runs.ts';

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
