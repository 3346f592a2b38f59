/** What an edited graph takes over, from the graph alone: the order of the stream, changelogs, and what the specs declare. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GraphDocument } from '../contract/document.ts';
import { SPECS } from '../specs.ts';
import { checkGraph } from './check.ts';
import { hasErrors } from './graph.ts';
import { holdsState } from './holds-state.ts';
import { originOf, readStream, schemaOf } from './origin.ts';
import { bytesText, type Fate, type TakenPart, takeOver } from './takeover.ts';

type Nodes = Record<string, { type: string; config: Record<string, unknown> }>;

const SOURCE = {
  type: 'generator',
  config: {
    data: {
      kind: 'rows',
      schema: [
        { name: 'at', type: 'TIMESTAMP' },
        { name: 'k', type: 'STRING' },
        { name: 'n', type: 'INT' },
      ],
      rows: [],
    },
    time: { field: 'at', watermark: { kind: 'bounded', delay: '1 s' } },
  },
};
const total = (keys: string[], of: string, as: string) => ({
  type: 'group-aggregate',
  config: { keys, aggregates: [{ function: 'sum', of, as }] },
});
const filter = (condition: string) => ({ type: 'filter', config: { condition } });

/** A total per key, of which those that pass are summed: the second takes back what the first updates. */
const chained = (condition: string, more: Nodes = {}): GraphDocument => ({
  weir: 1,
  nodes: {
    in: SOURCE,
    per: total(['k'], 'n', 's'),
    some: filter(condition),
    all: total([], 's', 't'),
    out: { type: 'table', config: {} },
    ...more,
  },
  edges: ['in per', 'per:out some', 'some:out all', 'all:out out'].map((edge) => {
    const [from = '', to = ''] = edge.split(' ');
    return { from, to };
  }),
});

function partsOf(document: GraphDocument): TakenPart[] {
  const graph = checkGraph(document);
  assert.ok(!hasErrors(graph.problems), JSON.stringify(graph.problems));
  return [...graph.nodes.values()]
    .filter(({ spec }) => spec.kind !== 'operator' || spec.stateful)
    .map((node) => ({ node: node.id, type: node.spec.type, bytes: 1000, origin: originOf(graph, node) }));
}

function fates(
  before: GraphDocument,
  after: GraphDocument,
  drop: readonly string[] = [],
): Record<string, Fate> {
  const { nodes } = takeOver(partsOf(before), checkGraph(after), drop);
  return Object.fromEntries(nodes.map(({ node, fate }) => [node, fate]));
}

describe('taking state over', () => {
  test('the same graph keeps all', () => {
    const same = chained('s > 5');
    assert.deepEqual(fates(same, same), { in: 'kept', per: 'kept', all: 'kept', out: 'kept' });
  });

  test('rows that a barrier overtook in front of a sink are of its input then', () => {
    const before = chained('s > 5');
    const parts = partsOf(before).map((part) => (part.node === 'out' ? { ...part, overtaken: 7 } : part));
    const fateIn = (after: GraphDocument, drop: readonly string[] = []): string | undefined => {
      const found = takeOver(parts, checkGraph(after), drop).nodes.find(({ node }) => node === 'out');
      return `${found?.fate} ${found?.why}`;
    };
    const other = chained('s > 5', { all: total([], 's', 'another') });
    const why = '7 rows wait in front of it, and its input is another';
    assert.equal(fateIn(before), 'kept ');
    assert.equal(fateIn(other), `refused ${why}`);
    assert.equal(fateIn(other, ['out']), `dropped ${why}`);
    const { out: _, ...without } = before.nodes;
    const gone = { ...before, nodes: without, edges: before.edges.filter(({ to }) => to !== 'out') };
    assert.equal(fateIn(gone), 'refused it is not in the graph');
  });

  test('a filter between what updates and what keeps the updates cannot be edited: rows would be taken back that never came', () => {
    const [before, after] = [chained('s > 5'), chained('s > 6')];
    assert.deepEqual(fates(before, after), { in: 'kept', per: 'kept', all: 'refused', out: 'kept' });
    const [problem] = takeOver(partsOf(before), checkGraph(after)).problems;
    assert.match(problem?.message ?? '', /the stream was .*s > 5.* and is .*s > 6/);
    assert.equal(fates(before, after, ['all'])['all'], 'dropped');
  });

  test('below an operator that begins empty, what it updates begins empty too', () => {
    const before = chained('s > 5');
    const after = chained('s > 5', { per: total(['k', 'n'], 'n', 's') });
    assert.deepEqual(fates(before, after, ['per']), {
      in: 'kept',
      per: 'dropped',
      all: 'refused',
      out: 'kept',
    });
    assert.deepEqual(fates(before, before, ['per']), {
      in: 'kept',
      per: 'dropped',
      all: 'refused',
      out: 'kept',
    });
    const both = fates(before, after, ['per', 'all']);
    assert.deepEqual([both['per'], both['all']], ['dropped', 'dropped']);
    const { problems } = takeOver(partsOf(before), checkGraph(before), ['per']);
    assert.match(problems[0]?.message ?? '', /it has rows of per, which does not go on with its state/);
  });

  test('a file of changes goes on, and it is said that they come another way now', () => {
    const written = (condition: string): GraphDocument => {
      const { nodes, ...rest } = chained(condition);
      const out = { type: 'file-sink', config: { folder: 'out', changes: 'op' } };
      return {
        ...rest,
        nodes: { ...nodes, out },
        edges: [...rest.edges.slice(0, 2), { from: 'some:out', to: 'out' }],
      };
    };
    const without = (document: GraphDocument): GraphDocument => {
      const { all: _, ...nodes } = document.nodes;
      return { ...document, nodes };
    };
    const [before, after] = [without(written('s > 5')), without(written('s > 6'))];
    const { nodes, problems } = takeOver(partsOf(before), checkGraph(after));
    assert.deepEqual(problems, []);
    const out = nodes.find(({ node }) => node === 'out');
    assert.equal(out?.fate, 'kept');
    assert.match(out.why, /the stream was .*s > 5.* and is .*s > 6/);
  });

  test('another delay of the watermark changes no state; another field as the time does', () => {
    const before = chained('s > 5');
    const time = (settings: object): GraphDocument =>
      chained('s > 5', { in: { ...SOURCE, config: { ...SOURCE.config, time: settings } } });
    const later = time({ field: 'at', watermark: { kind: 'bounded', delay: '9 s' } });
    assert.equal(fates(before, later)['in'], 'kept');
    const rows = SOURCE.config.data;
    const other = chained('s > 5', {
      in: {
        ...SOURCE,
        config: {
          data: { ...rows, schema: [...rows.schema, { name: 'at2', type: 'TIMESTAMP' }] },
          time: { field: 'at2', watermark: { kind: 'ascending' } },
        },
      },
    });
    assert.equal(fates(before, other)['in'], 'refused');
  });

  test('what stands in a checkpoint of a stream is read back', () => {
    const fields = [
      'a name DECIMAL(10, 2)',
      'r ROW<a INT, b ARRAY<STRING>>',
      '(event time)',
      '(updating by k from x:out)',
    ];
    assert.deepEqual(
      [...readStream(fields).fields],
      [
        ['a name', 'DECIMAL(10, 2)'],
        ['r', 'ROW<a INT, b ARRAY<STRING>>'],
      ],
    );
    const schema = schemaOf(fields);
    assert.deepEqual([schema.eventTime, schema.changelog, schema.fields.length], [true, 'updating', 2]);
  });

  test('every setting that may change is one that its node has', () => {
    let seen = 0;
    for (const spec of SPECS) {
      if (spec.keeps === undefined || spec.keeps === 'anything') continue;
      assert.ok(holdsState(spec), spec.type);
      for (const path of Object.keys(spec.keeps.settings)) {
        const [root = ''] = path.split('.');
        assert.ok(root in spec.config.shape, `${spec.type}: ${path}`);
        seen++;
      }
    }
    assert.ok(seen > 20);
  });

  test('sizes as people read them', () => {
    assert.deepEqual([0, 999, 1000, 51_300_000].map(bytesText), ['0 B', '999 B', '1.0 kB', '51.3 MB']);
  });
});
