/** Edits while a run goes on: it says that it runs something else, and takes them in with its state kept. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, withStudio } from './studio.ts';

const DOCUMENT = {
  weir: 1,
  name: 'Applied',
  settings: { checkpoints: { every: '1 s' } },
  nodes: {
    orders: {
      type: 'generator',
      name: 'Orders',
      config: { rate: 100, data: { kind: 'fields', fields: [{ name: 'n', value: { kind: 'sequence' } }] } },
    },
    some: { type: 'filter', name: 'Some', config: { condition: 'n % 2 = 0' } },
    total: {
      type: 'group-aggregate',
      name: 'Total',
      config: { keys: [], aggregates: [{ function: 'count', as: 'rows' }] },
    },
    out: { type: 'table', name: 'Out', config: {} },
  },
  edges: [
    { from: 'orders:out', to: 'some' },
    { from: 'some:out', to: 'total' },
    { from: 'total:out', to: 'out' },
  ],
};

test('a filter is edited while it runs, applied, and the count goes on', () =>
  withStudio({ name: 'apply' }, async (studio) => {
    const { page } = studio;
    await studio.dropFile('applied.weir', DOCUMENT);
    await studio.run();
    await eventually(
      'records',
      () => studio.read(),
      (count) => count > 150,
    );
    const said = page.getByText('What is drawn is not what runs.');
    assert.equal(await said.count(), 0);
    await studio.select('Some');
    await studio.type('Condition', 'n >= 0');
    await said.waitFor();
    await studio.screenshot('apply');
    const before = await studio.read();
    await page.getByRole('button', { name: 'Apply changes' }).click();
    await said.waitFor({ state: 'detached' });
    // The source goes on where it was, and what was counted still counts.
    await eventually(
      'it goes on',
      () => studio.read(),
      (count) => count > before,
    );
    await page.getByRole('tab', { name: 'Log' }).click();
    await page
      .getByText(/The run goes on from checkpoint \d+/)
      .first()
      .waitFor();
    await studio.stop();
  }));
