/** What differs from the file and from what runs: told, gone to, and taken back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withStudio } from './studio.ts';

const DOCUMENT = {
  weir: 1,
  name: 'Changed',
  nodes: {
    orders: {
      type: 'generator',
      name: 'Orders',
      config: { rate: 100, data: { kind: 'fields', fields: [{ name: 'n', value: { kind: 'sequence' } }] } },
    },
    some: { type: 'filter', name: 'Some', config: { condition: 'n % 2 = 0' } },
    out: { type: 'table', name: 'Out', config: {} },
  },
  edges: [
    { from: 'orders', to: 'some' },
    { from: 'some', to: 'out' },
  ],
  layout: { nodes: { orders: { x: 0, y: 0 }, some: { x: 252, y: 0 }, out: { x: 504, y: 0 } } },
};

test('an edit is told against what runs and the file, and taken back', () =>
  withStudio({ name: 'changes' }, async (studio) => {
    const { page } = studio;
    await studio.dropFile('changed.weir', DOCUMENT);
    await studio.run();
    const mark = page.getByRole('button', { name: /^Not what runs: / });
    assert.equal(await mark.count(), 0);
    await studio.select('Some');
    await studio.type('Condition', 'n >= 0');
    await mark.waitFor();
    assert.equal(await mark.count(), 1);
    assert.match((await mark.getAttribute('title')) ?? '', /condition "n % 2 = 0" → "n >= 0"/);
    await studio.dragOntoEdge('Filter', 'some', 'out');
    await studio.screenshot('changes-mark');

    // Of the run.
    await page
      .getByRole('article', { name: 'Some' })
      .getByRole('button', { name: /^Not what runs/ })
      .click();
    const dialog = page.getByRole('dialog', { name: 'Changes' });
    await dialog.getByText('some → out').waitFor();
    assert.equal(await dialog.getByRole('radio', { name: 'What runs' }).isChecked(), true);
    await studio.screenshot('changes');
    await dialog.getByRole('button', { name: 'Close' }).click();

    // Of the file, from the top bar; back to the setting.
    await page.getByRole('button', { name: 'unsaved changes' }).click();
    assert.equal(await dialog.getByRole('radio', { name: 'The saved file' }).isChecked(), true);
    await dialog.getByRole('button', { name: 'Take back: Some, condition' }).click();
    await dialog.getByText('"n >= 0"').waitFor({ state: 'detached' });
    await dialog.getByRole('button', { name: 'Take back: Filter, added' }).click();
    await dialog.getByRole('button', { name: 'Take back: Edges, some → out' }).click();
    await dialog.getByRole('button', { name: /moved$/ }).click();
    await dialog.getByText('Nothing differs from the saved file.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await mark.waitFor({ state: 'detached' });
    // One step of undo each: the place, the edge, the node.
    for (let n = 0; n < 3; n++) await page.keyboard.press('Control+z');
    await mark.first().waitFor();
    await page.keyboard.press('Control+Alt+d');
    await dialog.getByRole('button', { name: 'Filter', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await page
      .getByRole('complementary', { name: 'Inspector' })
      .getByText('“Condition” is needed.')
      .waitFor();
    await studio.stop();
  }));
