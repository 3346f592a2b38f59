/** Preferences are seen at once and kept; the list of shortcuts is that of the commands. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, withStudio } from './studio.ts';

test('preferences hold at once, and after a reload', () =>
  withStudio({ name: 'preferences' }, async (studio) => {
    const { page } = studio;
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.keyboard.press('Control+,');
    const dialog = page.getByRole('dialog', { name: 'Preferences' });
    const choose = (group: string, option: string) =>
      dialog.getByRole('radiogroup', { name: group }).getByText(option, { exact: true }).click();
    await studio.screenshot('preferences');
    await choose('Theme', 'Dark');
    await choose('Density', 'Compact');
    await choose('Motion', 'None');
    const shown = () => page.evaluate(() => ({ ...document.documentElement.dataset }));
    const { theme, density, motion } = await shown();
    assert.deepEqual({ theme, density, motion }, { theme: 'dark', density: 'compact', motion: 'reduced' });
    await page.reload();
    await page.getByRole('button', { name: /^Flight delays/ }).waitFor();
    assert.deepEqual((await shown())['density'], 'compact');
    await page.keyboard.press('Control+,');
    await choose('Language', '日本語');
    await page.getByRole('dialog', { name: '設定' }).waitFor();
    await studio.screenshot('preferences-ja-dark');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'ショートカット' }).waitFor();
    await studio.screenshot('shortcuts-ja-dark');
  }));

test('with the keyboard alone: a card is added, found, set, connected by splicing and run', () =>
  withStudio({ name: 'keyboard' }, async (studio) => {
    const { page } = studio;
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole('button', { name: /^Flight delays/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Graph' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Shortcuts' }).waitFor();
    await studio.screenshot('shortcuts');
    await page.keyboard.press('Escape');
    const cards = page.locator('.react-flow__node');
    const before = await cards.count();
    await page.keyboard.press('/');
    await page.keyboard.type('filter');
    await page.keyboard.press('Enter');
    await eventually(
      'a card more',
      () => cards.count(),
      (count) => count === before + 1,
    );
    const card = page.locator('.react-flow__node', { hasText: 'Filter' });
    await card.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Condition' }).focus();
    await page.keyboard.type('delay > 60');
    await card.focus();
    const at = async () => (await card.boundingBox())?.x ?? 0;
    const x = await at();
    await page.keyboard.press('ArrowRight');
    await eventually('arrows move a card', at, (now) => now > x);
    await page.keyboard.press('Delete');
    await eventually(
      'the card is gone',
      () => cards.count(),
      (count) => count === before,
    );
    // Into an edge that has the focus and is selected.
    const edges = page.locator('.react-flow__edge');
    const edgesBefore = await edges.count();
    await edges.first().focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('/');
    await page.keyboard.type('filter');
    await page.keyboard.press('Enter');
    await eventually(
      'one edge became two',
      () => edges.count(),
      (count) => count === edgesBefore + 1,
    );
    await card.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Condition' }).focus();
    await page.keyboard.type('delay > 60');
    await page.keyboard.press('Escape');
    // The engine may still be on its way.
    await eventually(
      'a run can be started',
      () => studio.button('Run').isEnabled(),
      (can) => can,
    );
    await page.keyboard.press('Control+Enter');
    await studio.button('Pause').waitFor();
    await eventually(
      'records',
      () => studio.read(),
      (count) => count > 1000,
    );
    await page.keyboard.press('Control+.');
    await studio.button('Run').waitFor();
    await eventually(
      'records are filtered out',
      () => studio.totals('Filter'),
      ({ into, out }) => into > 0 && out < into,
    );
  }));
