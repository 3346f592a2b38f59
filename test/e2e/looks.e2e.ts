/** Screenshots for people, in test-output/screenshots: nothing compares them, but what they show must be there. */
import { test } from 'node:test';
import { eventually, type Theme, withStudio } from './studio.ts';

for (const theme of ['light', 'dark'] as const satisfies readonly Theme[]) {
  test(`screenshots in ${theme}`, () =>
    withStudio({ name: `looks-${theme}`, theme }, async (studio) => {
      await studio.page.locator(`html[data-theme="${theme}"]`).waitFor();
      await studio.screenshot(`${theme}-1-start`);

      await studio.openExample('Flight delays');
      await studio.run();
      await studio.select('Hourly');
      await eventually(
        'records read',
        () => studio.read(),
        (count) => count > 800,
      );
      await studio.screenshot(`${theme}-2-running`);
      await studio.stop();

      await studio.dragOntoEdge('Filter', 'flights', 'hourly');
      await studio.type('Condition', 'dealy > 60');
      await studio.card('Filter').getByRole('button', { name: '1 problem' }).click();
      await studio.page
        .getByRole('complementary', { name: 'Inspector' })
        .getByText(/dealy/)
        .first()
        .waitFor();
      await studio.screenshot(`${theme}-3-error`);
    }));
}
