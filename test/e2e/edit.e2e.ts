import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, type Studio, withStudio } from './studio.ts';

const condition = (studio: Studio) => studio.setting('Condition').inputValue();

test('a Filter dropped on an edge takes part in the next run; undo and redo cover all of it', () =>
  withStudio({ name: 'filter' }, async (studio) => {
    await studio.openExample('Flight delays');
    await studio.dragOntoEdge('Filter', 'flights', 'hourly');
    await studio.edge('flights', 'filter').waitFor({ state: 'attached' });
    await studio.edge('filter', 'hourly').waitFor({ state: 'attached' });
    assert.equal(await studio.edge('flights', 'hourly').count(), 0);
    await studio.type('Condition', 'delay > 60');
    await studio.card('Filter').getByText('delay > 60').waitFor();

    await studio.undo();
    assert.equal(await condition(studio), '');
    await studio.undo();
    await studio.card('Filter').waitFor({ state: 'detached' });
    await studio.edge('flights', 'hourly').waitFor({ state: 'attached' });
    await studio.redo();
    await studio.redo();
    await studio.select('Filter');
    assert.equal(await condition(studio), 'delay > 60');

    await studio.run();
    await eventually(
      'records read',
      () => studio.read(),
      (count) => count > 500,
    );
    await studio.stop();
    const { into, out } = await studio.totals('Filter');
    assert.equal(into, await studio.read());
    // Of these flights about one in twenty is more than an hour late.
    assert.ok(out > 0 && out < into / 4, `${into} in, ${out} out`);
    assert.equal((await studio.totals('Hourly')).into, out);
    assert.equal((await studio.totals('Daily by airport')).into, into);
  }));

test('an expression error says what is wrong, marks the node, and keeps the run from starting', () =>
  withStudio({ name: 'expression-error' }, async (studio) => {
    await studio.openExample('Flight delays');
    await studio.dragOntoEdge('Filter', 'flights', 'hourly');
    await studio.type('Condition', 'dealy > 60');

    const note = studio.page.getByRole('complementary', { name: 'Inspector' }).getByRole('status');
    await note.filter({ hasText: 'dealy' }).waitFor();
    assert.equal(await studio.setting('Condition').getAttribute('aria-invalid'), 'true');
    const mark = studio.card('Filter').getByRole('button', { name: '1 problem' });
    await mark.waitFor();

    await studio.button('Run').click();
    const tab = studio.page.getByRole('tab', { name: /^Problems/ });
    assert.equal(await tab.getAttribute('aria-selected'), 'true');
    assert.equal(await studio.button('Stop').isDisabled(), true);

    await studio.type('Condition', 'delay > 60');
    await mark.waitFor({ state: 'detached' });
    await studio.run();
    await studio.stop();
  }));

test('Arrange lays the graph out by the library, in a worker, as one step of undo', () =>
  withStudio({ name: 'arrange' }, async (studio) => {
    await studio.openExample('Flight delays');
    const left = async (name: string) => (await studio.card(name).boundingBox())?.x ?? Number.NaN;
    const worker = studio.page.waitForEvent('worker');
    await studio.dragOntoEdge('Filter', 'flights', 'hourly');
    // To where no layout would put it, so that arranging must move it.
    const top = async () => (await studio.card('Hourly').boundingBox())?.y ?? Number.NaN;
    await studio.card('Hourly').locator('header').hover();
    await studio.page.mouse.down();
    await studio.page.mouse.move(700, 480, { steps: 6 });
    await studio.page.mouse.up();
    const moved = await top();
    await studio.button('Arrange').click();
    assert.match((await worker).url(), /elk-worker/);
    await eventually('Hourly stands elsewhere', top, (y) => Math.abs(y - moved) > 20);
    for (const [from, to] of [
      ['Flights', 'Filter'],
      ['Filter', 'Hourly'],
      ['Hourly', 'Late flights'],
    ] as const)
      assert.ok((await left(from)) < (await left(to)), `${from} stands left of ${to}`);
    await studio.undo();
    await studio.undo();
    await studio.card('Filter').waitFor();
    await studio.undo();
    await studio.card('Filter').waitFor({ state: 'detached' });
  }));
