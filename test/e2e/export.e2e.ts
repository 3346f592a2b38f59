/** A pipeline leaves the studio as a picture and as a chart for a page. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually, withStudio } from './studio.ts';

test('SVG and PNG are saved, Mermaid is copied', () =>
  withStudio({ name: 'export' }, async (studio) => {
    const { page } = studio;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await studio.openExample('Flight delays');
    const perform = async (name: string): Promise<void> => {
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').getByRole('textbox').fill(name);
      await page.keyboard.press('Enter');
    };
    const saved = async (name: string): Promise<{ name: string; bytes: Buffer }> => {
      const [download] = await Promise.all([page.waitForEvent('download'), perform(name)]);
      return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
    };
    const svg = await saved('picture (SVG)');
    assert.equal(svg.name, 'flight-delays.svg');
    assert.match(svg.bytes.toString('utf8'), /^<svg .*Daily by airport.*<\/svg>\n$/s);
    const png = await saved('picture (PNG)');
    assert.equal(png.name, 'flight-delays.png');
    assert.deepEqual([...png.bytes.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
    assert.ok(png.bytes.readUInt32BE(16) > 1000, 'wide enough to be read');
    await writeFile(
      join(import.meta.dirname, '..', '..', 'test-output', 'screenshots', 'exported.png'),
      png.bytes,
    );
    await perform('Mermaid');
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    await eventually('the chart', copied, (text) => /^flowchart LR\n {2}n0\(\["Flights<br>/.test(text));
  }));
