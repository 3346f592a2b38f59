/** What holds for every node type: it stands in both lists, describes itself, and its examples are right. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GraphDocument } from './contract/document.ts';
import { type NodeSpec, type SpecExample, withPorts } from './contract/spec.ts';
import { checkGraph } from './plan/check.ts';
import { VirtualClock } from './runtime/clock.ts';
import { runLocally } from './runtime/local.ts';
import { RUNTIMES } from './runtimes.ts';
import { SPECS } from './specs.ts';

const TIME = '__time';

test('the lists of specs and of runtimes name the same types', () => {
  const byKind = { source: RUNTIMES.sources, operator: RUNTIMES.operators, sink: RUNTIMES.sinks };
  for (const [kind, runtimes] of Object.entries(byKind)) {
    const types = SPECS.filter((spec) => spec.kind === kind).map((spec) => spec.type);
    assert.deepEqual(Object.keys(runtimes).sort(), types.sort(), kind);
  }
});

test('types are unique, and every text and icon is there', () => {
  assert.equal(new Set(SPECS.map((spec) => spec.type)).size, SPECS.length);
  for (const spec of SPECS) {
    assert.match(spec.type, /^[a-z][a-z-]*$/);
    assert.match(spec.icon, /^[MLHVCSQTAZmlhvcsqtaz0-9 .,-]+$/, `icon of ${spec.type}`);
    assert.ok(spec.label !== '' && spec.summary.endsWith('.') && spec.description.length > 40, spec.type);
    assert.ok(spec.examples.length > 0, `${spec.type} has an example`);
  }
});

test('sources say whether they can be read again, sinks what becomes of rows that come again', () => {
  for (const spec of SPECS) {
    assert.equal(spec.replayable !== undefined, spec.kind === 'source', spec.type);
    assert.equal(spec.protocol !== undefined, spec.kind === 'sink', spec.type);
  }
});

for (const spec of SPECS) {
  for (const example of spec.examples) {
    test(`example of ${spec.type}: ${example.title}`, async () => {
      const document = around(spec, example);
      const errors = checkGraph(document).problems.filter((p) => p.severity === 'error');
      assert.deepEqual(errors, []);
      assert.notEqual(spec.summarize(spec.config.parse(example.config)), '');
      if (example.output === undefined) return;
      const { rows, problems } = await runLocally(document, { clock: new VirtualClock(0) });
      assert.deepEqual(problems, []);
      const keys = Object.keys(example.output[0] ?? {});
      const seen = (rows['after'] ?? []).map((row) => Object.fromEntries(keys.map((key) => [key, row[key]])));
      assert.deepEqual(seen, example.output);
    });
  }
}

/** The example as a whole graph: its input rows before it, a table behind its main port. */
function around(spec: NodeSpec, example: SpecExample<Record<string, unknown>>): GraphDocument {
  const nodes: Record<string, GraphDocument['nodes'][string]> = {
    node: { type: spec.type, config: example.config },
  };
  const edges: { from: string; to: string }[] = [];
  const { fields = { value: 'INT' }, input = [] } = example;
  const inputs =
    example.inputs ?? Object.fromEntries(spec.inputs.map((port) => [port.name, { fields, rows: input }]));
  for (const port of spec.inputs) {
    const { fields: own = {}, rows = [] } = inputs[port.name] ?? {};
    nodes[`before-${port.name}`] = { type: 'generator', config: rowsConfig(own, rows) };
    edges.push({ from: `before-${port.name}:out`, to: `node:${port.name}` });
  }
  if (spec.kind !== 'sink') {
    nodes['after'] = { type: 'table', config: {} };
    const main = withPorts(spec, example.config).outputs.find((port) => port.role === 'main');
    edges.push({ from: `node:${main?.name}`, to: 'after' });
  }
  return { weir: 1, nodes, edges };
}

function rowsConfig(
  own: Readonly<Record<string, string>>,
  rows: readonly Readonly<Record<string, unknown>>[],
): Record<string, unknown> {
  const timed = rows.some((row) => TIME in row);
  const fields = { ...(timed ? { [TIME]: 'TIMESTAMP' } : {}), ...own };
  const schema = Object.entries(fields).map(([name, type]) => ({
    name,
    type,
    ...(type === 'TIMESTAMP' ? { format: 'epoch-ms' } : {}),
  }));
  return {
    data: { kind: 'rows', schema, rows },
    ...(timed ? { time: { field: TIME, watermark: { kind: 'bounded', delay: '0 s' } } } : {}),
  };
}
