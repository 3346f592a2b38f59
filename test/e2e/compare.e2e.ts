/** A/B: a run that was kept beside the next one, its figures and the rows of its sinks. */
import { test } from 'node:test';
import { eventually, withStudio } from './studio.ts';

test('a run is kept, run again for longer, and both stand side by side', () =>
  withStudio({ name: 'compare' }, async (studio) => {
    const { page } = studio;
    await page.setViewportSize({ width: 1280, height: 800 });
    await studio.openExample('Flight delays');
    const runUntil = async (records: number): Promise<void> => {
      await eventually(
        `${records} read`,
        () => studio.read(),
        (count) => count >= records,
      );
      await studio.stop();
    };
    await studio.run();
    await runUntil(400);
    await page.getByRole('tab', { name: 'Compare' }).click();
    await page.getByText('No run is kept to compare with').waitFor();
    await page.getByRole('button', { name: 'Keep this run as A' }).click();
    await page.getByText('A is kept', { exact: true }).waitFor();
    await page.keyboard.press('Control+Alt+Enter');
    await page.getByText('running', { exact: true }).first().waitFor();
    await eventually(
      'it began anew',
      () => studio.read(),
      (count) => count < 300,
    );
    await runUntil(900);
    const late = page.getByRole('region', { name: 'Late flights', exact: true });
    await late.getByText(/^[1-9]\d* rows in both, 0 only in A, [1-9]\d* only in B\.$/).waitFor();
    await studio.screenshot('compare');
    await late.getByText('Only in B', { exact: true }).scrollIntoViewIfNeeded();
    await studio.screenshot('compare-rows');
  }));
