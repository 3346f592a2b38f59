import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launchBrowser } from '../browser.ts';

test('the browser of the e2e specs starts and draws text', async () => {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto('data:text/html,<title>Weir</title><span>measures the flow</span>');
    assert.equal(await page.title(), 'Weir');
    // Without any font a browser lays out empty boxes of no width.
    const width = await page.locator('span').evaluate((span) => span.getBoundingClientRect().width);
    assert.ok(width > 50, `the text is ${width} px wide`);
  } finally {
    await browser.close();
  }
});
