/** Operators built by their forms alone, as a person would who has no manual. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, type Studio, textOf, withStudio } from './studio.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-01-01T00:00:00Z');
const at = (minutes: number): string => new Date(START + minutes * MINUTE).toISOString();

/** A source of fixed rows, whose field `at` is their event time. */
const rows = (schema: Record<string, string>, values: readonly Record<string, unknown>[]) => ({
  type: 'generator',
  config: {
    data: {
      kind: 'rows',
      schema: Object.entries({ at: 'TIMESTAMP', ...schema }).map(([name, type]) => ({ name, type })),
      rows: values,
    },
    time: { field: 'at', watermark: { kind: 'ascending' } },
  },
});

const inspector = (studio: Studio) => studio.page.getByRole('complementary', { name: 'Inspector' });
const choose = (studio: Studio, title: string, label: string) =>
  studio.setting(title).selectOption({ label });
const finished = (studio: Studio) =>
  studio.page
    .getByRole('status')
    .filter({ hasText: /finished/ })
    .waitFor();

async function runToEnd(studio: Studio): Promise<void> {
  await studio.button('Run').click();
  await finished(studio);
}

test('a source, a window with early results and a table, from an empty canvas', () =>
  withStudio({ name: 'form-window' }, async (studio) => {
    const { page } = studio;
    await studio.button('Empty canvas').click();
    await studio.dragOntoCanvas('Generator', 0.05, 0.3);
    await page.getByText('Fixed rows', { exact: true }).click();
    for (const [i, [name, type]] of [
      ['at', 'TIMESTAMP'],
      ['v', 'INT'],
    ].entries()) {
      await page.getByRole('button', { name: '+ Add a field' }).click();
      await studio.type(`Name of field ${i + 1}`, name ?? '');
      await studio.setting(`Type of field ${i + 1}`).selectOption(type ?? '');
    }
    await studio
      .setting('Rows')
      .fill([0, 0.2, 0.4, 1.5].map((minute, v) => JSON.stringify({ at: at(minute), v })).join('\n'));
    await studio.setting('Time').click();
    await choose(studio, 'Event time', 'at  TIMESTAMP');
    await studio.type('Out of order by at most', '0 s');

    await studio.dragOntoCanvas('Table', 0.87, 0.3);
    await studio.connect(['Generator', 'out'], ['Table', 'in']);
    await studio.dragOntoEdge('Window', 'generator', 'table');
    const caption = inspector(studio).locator('figcaption');
    assert.match(await textOf(caption), /missing/);
    await studio.type('Size', '1 min');
    assert.match(await textOf(caption), /^Windows of 1.min/);
    await choose(studio, 'Function', 'count');
    await studio.type('As', 'n');
    await studio.setting('Trigger').click();
    await choose(studio, 'Early', 'Every few records');
    await studio.type('Every', '2');
    await caption.filter({ hasText: 'an early result every 2 records' }).waitFor();
    const firings = () => inspector(studio).locator('.drawing-fired[data-timing="early"]').count();
    assert.ok((await firings()) > 0, 'early results are drawn');

    await runToEnd(studio);
    const found = await eventually(
      'rows of the table',
      () => studio.tableRows('Table'),
      (texts) => texts.length === 3,
    );
    assert.deepEqual(
      found.map((text) => text.split(' ').at(-1)),
      ['1', '3', '2'],
    );
  }));

test('a join: both sides are shown, two clicks make a pair, a condition names both', () =>
  withStudio({ name: 'form-join' }, async (studio) => {
    const { page } = studio;
    await studio.dropFile('join.weir', {
      weir: 1,
      nodes: {
        orders: {
          ...rows({ id: 'INT', price: 'INT' }, [
            { at: at(0), id: 1, price: 10 },
            { at: at(1), id: 2, price: 30 },
          ]),
          name: 'Orders',
        },
        limits: {
          ...rows({ order: 'INT', max: 'INT' }, [
            { at: at(0), order: 1, max: 20 },
            { at: at(1), order: 2, max: 20 },
          ]),
          name: 'Limits',
        },
        table: { type: 'table', config: {} },
      },
      edges: [],
      layout: { nodes: { orders: { x: 0, y: 0 }, limits: { x: 0, y: 200 }, table: { x: 560, y: 100 } } },
    });
    await studio.dragOntoCanvas('Interval join', 0.4, 0.35);
    await studio.connect(['Orders', 'out'], ['Interval join', 'left']);
    await studio.connect(['Limits', 'out'], ['Interval join', 'right']);
    await studio.connect(['Interval join', 'out'], ['Table', 'in']);
    await studio.select('Interval join');
    const field = (name: string) => inspector(studio).locator('.pairs').getByTitle(name, { exact: true });
    await field('id INT').click();
    await field('order INT').click();
    assert.equal(await studio.setting('Left field').inputValue(), 'id');
    assert.equal(await studio.setting('Right field').inputValue(), 'order');
    assert.equal(await inspector(studio).locator('.pairs path').count(), 1);
    await studio.type('From', '-1 min');
    await studio.type('To', '1 min');

    const condition = studio.setting('And');
    await condition.click();
    await condition.pressSequentially('pri');
    await page.getByRole('option', { name: /left\.price/ }).click();
    await condition.pressSequentially(' < ');
    // The field that is being written takes what is clicked.
    await field('max INT').click();
    assert.equal(await condition.inputValue(), 'left.price < right.max');
    assert.equal(await condition.getAttribute('aria-invalid'), 'false');
    assert.equal(await inspector(studio).locator('.pairs path').count(), 1);

    await runToEnd(studio);
    const found = await eventually(
      'rows of the table',
      () => studio.tableRows('Table'),
      (texts) => texts.length > 0,
    );
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0] ?? '', /10/);
  }));

test('a pattern: an error is marked with its reason, and gone when it is corrected', () =>
  withStudio({ name: 'form-pattern' }, async (studio) => {
    const prices = [10, 8, 6, 9].map((price, i) => ({ at: at(i), price }));
    await studio.dropFile('pattern.weir', {
      weir: 1,
      nodes: {
        prices: { ...rows({ price: 'INT' }, prices), name: 'Prices' },
        table: { type: 'table', config: {} },
      },
      edges: [{ from: 'prices:out', to: 'table' }],
      layout: { nodes: { prices: { x: 0, y: 0 }, table: { x: 560, y: 0 } } },
    });
    await studio.dragOntoEdge('Pattern', 'prices', 'table');
    const pattern = studio.setting('Pattern');
    await studio.type('Pattern', 'START DOWN+ UP)');
    const note = inspector(studio).getByRole('status').filter({ hasText: 'not understood' });
    await note.waitFor();
    assert.equal(await pattern.getAttribute('aria-invalid'), 'true');
    assert.equal(await inspector(studio).locator('[data-wrong="true"]').textContent(), ')');
    await studio.type('Pattern', 'START DOWN+ UP');
    await note.waitFor({ state: 'detached' });
    assert.equal(await pattern.getAttribute('aria-invalid'), 'false');

    const add = inspector(studio).getByRole('button', { name: '+ Add' });
    for (const [i, [variable, when]] of [
      ['DOWN', 'DOWN.price < 9'],
      ['UP', 'UP.price > LAST(DOWN.price)'],
    ].entries()) {
      await add.first().click();
      await studio
        .setting('Variable')
        .nth(i)
        .selectOption(variable ?? '');
      await studio
        .setting('When')
        .nth(i)
        .fill(when ?? '');
    }
    const value = studio.setting('Value');
    await value.click();
    await value.pressSequentially('LAST(DOWN.');
    await studio.page.getByRole('option', { name: /DOWN\.price/ }).click();
    await value.pressSequentially(')');
    await studio.type('As', 'bottom');
    await studio.card('Pattern').getByText('START DOWN+ UP').waitFor();
    await studio
      .card('Pattern')
      .getByRole('button', { name: /problem/ })
      .waitFor({ state: 'detached' });

    await runToEnd(studio);
    await eventually(
      'rows of the table',
      () => studio.tableRows('Table'),
      (texts) => texts.length === 1 && /\b6\b/.test(texts[0] ?? ''),
    );
  }));
