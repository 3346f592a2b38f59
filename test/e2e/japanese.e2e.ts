/** The studio in Japanese: as a system in Japanese shows it, and switched by hand; screenshots to be looked at. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually, type Theme, withStudio } from './studio.ts';

for (const theme of ['light', 'dark'] as const satisfies readonly Theme[])
  test(`a Japanese system shows start, run and reasons in Japanese, in ${theme}`, () =>
    withStudio({ name: `japanese-${theme}`, theme, locale: 'ja-JP' }, async (studio) => {
      const { page } = studio;
      await page.getByRole('heading', { name: 'サンプル' }).waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), 'ja');
      // The bundled font is what draws: without it Japanese would be the system's, or boxes.
      await eventually(
        'Noto Sans JP is loaded',
        () =>
          page.evaluate(() =>
            [...document.fonts].some(
              ({ family, status }) => family.includes('Noto Sans JP') && status === 'loaded',
            ),
          ),
        Boolean,
      );
      await studio.screenshot(`ja-${theme}-1-start`);

      await page.getByRole('button', { name: /^Flight delays/ }).click();
      await page.getByRole('region', { name: 'グラフ' }).waitFor();
      await studio.button('実行').click();
      await studio.button('一時停止').waitFor();
      await page.getByRole('tab', { name: '出力が出ない理由' }).click();
      await page
        .getByText(/未発火のウィンドウが[\d,]+個あります/)
        .first()
        .waitFor();
      await studio.select('Hourly');
      await studio.screenshot(`ja-${theme}-2-why`);
      for (const [tab, name] of [
        ['結果', 'results'],
        ['データ', 'data'],
        ['時間', 'time'],
        ['ウィンドウ', 'windows'],
        ['チェックポイント', 'checkpoints'],
        ['問題', 'problems'],
      ] as const) {
        await page.getByRole('tab', { name: tab, exact: true }).last().click();
        await page.waitForTimeout(300);
        await studio.screenshot(`ja-${theme}-3-${name}`);
      }
      assert.deepEqual(await overflowing(page), []);
      await studio.button('停止').click();
      await page.getByRole('status').filter({ hasText: '停止：' }).waitFor();

      await page.getByRole('slider', { name: '表示する時点' }).press('Home');
      await page.getByText(/^過去：/).waitFor();
      await studio.screenshot(`ja-${theme}-4-past`);
      await page.getByRole('tab', { name: '比較', exact: true }).click();
      await page.getByRole('button', { name: 'この実行をAとして保持' }).click();
      await page.getByText('Aを保持しました', { exact: true }).waitFor();
      await page.keyboard.press('Control+Alt+Enter');
      await studio.button('一時停止').waitFor();
      await studio.button('停止').click();
      await page.getByRole('columnheader', { name: 'ノード（A | B）' }).waitFor();
      await studio.screenshot(`ja-${theme}-5-compare`);
      assert.deepEqual(await overflowing(page), []);
    }));

test('the language is switched in the status bar, undoes nothing, and is kept', () =>
  withStudio({ name: 'language' }, async (studio) => {
    const { page } = studio;
    await studio.openExample('Flight delays');
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    await page.getByRole('button', { name: 'English', exact: true }).click();
    await page.getByRole('region', { name: 'グラフ' }).waitFor();
    await page.getByRole('button', { name: '重複排除', exact: true }).waitFor();
    await studio.card('Hourly').waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'サンプル' }).waitFor();
    await page.keyboard.press('ControlOrMeta+k');
    await page.getByPlaceholder('コマンドを入力').fill('English');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Examples' }).waitFor();
  }));

/** Buttons, tabs and headings whose words do not fit them, and are not made to end in "…". */
function overflowing(page: Page): Promise<string[]> {
  return page.locator('button, [role="tab"], h2, h3, th, summary').evaluateAll((elements) =>
    elements
      .filter((element) => {
        const { textOverflow } = getComputedStyle(element);
        return (
          element.clientWidth > 0 &&
          element.scrollWidth > element.clientWidth + 1 &&
          textOverflow !== 'ellipsis'
        );
      })
      .map((element) => element.textContent ?? ''),
  );
}
