/** Nodes are found on the canvas by name, type and setting. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf } from './axe.ts';
import { eventually, withStudio } from './studio.ts';

test('what is found is selected and seen, one after the other', () =>
  withStudio({ name: 'search' }, async (studio) => {
    const { page } = studio;
    await page.setViewportSize({ width: 1280, height: 800 });
    await studio.openExample('Flight delays');
    await page.keyboard.press('Control+f');
    const field = page.getByRole('search').getByRole('textbox');
    await field.fill('delay');
    const selected = () => page.locator('.react-flow__node.selected article').getAttribute('aria-label');
    await page.getByRole('search').getByText('1 of 4').waitFor();
    const first = await selected();
    await page.keyboard.press('Enter');
    await page.getByRole('search').getByText('2 of 4').waitFor();
    await eventually('another card is selected', selected, (name) => name !== first);
    await studio.screenshot('search');
    assert.deepEqual(await faultsOf(page), []);
    await field.fill('nowhere');
    await page.getByRole('search').getByText('none').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('search').waitFor({ state: 'detached' });
  }));
