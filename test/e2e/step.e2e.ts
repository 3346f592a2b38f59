/** Step by step: the first press starts a run that waits, each further one gives what was picked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, withStudio } from './studio.ts';

test('a record, a record by key, and on until a window fires', () =>
  withStudio({ name: 'step' }, async (studio) => {
    const { page } = studio;
    await studio.openExample('Flight delays');
    const step = page.getByRole('button', { name: 'Step', exact: true });
    await step.click();
    const read = async (wanted: number): Promise<void> => {
      await eventually(
        `${wanted} read`,
        () => studio.read(),
        (count) => count === wanted,
      );
    };
    await read(1);
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    await page.keyboard.press('F10');
    await read(2);
    await step.click();
    await read(3);
    await page.getByRole('combobox', { name: 'How far a step goes' }).selectOption('3');
    await step.click();
    await page
      .getByRole('article', { name: 'Hourly', exact: true })
      .getByText(/→ [1-9]/)
      .waitFor();
    const before = await studio.read();
    assert.ok(before > 3, String(before));
    await studio.screenshot('step');
    await page.waitForTimeout(400);
    assert.equal(await studio.read(), before, 'and then nothing flows');
    await page.getByRole('button', { name: 'Resume' }).click();
    await eventually(
      'it flows again',
      () => studio.read(),
      (count) => count > before,
    );
    await studio.stop();
  }));
