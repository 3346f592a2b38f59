/** The time plot: records by event and processing time, the watermark, windows that grow and fire. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, type Theme, withStudio } from './studio.ts';

const fields = [
  { name: 'n', value: { kind: 'sequence' } },
  { name: 'at', value: { kind: 'time' } },
];
const DOCUMENT = {
  weir: 1,
  name: 'Time',
  nodes: {
    orders: {
      type: 'generator',
      name: 'Orders',
      config: {
        rate: 60,
        data: { kind: 'fields', start: 'now', disorder: { share: 0.3, delay: '8 s' }, fields },
        time: { field: 'at', watermark: { kind: 'bounded', delay: '2 s' } },
      },
    },
    counts: {
      type: 'window',
      name: 'Every 3 seconds',
      config: {
        window: { kind: 'tumbling', size: '3 s' },
        aggregates: [{ function: 'count', as: 'orders' }],
      },
    },
    out: { type: 'table', name: 'Counts', config: {} },
  },
  edges: [
    { from: 'orders:out', to: 'counts' },
    { from: 'counts:out', to: 'out' },
  ],
};

for (const themed of ['light', 'dark'] as const satisfies readonly Theme[])
  test(`the time plot in ${themed}`, () =>
    withStudio({ name: `time-${themed}`, theme: themed }, async (studio) => {
      const { page } = studio;
      await studio.dropFile('time.weir', DOCUMENT);
      await page.getByRole('tab', { name: 'Time', exact: true }).click();
      await page.getByText('Nothing runs yet').waitFor();
      await studio.run();
      const plot = page.getByRole('img', { name: /^Time plot of Every 3 seconds/ });
      await plot.waitFor();
      await page.getByText('15 s', { exact: true }).click();
      const counts = async (): Promise<number[]> =>
        ((await plot.getAttribute('aria-label')) ?? '')
          .match(/\d[\d,]*(?= records|,? ?of them)|(?<=records, )\d+/g)
          ?.map((text) => Number(text.replaceAll(',', ''))) ?? [];
      await eventually(
        'records and late ones are drawn',
        counts,
        ([records = 0, late = 0]) => records > 300 && late > 10,
      );
      await page.waitForTimeout(9000);
      // It is painted: more than one colour stands in it.
      const colours = await plot.evaluate((element) => {
        const canvas = element as HTMLCanvasElement;
        const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {
          data: [],
        };
        const seen = new Set<string>();
        for (let at = 0; at < data.length; at += 4)
          if ((data[at + 3] ?? 0) === 255) seen.add(`${data[at]} ${data[at + 1]} ${data[at + 2]}`);
        return seen.size;
      });
      assert.ok(colours > 4, String(colours));
      await studio.screenshot(`${themed}-6-time`);
      const box = await plot.boundingBox();
      assert.ok(box !== null);
      await page.getByRole('button', { name: 'Freeze' }).click();
      for (let x = 0.3; x < 0.95 && (await page.locator('.time-record').count()) === 0; x += 0.004)
        await page.mouse.move(box.x + box.width * x, box.y + box.height * (1.06 - x));
      await page.locator('.time-record').getByText('event time').waitFor();
      await page.getByRole('button', { name: 'Go on' }).click();
      await studio.stop();
    }));
