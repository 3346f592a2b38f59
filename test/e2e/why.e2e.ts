/** "Why no output?": a newcomer sees what holds records back, and mends it with one click. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Theme, withStudio } from './studio.ts';

const time = (delay: string) => ({ field: 'at', watermark: { kind: 'bounded', delay } });
const fields = [
  { name: 'n', value: { kind: 'sequence' } },
  { name: 'at', value: { kind: 'time' } },
];
const generator = (name: string) => ({
  type: 'generator',
  name,
  config: {
    rate: 200,
    data: { kind: 'fields', start: 'now', disorder: { share: 0.8, delay: '2 min' }, fields },
    time: time('1 s'),
  },
});
const window = (size: string) => ({
  window: { kind: 'tumbling', size },
  aggregates: [{ function: 'count', as: 'rows' }],
});
const DOCUMENT = {
  weir: 1,
  name: 'Nothing comes out',
  nodes: {
    orders: generator('Orders'),
    large: { type: 'filter', name: 'Large orders', config: { condition: 'n >= 0 AND n < 0' } },
    hourly: { type: 'window', name: 'Hourly', config: window('1 d') },
    quick: { type: 'window', name: 'Every second', config: window('1 s') },
    a: { type: 'table', name: 'Large', config: {} },
    b: { type: 'table', name: 'By hour', config: {} },
    c: { type: 'table', name: 'By second', config: {} },
  },
  edges: [
    { from: 'orders:out', to: 'large' },
    { from: 'orders:out', to: 'hourly' },
    { from: 'orders:out', to: 'quick' },
    { from: 'large:out', to: 'a' },
    { from: 'hourly:out', to: 'b' },
    { from: 'quick:out', to: 'c' },
  ],
};

for (const themed of ['light', 'dark'] as const satisfies readonly Theme[])
  test(`what holds records back, and its fix, in ${themed}`, () =>
    withStudio({ name: `why-${themed}`, theme: themed }, async (studio) => {
      const { page } = studio;
      await studio.dropFile('nothing.weir', DOCUMENT);
      await page.getByRole('tab', { name: 'Why no output?' }).click();
      await page.getByText('Nothing runs yet').waitFor();
      await studio.run();
      const panel = page.getByRole('tabpanel');
      await panel.getByText(/Large orders let none of [\d,]+ records through/).waitFor();
      await panel.getByText('n < 0').waitFor();
      await panel.getByText(/Hourly has 1 open window; the next fires when the watermark passes/).waitFor();
      await panel.getByText(/came too late for Every second/).waitFor();
      await studio.screenshot(`${themed}-4-why`);

      await studio.select('Hourly');
      await panel.getByText('What holds records back on the way to Hourly').waitFor();
      assert.equal(await panel.getByText(/Large orders let none/).count(), 0);
      await panel.getByRole('button', { name: 'Show all' }).click();

      await panel.getByRole('button', { name: /^Set time\.watermark\.delay to / }).click();
      await panel.getByText('In the document; it counts at the next run.').waitFor();
      await studio.stop();
      await studio.select('Orders');
      assert.notEqual(await studio.setting('Out of order by at most').inputValue(), '1 s');
      // One step of undo takes it back.
      await page.keyboard.press('ControlOrMeta+z');
      assert.equal(await studio.setting('Out of order by at most').inputValue(), '1 s');
    }));
