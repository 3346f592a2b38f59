/** Keys that never end, or records that wait for ever: every operator with state stops at the run's bound, and says where. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figures, generated, type Node, type RunOptions, run, type Settings } from './pipeline.ts';

const MEGABYTES = 4;
/** Of some records at a time, 16 bytes and more each: the bound is crossed long before them. */
const RECORDS_MAX = 2_000_000;
const count = { function: 'count', as: 'n' };
const on = [{ left: 'k', right: 'k' }];
const long = { kind: 'tumbling', size: '100 d' };

/** Ever new keys. The watermark follows, but for what waits for it. */
const endless = (atEnd?: 'never'): Node => {
  const source = generated(10_000_000, [{ name: 'k', value: { kind: 'sequence' } }]);
  if (atEnd === undefined) return source;
  return {
    ...source,
    config: { ...source.config, time: { field: 'at', watermark: { kind: 'bounded', delay: '1000 d' } } },
  };
};

const bounded: Settings = { stateMegabytesMax: MEGABYTES };
const keyed = { keys: ['k'], aggregates: [count] };

const singles: readonly (readonly [name: string, node: Node, waits?: 'never'])[] = [
  ['tumbling window', { type: 'window', config: { window: long, ...keyed } }],
  [
    'hopping window',
    { type: 'window', config: { window: { kind: 'hopping', size: '100 d', slide: '50 d' }, ...keyed } },
  ],
  [
    'cumulating window',
    { type: 'window', config: { window: { kind: 'cumulating', size: '100 d', step: '50 d' }, ...keyed } },
  ],
  ['session window', { type: 'window', config: { window: { kind: 'session', gap: '100 d' }, ...keyed } }],
  ['count window', { type: 'window', config: { window: { kind: 'count', size: 5 }, ...keyed } }],
  ['global window', { type: 'window', config: { window: { kind: 'global' }, ...keyed } }],
  [
    'early firings',
    { type: 'window', config: { window: long, ...keyed, trigger: { early: { kind: 'rows', every: 5 } } } },
  ],
  [
    'retracting',
    {
      type: 'window',
      config: {
        window: long,
        ...keyed,
        trigger: { early: { kind: 'rows', every: 1 } },
        accumulation: 'retracting',
      },
    },
  ],
  [
    'collect',
    { type: 'window', config: { window: long, aggregates: [{ function: 'collect', of: 'k', as: 'all' }] } },
  ],
  [
    'count distinct',
    {
      type: 'window',
      config: { window: long, aggregates: [{ function: 'count', of: 'k', distinct: true, as: 'n' }] },
    },
  ],
  ['group aggregate', { type: 'group-aggregate', config: keyed }],
  ['over', { type: 'over-aggregate', config: keyed }],
  [
    'over, all that has been',
    {
      type: 'over-aggregate',
      config: {
        frame: { kind: 'rows' },
        aggregates: [{ function: 'count', of: 'k', distinct: true, as: 'n' }],
      },
    },
  ],
  ['over that waits', { type: 'over-aggregate', config: { aggregates: [count] } }, 'never'],
  ['sort that waits', { type: 'sort', config: {} }, 'never'],
  [
    'pattern that waits',
    { type: 'pattern', config: { pattern: 'A', measures: [{ of: 'A.k', as: 'k' }] } },
    'never',
  ],
  [
    'pattern per key',
    { type: 'pattern', config: { keys: ['k'], pattern: 'A B', measures: [{ of: 'A.k', as: 'first' }] } },
  ],
  ['gaps of keys', { type: 'gap-fill', config: { every: '1 d', keys: ['k'] } }],
  [
    'sessions of records',
    { type: 'assign-windows', config: { window: { kind: 'session', gap: '100 d', keys: ['k'] } } },
  ],
  ['top-n per key', { type: 'top-n', config: { n: 1, keys: ['k'], orderBy: [{ field: 'at' }] } }],
  ['top-n of many', { type: 'top-n', config: { n: 100_000, orderBy: [{ field: 'k', direction: 'desc' }] } }],
  ['dedup', { type: 'dedup', config: { keys: ['k'] } }],
  ['dedup, last', { type: 'dedup', config: { keys: ['k'], keep: 'last' } }],
  [
    'dedup, when final',
    { type: 'dedup', config: { keys: ['k'], by: { kind: 'event-time' }, results: { kind: 'final' } } },
  ],
  ['distinct', { type: 'distinct', config: { fields: ['k'] } }],
];

const joins: readonly (readonly [name: string, node: Node])[] = [
  ['join', { type: 'join', config: { on } }],
  ['outer join', { type: 'join', config: { on, join: 'full' } }],
  ['interval join', { type: 'interval-join', config: { on, lower: '-100 d', upper: '100 d' } }],
  ['window join', { type: 'window-join', config: { on, window: long } }],
  ['temporal join', { type: 'temporal-join', config: { on } }],
];

async function stops(
  node: Node,
  sources: Readonly<Record<string, Node>>,
  recordsMax = RECORDS_MAX,
  compute?: RunOptions['compute'],
): Promise<void> {
  const result = await run(node, sources, bounded, { capture: false, ...(compute && { compute }) });
  assert.equal(result.summary.outcome, 'failed', 'the run ended before the bound was crossed');
  const [problem] = result.problems;
  assert.deepEqual([problem?.code, problem?.path], ['R-STATE', ['nodes', 'node']]);
  assert.match(`${problem?.expected}`, /4 MB/);
  assert.match(`${problem?.next}`, /\S/);
  const { recordsIn } = figures(result);
  assert.ok(recordsIn < recordsMax, `${recordsIn} records`);
}

for (const [name, node, waits] of singles)
  test(`state is bounded: ${name}`, () => stops(node, { in: endless(waits) }));
for (const [name, node] of joins)
  test(`state is bounded: ${name}`, () => stops(node, { left: endless(), right: endless() }));

/** Texts of 10 kB: 400 of them reach the bound; whoever counts a text like a number takes a hundred times as many. */
const LONG = { text: "CONCAT(CAST(k AS STRING), REPEAT('x', 10000))" };
const TEXTS_MAX = 5000;
/** The same node by the long text in place of the number. */
const byText = (node: Node): Node => ({
  type: node.type,
  config: JSON.parse(JSON.stringify(node.config).replaceAll('"k"', '"text"').replaceAll('A.k', 'A.text')),
});

for (const [name, node, waits] of singles)
  test(`long texts count: ${name}`, () => stops(byText(node), { in: endless(waits) }, TEXTS_MAX, LONG));
for (const [name, node] of joins)
  test(`long texts count: ${name}`, () =>
    stops(byText(node), { left: endless(), right: endless() }, TEXTS_MAX, LONG));

const held: readonly (readonly [name: string, fn: object])[] = [
  ['first', { function: 'first', of: 'text' }],
  ['last', { function: 'last', of: 'text' }],
  ['min', { function: 'min', of: 'text' }],
  ['max', { function: 'max', of: 'text' }],
  ['collect', { function: 'collect', of: 'text' }],
  ['listagg', { function: 'listagg', of: 'text' }],
  ['count distinct', { function: 'count', distinct: true, of: 'text' }],
];
for (const [name, fn] of held) {
  test(`long texts count: ${name} of a window`, () => {
    const node = { type: 'window', config: { window: long, keys: ['k'], aggregates: [{ ...fn, as: 'r' }] } };
    return stops(node, { in: endless() }, TEXTS_MAX, LONG);
  });
}
