import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, textOf, withStudio } from './studio.ts';

test('an example runs: records flow, some come late, the chart fills', () =>
  withStudio({ name: 'run' }, async (studio) => {
    await studio.openExample('Flight delays');
    await studio.run();

    const first = await eventually(
      'records read',
      () => studio.read(),
      (count) => count > 0,
    );
    await eventually(
      'records read after a while',
      () => studio.read(),
      (count) => count > first + 200,
    );
    const late = studio.card('Hourly').getByText(/^late [\d,]+$/);
    await late.waitFor();

    const bar = studio.page.getByText(/^[\d,]+ of [\d,]+ rows$/);
    const rows = async () => Number((await textOf(bar)).replaceAll(',', '').split(' ')[0]);
    await eventually('rows of the chart', rows, (count) => count > 20);
    await studio.page.getByLabel('Chart of Average delay').waitFor();

    await studio.stop();
    const read = await studio.read();
    const ended = await textOf(studio.page.getByRole('status').filter({ hasText: 'stopped:' }));
    assert.equal(ended.replaceAll(',', ''), `stopped: ${read} records read`);
  }));
