/** Every screen, panel and dialog for who does not see it, or not well: axe finds nothing, in both themes and languages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf } from './axe.ts';
import { type Studio, withStudio } from './studio.ts';

/** By name, how the screen comes up; each goes on from the one before. */
const SCREENS: readonly (readonly [string, (studio: Studio) => Promise<void>])[] = [
  ['start', async () => {}],
  ['graph', (studio) => studio.openExample('Flight delays')],
  [
    'inspector',
    ({ page }) => page.getByRole('region', { name: 'Graph' }).getByText('Hourly').first().click(),
  ],
  ['running', (studio) => studio.run()],
  ...[
    'Results',
    'Data',
    'Time',
    'Windows',
    'Why no output?',
    'Compare',
    'Checkpoints',
    'Problems',
    'Log',
  ].map(
    (name) =>
      [
        `tab ${name}`,
        async ({ page }: Studio) => {
          await page
            .getByRole('tab', { name: new RegExp(`^${name.replace('?', '\\?')}`) })
            .first()
            .click();
          await page.waitForTimeout(300);
        },
      ] as const,
  ),
  ['stopped', (studio) => studio.stop()],
  [
    'commands',
    async ({ page }) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').waitFor();
    },
  ],
  [
    'connections',
    async ({ page }) => {
      await page.getByRole('dialog').getByRole('textbox').fill('connections');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: 'Connections' }).getByText('None yet.').waitFor();
    },
  ],
  [
    'preferences',
    async ({ page }) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+,');
      await page.getByRole('dialog', { name: 'Preferences' }).waitFor();
    },
  ],
  [
    'shortcuts',
    async ({ page }) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Shortcuts' }).waitFor();
    },
  ],
  [
    'save as',
    async ({ page }) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+Shift+s');
      await page.getByRole('dialog').waitFor();
    },
  ],
  [
    'in Japanese',
    async ({ page }) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+,');
      await page.getByRole('dialog').getByText('日本語').click();
      await page.getByRole('dialog', { name: '設定' }).waitFor();
    },
  ],
  ['the graph in Japanese', ({ page }) => page.keyboard.press('Escape')],
];

for (const theme of ['light', 'dark'] as const)
  test(`axe finds nothing, ${theme}`, () =>
    withStudio({ name: `axe-${theme}`, theme }, async (studio) => {
      await studio.page.setViewportSize({ width: 1280, height: 800 });
      const found: string[] = [];
      for (const [name, open] of SCREENS) {
        await open(studio);
        for (const fault of await faultsOf(studio.page)) found.push(`${name}: ${fault}`);
      }
      assert.ok(found.length === 0, `\n${found.join('\n')}`);
    }));
