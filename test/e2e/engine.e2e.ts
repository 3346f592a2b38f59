import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, withStudio } from './studio.ts';

test('an engine that is killed while it runs is restarted by a button, and runs again', () =>
  withStudio({ name: 'engine-killed' }, async (studio) => {
    await studio.openExample('Flight delays');
    await studio.run();
    const before = await eventually(
      'records read',
      () => studio.read(),
      (count) => count > 200,
    );
    studio.killEngine();

    const banner = studio.page.getByRole('alert');
    await banner.filter({ hasText: 'The engine has stopped.' }).waitFor();
    await studio.page.getByText('Engine stopped', { exact: true }).waitFor();
    assert.equal(await studio.button('Run').isDisabled(), true);
    assert.ok((await studio.read()) >= before, 'the last figures stay');
    assert.equal(await studio.card('Hourly').count(), 1, 'the document stays');
    await studio.page.getByRole('contentinfo').getByRole('button', { name: '1 problem' }).waitFor();
    await studio.screenshot('engine-killed');

    await banner.getByRole('button', { name: 'Restart engine' }).click();
    await studio.page.getByText('Engine running', { exact: true }).waitFor();
    await banner.waitFor({ state: 'detached' });
    await studio.run();
    const again = await eventually(
      'records read',
      () => studio.read(),
      (count) => count > 0,
    );
    await eventually(
      'records read later',
      () => studio.read(),
      (count) => count > again,
    );
    await studio.stop();
  }));

test('a dropped link is connected again, and the run that went on meanwhile is seen again', () =>
  withStudio({ name: 'link-dropped', network: true }, async (studio) => {
    await studio.openExample('Flight delays');
    await studio.run();
    await studio.select('Flights');
    const before = await eventually(
      'records read',
      () => studio.read(),
      (count) => count > 200,
    );
    await studio.cutNetwork();
    const banner = studio.page.getByRole('alert').filter({ hasText: 'Reconnecting to the engine.' });
    await banner.waitFor();
    await studio.page.getByText('Reconnecting to the engine', { exact: true }).waitFor();
    assert.equal(await studio.page.getByText('The engine has stopped.').count(), 0);
    await studio.screenshot('link-dropped');
    const stale = await studio.read();

    studio.mendNetwork();
    await studio.page.getByText('Engine running', { exact: true }).waitFor();
    await banner.waitFor({ state: 'detached' });
    await eventually(
      'records read later',
      () => studio.read(),
      (count) => count > stale,
    );
    assert.ok(stale >= before, 'the figures went on from where they stood');
    await studio.stop();
  }));
