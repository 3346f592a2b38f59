import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { problem } from '../../../engine/contract/problems.ts';
import { zSchema, zTime } from '../../../engine/contract/settings.ts';
import { setting } from '../../../engine/contract/spec.ts';
import { type FormField, formOfObject, sectionsOf } from './model.ts';
import { controlOf, sortProblems } from './problems.ts';
import { blankOf, getAt, moved, pathKeyOf, setAt, switchVariant } from './values.ts';

const zWindow = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('tumbling'),
    size: setting(z.string(), { title: 'Size', widget: 'duration' }),
  }),
  z.strictObject({
    kind: z.literal('hopping'),
    size: setting(z.string(), { title: 'Size', widget: 'duration' }),
    slide: setting(z.string(), { title: 'Every', widget: 'duration' }),
  }),
]);
const config = z.strictObject({
  window: setting(zWindow, { title: 'Window', widget: 'variants', labels: { tumbling: 'Tumbling' } }),
  rows: setting(z.int().min(1).max(9).default(3), { title: 'Rows', widget: 'number', unit: 'rows' }),
  mark: setting(z.enum(['line', 'bar']).default('line'), { title: 'Mark', widget: 'segmented' }),
  follow: setting(z.boolean().optional(), { title: 'Follow', widget: 'switch', advanced: true }),
  items: setting(
    z
      .array(
        z.strictObject({
          fn: setting(z.enum(['count', 'sum']), { title: 'Function', widget: 'select' }),
          of: setting(z.string().optional(), { title: 'Of', widget: 'expression' }),
        }),
      )
      .min(1),
    { title: 'Items', widget: 'list' },
  ),
  schema: zSchema.optional(),
  time: zTime,
});
const form = formOfObject(config);
const field = (key: string): FormField => {
  const found = form.find((one) => one.key === key);
  assert.ok(found, key);
  return found;
};

describe('form model', () => {
  it('has a field per setting, in the order of the spec, with its widget', () => {
    assert.deepEqual(
      form.map((one) => `${one.key} ${one.widget} ${one.meta.title}`),
      [
        'window variants Window',
        'rows number Rows',
        'mark segmented Mark',
        'follow switch Follow',
        'items list Items',
        'schema schema Schema',
        'time group Time',
      ],
    );
  });

  it('knows defaults, limits and what is required', () => {
    const { shape, fallback, required, meta } = field('rows');
    assert.deepEqual(shape, { kind: 'number', integer: true, min: 1, max: 9 });
    assert.deepEqual([fallback, required, meta.unit], [3, false, 'rows']);
    assert.equal(field('window').required, true);
    assert.deepEqual(field('mark').shape, { kind: 'choice', values: ['line', 'bar'] });
  });

  it('leaves the kind of a variant to the control that picks it', () => {
    const { shape } = field('window');
    assert.ok(shape.kind === 'variants');
    assert.deepEqual(
      shape.variants.map((v) => [v.kind, v.label, v.fields.map((f) => f.key)]),
      [
        ['tumbling', 'Tumbling', ['size']],
        ['hopping', 'hopping', ['size', 'slide']],
      ],
    );
  });

  it('follows groups into variants', () => {
    const time = field('time').shape;
    assert.ok(time.kind === 'group');
    assert.deepEqual(
      time.fields.map((f) => [f.key, f.widget]),
      [
        ['field', 'field'],
        ['watermark', 'variants'],
        ['idleTimeout', 'duration'],
        ['atEnd', 'segmented'],
      ],
    );
  });

  it('puts what is advanced under "more", and half-wide fields side by side', () => {
    const { sections, more } = sectionsOf(form);
    assert.deepEqual(
      more.map((f) => f.key),
      ['follow'],
    );
    assert.deepEqual(
      sections.map((s) => s.map((f) => f.key).join(' ')),
      ['window', 'rows', 'mark', 'items', 'schema', 'time'],
    );
  });
});

describe('values', () => {
  it('sets along a path and leaves the old value alone', () => {
    const before = { items: [{ fn: 'sum' }, { fn: 'count' }], rows: 1 };
    const after = setAt(before, ['items', 1, 'of'], 'x');
    assert.deepEqual(after, { items: [{ fn: 'sum' }, { fn: 'count', of: 'x' }], rows: 1 });
    assert.deepEqual(before, { items: [{ fn: 'sum' }, { fn: 'count' }], rows: 1 });
    assert.equal((after as typeof before).items[0], before.items[0]);
  });

  it('removes a key when a setting is cleared, and an item of a list', () => {
    assert.deepEqual(setAt({ a: 1, b: 2 }, ['b'], undefined), { a: 1 });
    assert.deepEqual(setAt({ list: [1, 2, 3] }, ['list', 1], undefined), { list: [1, 3] });
    assert.deepEqual(setAt({}, ['limits', 'bytes'], 5), { limits: { bytes: 5 } });
  });

  it('reads only own keys', () => {
    assert.equal(getAt({}, ['constructor']), undefined);
    assert.equal(getAt({ a: [{ b: 4 }] }, ['a', 0, 'b']), 4);
  });

  it('moves an item within a list and not beyond its ends', () => {
    assert.deepEqual(moved(['a', 'b', 'c'], 0, 1), ['b', 'a', 'c']);
    assert.deepEqual(moved(['a', 'b', 'c'], 0, -1), ['a', 'b', 'c']);
  });

  it('begins an item with the first choice and nothing that nobody chose', () => {
    const { shape } = field('items');
    assert.ok(shape.kind === 'list');
    assert.deepEqual(blankOf(shape.item), { fn: 'count' });
    assert.deepEqual(blankOf(form), { window: { kind: 'tumbling' }, items: [{ fn: 'count' }] });
  });

  it('keeps what two variants share', () => {
    const { shape } = field('window');
    assert.ok(shape.kind === 'variants');
    const [tumbling, hopping] = shape.variants;
    assert.ok(tumbling && hopping);
    const hop = switchVariant({ kind: 'tumbling', size: '1 h' }, hopping);
    assert.deepEqual(hop, { kind: 'hopping', size: '1 h' });
    assert.deepEqual(switchVariant({ ...hop, slide: '5 min' }, tumbling), { kind: 'tumbling', size: '1 h' });
  });
});

describe('problems', () => {
  const value = {
    window: { kind: 'hopping', size: '1 h' },
    items: [{ fn: 'sum', of: '+' }],
    schema: [{ name: 'a' }],
  };
  const control = (...path: (string | number)[]) => controlOf(form, value, path);

  it('belong to the innermost control on their path', () => {
    assert.deepEqual(control('window', 'slide'), ['window', 'slide']);
    assert.deepEqual(control('items', 0, 'of'), ['items', 0, 'of']);
    assert.deepEqual(control('items'), ['items']);
    assert.deepEqual(control('items', 0, 'nope'), ['items']);
    // The schema editor shows the problems of its cells itself.
    assert.deepEqual(control('schema', 0, 'type'), ['schema']);
    assert.equal(control('unknown'), null);
  });

  it('stand above the form where no control shows them', () => {
    const make = (...path: (string | number)[]) => problem('S-VALUE', { path, message: path.join('.') });
    const mine = make('nodes', 'w', 'config', 'rows');
    const unknown = make('nodes', 'w', 'config', 'nope');
    const input = make('nodes', 'w');
    const sorted = sortProblems([mine, unknown, input, make('nodes', 'other')], 'w', form, value);
    assert.deepEqual(sorted.byControl.get(pathKeyOf(['rows'])), [mine]);
    assert.deepEqual(sorted.others, [unknown, input]);
    assert.equal(sorted.byControl.size, 1);
  });
});
