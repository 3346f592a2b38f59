/** Connections in the studio, without a broker: what cannot be reached is said; what is kept is listed, without its password. */
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { withStudio } from './studio.ts';

test('a connection is tried, kept, listed, and removed; no password comes back', () =>
  withStudio({ name: 'connections' }, async (studio) => {
    const { page } = studio;
    await page.setViewportSize({ width: 1280, height: 800 });
    await studio.openExample('Flight delays');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('textbox').fill('connections');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Connections' });
    await dialog.getByText('None yet.').waitFor();
    await studio.screenshot('connections-empty');
    const keep = dialog.getByRole('button', { name: 'Keep' });
    assert.ok(await keep.isDisabled());
    await dialog.getByLabel('Name').fill('orders');
    await dialog.getByLabel('Brokers').fill('127.0.0.1:9');
    await dialog.getByRole('button', { name: 'Test', exact: true }).click();

    await dialog.getByText(/ECONNREFUSED 127\.0\.0\.1:9/).waitFor();
    await studio.screenshot('connections-unreached');
    await dialog.getByRole('switch', { name: 'Encrypted (TLS)' }).click();
    await dialog.getByRole('combobox', { name: 'Sign in' }).selectOption('scram-sha-512');
    await dialog.getByLabel('User', { exact: true }).fill('weir');
    assert.ok(await keep.isDisabled(), 'the password is missing');
    await dialog.getByLabel('Password', { exact: true }).fill('correct-horse');
    await dialog.getByLabel('Schema registry').fill('localhost:8081');
    assert.ok(await keep.isDisabled(), 'that is no address');
    await dialog.getByLabel('Schema registry').fill('http://localhost:8081');
    await dialog.getByLabel('User of the registry').fill('reader');
    assert.ok(await keep.isDisabled(), 'the password of the registry is missing');
    await dialog.getByLabel('Password of the registry').fill('correct-horse');
    await page.evaluate(() => document.documentElement.setAttribute('data-theme', 'dark'));
    await studio.screenshot('connections-dark');
    await keep.click();
    await dialog
      .getByText('kafka at 127.0.0.1:9, TLS, scram-sha-512 as weir, schemas at http://localhost:8081')
      .waitFor();
    assert.ok(!(await page.content()).includes('correct-horse'), 'the page forgets the password');
    const file = join(studio.home, '.weir', 'connections.json');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.match(await readFile(file, 'utf8'), /correct-horse/);
    await dialog.getByRole('button', { name: 'Remove orders' }).click();
    await dialog.getByText('None yet.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
  }));
