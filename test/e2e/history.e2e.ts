/** The past of a run: the slider shows what was, while the run goes on and when it has ended. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, withStudio } from './studio.ts';

test('the slider shows what was; the present comes back', () =>
  withStudio({ name: 'history' }, async (studio) => {
    const { page } = studio;
    await page.setViewportSize({ width: 1280, height: 800 });
    await studio.openExample('Flight delays');
    await studio.run();
    await page.getByRole('tab', { name: 'Time' }).click();
    const slider = page.getByRole('slider', { name: 'Moment that is shown' });
    await eventually(
      'some seconds of history',
      async () => Number(await slider.getAttribute('max')),
      (ms) => ms > 4000,
    );
    const before = await studio.read();
    await slider.focus();
    await slider.press('Home');
    await page.getByText(/^Past: as it was at/).waitFor();
    const first = await eventually(
      'the start of the run',
      () => studio.read(),
      (count) => count < before / 2,
    );
    await page.waitForTimeout(500);
    assert.equal(await studio.read(), first, 'the past stands still');
    // Within a frame, perhaps: the second starts from where the first led. What the first showed has to be gone before it is read again.
    await slider.press('PageUp');
    await slider.press('Home');
    await page.waitForTimeout(500);
    assert.equal(await studio.read(), first, 'at the start again');
    await eventually(
      'a moment between',
      async () => {
        await slider.press('ArrowRight');
        return studio.read();
      },
      (count) => count > before / 2,
    );
    await page.waitForTimeout(500); // the last key is drawn with the next frame
    const later = await studio.read();
    assert.ok(first < later && later < before, `${first} < ${later} < ${before}`);
    await studio.screenshot('history-past');
    await page.getByRole('tab', { name: 'Why' }).click();
    await page
      .getByText(/the next fires when the watermark passes/)
      .first()
      .waitFor();
    await studio.screenshot('history-past-why');
    await studio.stop();
    assert.equal(await studio.read(), later, 'also when the run has ended');
    await page.getByRole('button', { name: 'To the end' }).click();
    await eventually(
      'the end of the run',
      () => studio.read(),
      (count) => count >= before,
    );
    await slider.press('ArrowLeft');
    await page.evaluate(() => document.documentElement.setAttribute('data-theme', 'dark'));
    await studio.screenshot('history-past-dark');
    await page.keyboard.press('Control+Alt+Enter');
    await page.getByText('Live', { exact: true }).first().waitFor();
    await eventually(
      'it runs again from its beginning',
      () => studio.read(),
      (count) => count > 0 && count < before,
    );
    await studio.stop();
  }));
