/** The window inspector: what stands open, key by key, and when it fires. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Theme, withStudio } from './studio.ts';

const airports = ['ATL', 'DFW', 'ORD', 'LAX', 'SEA', 'NRT'];
const DOCUMENT = {
  weir: 1,
  name: 'Open windows',
  nodes: {
    flights: {
      type: 'generator',
      name: 'Flights',
      config: {
        rate: 100,
        data: {
          kind: 'fields',
          start: 'now',
          fields: [
            { name: 'airport', value: { kind: 'choice', choices: airports.map((value) => ({ value })) } },
            { name: 'delay', value: { kind: 'sequence' } },
            { name: 'at', value: { kind: 'time' } },
          ],
        },
        time: { field: 'at', watermark: { kind: 'bounded', delay: '2 s' } },
      },
    },
    hourly: {
      type: 'window',
      name: 'Per minute',
      config: {
        window: { kind: 'tumbling', size: '1 min' },
        keys: ['airport'],
        lateness: '30 s',
        aggregates: [
          { function: 'count', as: 'flights' },
          { function: 'max', of: 'delay', as: 'worst' },
        ],
      },
    },
    out: { type: 'table', name: 'By airport', config: {} },
  },
  edges: [
    { from: 'flights:out', to: 'hourly' },
    { from: 'hourly:out', to: 'out' },
  ],
};

for (const themed of ['light', 'dark'] as const satisfies readonly Theme[])
  test(`open windows, sorted and searched, in ${themed}`, () =>
    withStudio({ name: `windows-${themed}`, theme: themed }, async (studio) => {
      const { page } = studio;
      await studio.dropFile('windows.weir', DOCUMENT);
      await page.getByRole('tab', { name: 'Windows' }).click();
      await page.getByText('Nothing runs yet').waitFor();
      await studio.run();
      const table = page.getByRole('region', { name: 'Per minute: Windows' });
      await table
        .getByText(/to go$/)
        .first()
        .waitFor();
      await page.getByText(/^\d+ of \d+ open · /).waitFor();
      await studio.screenshot(`${themed}-5-windows`);

      await table.getByRole('button', { name: /^airport/ }).click();
      const keys = async (): Promise<string[]> =>
        (await table.locator('tbody td:first-child').allTextContents()).filter((text) => text !== '');
      const ascending = await keys();
      assert.deepEqual(ascending, [...ascending].sort());
      await page.getByRole('searchbox', { name: 'Find a key' }).fill('nrt');
      await page.waitForFunction(() => document.querySelectorAll('.run-body tbody tr').length <= 3);
      assert.deepEqual([...new Set(await keys())], ['NRT']);
      await page.getByRole('searchbox', { name: 'Find a key' }).fill('nowhere');
      await page.getByText('No open window has “nowhere” in its key').waitFor();
      await studio.stop();
    }));
