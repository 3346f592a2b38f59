import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { EXAMPLES_DIR } from '../../engine/serve/locate.ts';
import { eventually, type Studio, textOf, withStudio } from './studio.ts';

/** Numbered rows without end, into files: something to lose, and something to double. */
const DOCUMENT = {
  weir: 1,
  name: 'Numbers',
  settings: { checkpoints: { every: '400 ms', keep: 3 }, ledger: 'n' },
  nodes: {
    numbers: {
      type: 'generator',
      name: 'Numbers',
      config: {
        data: {
          kind: 'fields',
          fields: [
            { name: 'at', value: { kind: 'time' } },
            { name: 'n', value: { kind: 'sequence' } },
            { name: 'key', value: { kind: 'key', distinct: 50, prefix: 'k' } },
          ],
          start: 'now',
        },
        rate: 500,
        time: { field: 'at', watermark: { kind: 'ascending' } },
      },
    },
    table: { type: 'file-sink', name: 'Rows', config: { folder: 'out', name: 'rows' } },
  },
  edges: [{ from: 'numbers', to: 'table' }],
  layout: { nodes: { numbers: { x: 40, y: 60 }, table: { x: 340, y: 60 } } },
};

const tab = (studio: Studio, name: string) => studio.page.getByRole('tab', { name: new RegExp(`^${name}`) });
const list = (studio: Studio) => studio.page.getByRole('region', { name: 'Checkpoints, newest first' });

/** Names of the checkpoints that can be gone on from, newest first. */
const restorable = (studio: Studio): Promise<string[]> =>
  list(studio)
    .getByRole('button', { name: /^Restore from/ })
    .evaluateAll((found) =>
      found.map((one) => one.getAttribute('aria-label')?.replace('Restore from ', '') ?? ''),
    );

const logged = (studio: Studio, text: RegExp) =>
  eventually(
    `the log says ${text}`,
    () => textOf(studio.page.locator('.log')),
    (lines) => text.test(lines),
  );

test('checkpoints fill their tab, a savepoint is taken, and a run whose engine was killed goes on', () =>
  withStudio({ name: 'checkpoints' }, async (studio) => {
    await studio.dropFile('numbers.weir', DOCUMENT);
    const path = await studio.saveAs('numbers.weir');
    await tab(studio, 'Checkpoints').click();
    await studio.page.getByText('No checkpoints yet').waitFor();
    await studio.run();
    const ids = await eventually(
      'more checkpoints than are kept',
      () => restorable(studio),
      (found) => found.length === 3 && Number(found[0]) >= 5,
    );
    assert.deepEqual(
      ids.map((id) => Number(ids[0]) - Number(id)),
      [0, 1, 2],
      'the last three, newest first',
    );
    await list(studio).getByText('removed').first().waitFor();

    await studio.button('Take savepoint…').click();
    await studio.page.getByRole('dialog').getByLabel('Name').fill('9');
    await studio.page.getByText(/expected a name that is neither a number/).waitFor();
    await studio.page.getByRole('dialog').getByLabel('Name').fill('before the storm');
    await studio.button('Take savepoint').click();
    await studio.page.getByRole('dialog').waitFor({ state: 'detached' });
    await eventually(
      'the savepoint',
      () => restorable(studio),
      (found) => found.includes('before the storm'),
    );

    studio.killEngine();
    const banner = studio.page.getByRole('alert').filter({ hasText: 'The engine has stopped.' });
    const goOn = banner.getByRole('button', { name: /^Go on from (checkpoint|savepoint)/ });
    await goOn.waitFor();
    await studio.screenshot('checkpoints-engine-killed');
    const before = await studio.read();
    await goOn.click();
    await studio.button('Pause').waitFor();
    await tab(studio, 'Log').click();
    await logged(studio, /The run goes on from/);
    const after = await eventually(
      'records read',
      () => studio.read(),
      (count) => count > 0,
    );
    assert.ok(after > before / 2, `it went on at ${after}, and did not begin anew (${before} before)`);
    await tab(studio, 'Checkpoints').click();
    await eventually(
      'checkpoints after it',
      () => restorable(studio),
      (found) => Number(found[0]) > Number(ids[0]) + 3,
    );
    await list(studio)
      .getByRole('img', { name: /^restored/ })
      .first()
      .waitFor();
    await studio.select('Rows');
    await eventually(
      'the ledger holds',
      () => textOf(studio.page.getByRole('region', { name: 'Ledger' })),
      (text) => /duplicated0/.test(text.replaceAll(/\s/g, '')) && /lost0/.test(text.replaceAll(/\s/g, '')),
    );

    // As after a kill of the whole studio: another engine, a page that knows nothing, the file from the disk.
    studio.killEngine();
    await goOn.waitFor();
    await studio.reload();
    await studio.openRecent('numbers.weir');
    assert.ok(path.endsWith('numbers.weir'));
    const offer = studio.page.getByRole('alert').filter({ hasText: 'did not finish' });
    await offer.waitFor();
    await studio.screenshot('checkpoints-unfinished');
    await offer.getByRole('button', { name: /^Go on from/ }).click();
    await studio.button('Pause').waitFor();
    await tab(studio, 'Log').click();
    await logged(studio, /The run goes on from/);

    // Back to what was kept by name, also long after.
    await tab(studio, 'Checkpoints').click();
    await list(studio).getByRole('button', { name: 'Restore from before the storm' }).click();
    await tab(studio, 'Log').click();
    await logged(studio, /savepoint "before the storm"/);
    await studio.button('Pause').waitFor();
    await studio.stop();
    assert.equal(await offer.count(), 0, 'what a person stopped is not offered');
  }));

test('without checkpoints the tab offers them, and failures are added and taken away by a form', () =>
  withStudio({ name: 'faults-form' }, async (studio) => {
    const { settings: _, ...plain } = DOCUMENT;
    await studio.dropFile('plain.weir', plain);
    await studio.saveAs('plain.weir');
    await tab(studio, 'Checkpoints').click();
    await studio.screenshot('checkpoints-none');
    await studio.button('Take one every 10 s').click();
    await studio.page.getByText('No checkpoints yet').waitFor();
    assert.equal(await studio.page.getByRole('switch', { name: 'Take checkpoints' }).isChecked(), true);

    const failures = studio.page.getByRole('region', { name: 'Failures' });
    await failures.getByLabel('Add a failure…').selectOption('A node fails at a record');
    await failures.getByText(/Numbers fails at its record no. 1,000/).waitFor();
    await failures.getByLabel('Node').selectOption('Rows');
    await failures.getByLabel('Record no.').fill('700');
    await failures.getByText(/Rows fails at its record no. 700/).waitFor();
    await studio
      .card('Rows')
      .getByRole('img', { name: /Rows fails at its record no. 700/ })
      .waitFor();
    await failures.getByLabel('Record no.').fill('many');
    await failures.getByText(/Kept: 700/).waitFor();
    await failures.getByLabel('Add a failure…').selectOption('The engine is killed');
    await failures.getByLabel('After').fill('soon');
    await failures.getByText(/Expected a duration.*Kept: 10 s/).waitFor();
    await studio.screenshot('faults-form');
    await failures.getByRole('button', { name: 'Remove this failure' }).last().click();
    await studio.page.getByText('Restart', { exact: true }).click();
    await studio.page.getByLabel('Ledger counts by').selectOption('n');
    await studio.page.getByText('No checkpoints yet').waitFor();
    await studio.run();
    await tab(studio, 'Log').click();
    await logged(studio, /started again/);
    await studio.stop();
  }));

test('a slow sink: its barrier waits on the edge, and a checkpoint that takes too long is told with its cause', () =>
  withStudio({ name: 'barriers', theme: 'dark' }, async (studio) => {
    const { page } = studio;
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    await studio.dropFile('slow.weir', {
      ...DOCUMENT,
      settings: {
        checkpoints: { every: '300 ms', timeout: '800 ms', tolerableFailures: 1000 },
        guarantee: 'exactly-once',
        chaos: { faults: [{ kind: 'slow', sink: 'table', by: '400 ms' }] },
      },
    });
    await studio.saveAs('slow.weir');
    const barrier = page.locator('.barrier');
    await barrier.evaluate((mark) => {
      const seen: string[] = [];
      Object.assign(globalThis, { seen });
      new MutationObserver(() => seen.push((mark as SVGElement).dataset['state'] ?? '')).observe(mark, {
        attributeFilter: ['data-state'],
      });
    });
    await tab(studio, 'Checkpoints').click();
    await studio.run();
    const states = await eventually(
      'a barrier passes, and waits',
      () => page.evaluate(() => [...new Set((globalThis as unknown as { seen: string[] }).seen)]),
      (seen) => seen.includes('waits') && seen.includes('none'),
    );
    assert.ok(states.includes('passes'), states.join());
    const failed = list(studio).getByRole('img', { name: 'failed' });
    await failed.first().waitFor();
    await list(studio).locator('.checkpoint-cause').first().filter({ hasText: /\w/ }).waitFor();
    await studio.select('Rows');
    await barrier.and(page.locator('[data-state="waits"]')).waitFor();
    await studio.screenshot('checkpoints-failed');
    // Its last checkpoint takes too long as well: what was not shown yet never will be, and that is said.
    await studio.button('Stop').click();
    await page.getByRole('status').filter({ hasText: 'failed' }).waitFor();
    await tab(studio, 'Log').click();
    await logged(studio, /Injected: every batch takes table longer by 400 ms/);

    // A barrier that overtakes what waits there is through in time.
    await page.locator('.react-flow__pane').click({ position: { x: 10, y: 10 } });
    await page.getByRole('switch', { name: 'Barriers overtake waiting rows' }).click();
    await page.getByLabel('Overtake after').fill('50 ms');
    await page.getByLabel('Overtake after').scrollIntoViewIfNeeded();
    await tab(studio, 'Checkpoints').click();
    await studio.run();
    await page.getByText(/past [\d,]+ rows/).waitFor();
    await studio.screenshot('checkpoints-unaligned');
    // The last checkpoint of a run waits for all rows, and cannot be through in time.
    await studio.button('Stop').click();
    await page.getByRole('status').filter({ hasText: 'failed' }).waitFor();
  }));

test('a run stopped with a savepoint goes on in an edited graph only where what is given up was agreed to', () =>
  withStudio({ name: 'edited' }, async (studio) => {
    await studio.dropFile('numbers.weir', DOCUMENT);
    await studio.saveAs('numbers.weir');
    await tab(studio, 'Checkpoints').click();
    await studio.run();
    await eventually(
      'records read',
      () => studio.read(),
      (count) => count > 300,
    );
    await studio.button('Stop with savepoint…').click();
    await studio.page.getByRole('dialog').getByLabel('Name').fill('first');
    await studio.page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click();
    await studio.page.getByRole('status').filter({ hasText: 'stopped:' }).waitFor();
    await list(studio).getByRole('button', { name: 'Restore from first' }).waitFor();

    await studio.select('Numbers');
    await studio.type('Rate', '400');
    await list(studio).getByRole('button', { name: 'Restore from first' }).click();
    const asked = studio.page.getByRole('alert').filter({ hasText: 'The graph was edited' });
    await asked.getByText(/Numbers cannot take over the position/i).waitFor();
    assert.equal(await studio.page.getByText('did not finish').count(), 0, 'a person had stopped it');
    await studio.screenshot('checkpoints-refused');
    await asked.getByRole('button', { name: 'Go on without it' }).click();
    await studio.button('Pause').waitFor();
    await tab(studio, 'Log').click();
    await logged(studio, /is given up/);
    await studio.stop();
    await tab(studio, 'Checkpoints').click();
    await studio.button('Delete savepoint first').click();
    await list(studio).getByRole('button', { name: 'Restore from first' }).waitFor({ state: 'detached' });
  }));

const EXAMPLES = [
  ['exactly-once', /^none lost, none twice$/],
  ['at-least-once', /^[\d,]+ duplicated$/],
  ['at-most-once', /^[\d,]+ lost$/],
] as const;

/** An example, five times as fast: what it shows is the same. */
async function hastened(guarantee: string): Promise<unknown> {
  const text = await readFile(join(EXAMPLES_DIR, `guarantee-${guarantee}.weir`), 'utf8');
  const fast = text
    .replace('"rate": 200', '"rate": 1000')
    .replace('"every": "2 s"', '"every": "400 ms"')
    .replace('"delay": "1 s"', '"delay": "200 ms"');
  assert.equal(fast.length, text.length + 1 + 3 + 3, 'the example has all three');
  return JSON.parse(fast);
}

test('the guarantees as their ledgers show them', () =>
  withStudio({ name: 'guarantees' }, async (studio) => {
    for (const [guarantee, says] of EXAMPLES) {
      await studio.dropFile(`${guarantee}.weir`, await hastened(guarantee));
      await studio.saveAs(`${guarantee}.weir`);
      await tab(studio, 'Checkpoints').click();
      await studio.run();
      await studio.select('Order files');
      await studio.page.getByRole('status').filter({ hasText: 'finished:' }).waitFor();
      const text = await eventually(
        `the ledger of ${guarantee}`,
        () => textOf(studio.card('Order files').locator('[data-row="faults"] dd')),
        (found) => found !== '',
      );
      assert.match(text.trim(), says);
      const got = studio.page.getByRole('region', { name: 'Guarantee' }).locator('b');
      assert.equal((await textOf(got)).trim(), guarantee);
      for (const theme of ['light', 'dark'] as const) {
        await studio.page.emulateMedia({ colorScheme: theme });
        await studio.page.locator(`html[data-theme="${theme}"]`).waitFor();
        await studio.screenshot(`${theme}-guarantee-${guarantee}`);
      }
      await studio.page.emulateMedia({ colorScheme: 'light' });
    }
  }));
