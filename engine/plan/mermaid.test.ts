import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDocument } from '../contract/parse.ts';
import { checkGraph } from './check.ts';
import { mermaidOf } from './mermaid.ts';

const chartOf = (document: object): string => {
  const parsed = parseDocument(JSON.stringify({ weir: 1, ...document }));
  assert.ok(parsed.ok);
  return mermaidOf(checkGraph(parsed.value));
};

test('sources, operators and sinks have shapes of their own; other ports are named', () => {
  const chart = chartOf({
    nodes: {
      end: { type: 'file', name: 'In', config: { path: 'a.ndjson', schema: [{ name: 'x', type: 'INT' }] } },
      keep: { type: 'filter', config: { condition: 'x > 1' } },
      out: { type: 'nothing', config: {} },
      bad: { type: 'table', config: {} },
    },
    edges: [
      { from: 'end', to: 'keep' },
      { from: 'keep', to: 'out' },
      { from: 'end:errors', to: 'bad' },
    ],
  });
  assert.equal(
    chart,
    [
      'flowchart LR',
      '  n0(["In<br>a.ndjson"])',
      '  n1["Filter<br>x #gt; 1"]',
      '  n2[("Nothing<br>counts only")]',
      '  n3[("Table<br>last 200 rows")]',
      '  n0 --> n1',
      '  n1 --> n2',
      '  n0 -->|"errors"| n3',
      '',
    ].join('\n'),
  );
});

test('no text of a document ends its label', () => {
  const chart = chartOf({
    nodes: { a: { type: 'nothing', name: 'x"]; click n0 "javascript:alert(1)" &lt;b\n%%', config: {} } },
    edges: [],
  });
  const [, line = ''] = chart.split('\n');
  assert.equal(line.match(/"/g)?.length, 2);
  assert.ok(!line.includes('&lt;'));
});
