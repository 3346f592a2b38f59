/** The studio on a real broker: the connection is tried, a topic picked, its schema taken, and the run shows lag and watermark per partition. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually, withStudio } from '../e2e/studio.ts';
import { noKafka, sharedKafka } from '../services/kafka/shared.ts';
import { newTopic, produce } from '../services/kafka/topics.ts';

describe('Kafka in the studio', { skip: noKafka ?? false }, () => {
  test('from nothing but an address to a run', async () => {
    const broker = await sharedKafka();
    const topic = await newTopic(broker, 'shop', 3);
    await newTopic(broker, 'a-topic-with-a-rather-long-name-that-does-not-fit-into-the-list', 1);
    const at = Date.now() - 600_000;
    await produce(
      broker,
      topic,
      Array.from({ length: 3000 }, (_, i) => ({
        key: `c-${i % 7}`,
        value: i === 17 ? null : JSON.stringify({ id: i, customer: `c-${i % 7}`, amount: i / 4 }),
        timestamp: `${at + i * 100}`,
      })),
    );
    await withStudio({ name: 'kafka' }, async (studio) => {
      const { page } = studio;
      await page.setViewportSize({ width: 1280, height: 800 });
      const document = {
        weir: 1,
        nodes: {
          orders: {
            type: 'kafka',
            config: {
              metadata: [{ what: 'timestamp', name: 'at' }],
              time: { field: 'at', watermark: { kind: 'bounded', delay: '5 s' } },
            },
          },
          seen: { type: 'table', config: {} },
        },
        edges: [{ from: 'orders', to: 'seen' }],
      };
      await studio.dropFile('kafka.weir', document);
      await page.getByRole('region', { name: 'Graph' }).getByText('Kafka').first().click();
      await page.getByLabel('Connection', { exact: true }).fill(broker.address);
      await page.getByRole('button', { name: 'Test', exact: true }).click();
      await page.getByText(/^Reached: 127\.0\.0\.1/).waitFor();
      await page.getByRole('button', { name: 'Browse…' }).click();
      const dialog = page.getByRole('dialog', { name: 'Topics' });
      await dialog.getByRole('button', { name: new RegExp(`^${topic}`) }).click();
      await dialog.getByRole('table').getByText('"id":2999').waitFor();
      await studio.screenshot('kafka-topics');
      await dialog.getByRole('button', { name: 'Use this topic' }).click();
      await page.getByRole('button', { name: 'Infer' }).click();
      await eventually(
        'the fields of the topic',
        () =>
          page
            .getByRole('textbox', { name: /^Name of field/ })
            .evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value)),
        (names) => names.join() === 'id,customer,amount',
      );
      await studio.screenshot('kafka-inspector');
      await studio.run();
      await eventually(
        'all records',
        () => studio.read(),
        (count) => count === 3000,
      );
      await page.getByRole('region', { name: 'Graph' }).getByText('Kafka').first().click();
      await page.getByRole('tab', { name: 'Time' }).click();
      await page.getByRole('tab', { name: 'Data', exact: true }).first().click();
      await page.waitForTimeout(1500);
      await studio.screenshot('kafka-running');
      await studio.stop();
      assert.deepEqual(studio.faults, []);
    });
  });
});
