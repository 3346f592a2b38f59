import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { GraphDocument } from './document.ts';
import { parseDocument } from './parse.ts';
import { printDocument } from './print.ts';

const id = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,10}$/);
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
/** What a document can hold: JSON without -0, and without the one forbidden key. */
const value = fc.jsonValue({ maxDepth: 3 }).filter((v) => !JSON.stringify(v).includes('__proto__'));
const plain = value.map((v): unknown => JSON.parse(JSON.stringify(v)));
const key = fc.stringMatching(/^[a-z][A-Za-z]{0,8}$/);
const config = fc.dictionary(key, plain, { maxKeys: 4, noNullPrototype: true });
const optional = { noNullPrototype: true } as const;
const position = fc.record(
  { x: fc.integer({ min: -9999, max: 9999 }), y: fc.integer({ min: 0, max: 9999 }) },
  optional,
);

const node = fc.record(
  { type: id, name: text, note: text, config },
  { requiredKeys: ['type', 'config'], ...optional },
);
const settings = fc.record(
  {
    seed: fc.nat(),
    parallelism: fc.integer({ min: 1, max: 64 }),
    maxParallelism: fc.integer({ min: 1, max: 1024 }),
    onBadRecord: fc.constantFrom('dead-letter' as const, 'fail' as const),
    stateMegabytesMax: fc.integer({ min: 1, max: 1000 }),
    guarantee: fc.constantFrom('exactly-once' as const, 'at-least-once' as const, 'at-most-once' as const),
    checkpoints: fc.record(
      {
        every: fc.constantFrom('1 s', '250 ms'),
        timeout: fc.constant('1 min'),
        minPause: fc.constant('0 s'),
        keep: fc.integer({ min: 1, max: 9 }),
        tolerableFailures: fc.nat(9),
        unaligned: fc.boolean(),
        alignedTimeout: fc.constant('2 s'),
      },
      { requiredKeys: [], ...optional },
    ),
    ledger: fc.constantFrom('id', 'seq'),
    chaos: fc.record(
      {
        seed: fc.nat(),
        faults: fc.array(
          fc.constantFrom(
            { kind: 'fail' as const, node: 'a', record: 5 },
            { kind: 'kill' as const, after: '1 s', until: '2 s' },
            { kind: 'stall' as const, source: 'a', partition: '0', after: '1 s', for: '2 s' },
            { kind: 'jump' as const, by: '-1 h', after: '1 s' },
          ),
          { minLength: 1, maxLength: 3 },
        ),
      },
      { requiredKeys: ['faults'], ...optional },
    ),
    restart: fc.constantFrom(
      { strategy: 'none' as const },
      { strategy: 'fixed-delay' as const, attempts: 3, delay: '1 s' },
      { strategy: 'exponential-delay' as const, attempts: 3, delay: '1 s', maxDelay: '1 min' },
    ),
  },
  { requiredKeys: [], ...optional },
);
const rows = fc.dictionary(id, fc.array(config, { maxLength: 3 }), { maxKeys: 2, ...optional });
const documentTest = fc.record(
  {
    name: fc.string({ minLength: 1, maxLength: 20 }),
    input: rows,
    expected: rows,
    tables: rows,
    order: fc.constantFrom('any' as const, 'exact' as const),
  },
  { requiredKeys: ['name', 'input'], ...optional },
);
const document = fc.record(
  {
    weir: fc.constant(1 as const),
    name: text,
    description: text,
    settings,
    nodes: fc.dictionary(id, node, { maxKeys: 5, ...optional }),
    edges: fc.array(fc.record({ from: id, to: id }, optional), { maxLength: 5 }),
    tests: fc.array(documentTest, { maxLength: 2 }),
    layout: fc.record({ nodes: fc.dictionary(id, position, { maxKeys: 5, ...optional }) }, optional),
  },
  { requiredKeys: ['weir', 'nodes', 'edges'], ...optional },
);

test('every document is printed as text that reads back as itself, and prints the same again', () => {
  fc.assert(
    fc.property(document, (given) => {
      const printed = printDocument(given as GraphDocument);
      const parsed = parseDocument(printed);
      assert.ok(parsed.ok, printed);
      assert.deepEqual(parsed.value, given);
      assert.equal(printDocument(parsed.value), printed);
    }),
  );
});

test('keys stand in one order, whatever order they came in; unknown settings stay, at the end', () => {
  const shuffled = {
    layout: { nodes: { a: { y: 2.4, x: 1.6 } } },
    edges: [{ to: 'b', from: 'a' }],
    nodes: {
      b: { config: { z: 1, size: 2, kind: 3 }, note: 'n', type: 'window' },
      a: { config: {}, type: 'file' },
    },
    description: 'd',
    settings: { onBadRecord: 'fail', seed: 1 },
    name: 'n',
    weir: 1,
  } satisfies GraphDocument;
  const printed = printDocument(shuffled, (type) => (type === 'window' ? ['kind', 'size', 'absent'] : null));
  const ordered = {
    weir: 1,
    name: 'n',
    description: 'd',
    settings: { seed: 1, onBadRecord: 'fail' },
    nodes: {
      b: { type: 'window', note: 'n', config: { kind: 3, size: 2, z: 1 } },
      a: { type: 'file', config: {} },
    },
    edges: [{ from: 'a', to: 'b' }],
    layout: { nodes: { a: { x: 2, y: 2 } } },
  };
  assert.equal(printed, `${JSON.stringify(ordered, null, 2)}\n`);
});

test('moving a node changes its two lines of the layout alone', () => {
  const at = (x: number, y: number): GraphDocument => ({
    weir: 1,
    nodes: { a: { type: 'file', config: { path: 'x' } }, b: { type: 'table', config: {} } },
    edges: [{ from: 'a:out', to: 'b' }],
    layout: { nodes: { a: { x, y }, b: { x: 300, y: 0 } } },
  });
  const before = printDocument(at(0, 0)).split('\n');
  const after = printDocument(at(10, 20)).split('\n');
  const changed = after.filter((text, i) => text !== before[i]).map((text) => text.trim());
  assert.deepEqual(changed, ['"x": 10,', '"y": 20']);
});

test('a byte order mark before the text is no fault', () => {
  assert.ok(parseDocument(`\ufeff${printDocument({ weir: 1, nodes: {}, edges: [] })}`).ok);
});
