/** Infer takes the schema of a source from its data, and what went wrong is said. */
import { test } from 'node:test';
import { eventually, withStudio } from './studio.ts';

test('Infer fills in the fields of a file', () =>
  withStudio({ name: 'infer' }, async (studio) => {
    const { page } = studio;
    const path = 'package:vega-datasets/data/seattle-weather.csv';
    await studio.dropFile('infer.weir', {
      weir: 1,
      nodes: { weather: { type: 'file', config: { path } } },
      edges: [],
    });
    await page.getByRole('region', { name: 'Graph' }).getByText('File').first().click();
    const infer = page.getByRole('button', { name: 'Infer' });
    await infer.click();
    const names = () =>
      page
        .getByRole('textbox', { name: /^Name of field/ })
        .evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
    await eventually('its columns', names, (found) => found.join().startsWith('date,precipitation,temp_max'));
    await page.getByRole('textbox', { name: 'Path' }).fill('no-such-file.csv');
    await infer.click();
    await page
      .getByText(/There is no such file or folder/)
      .first()
      .waitFor();
  }));
