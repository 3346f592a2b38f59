/** Small pipelines for the tests of bad input: sources of fixed rows, one node, a table at every port. */
import assert from 'node:assert/strict';
import { validateDocument } from '../../engine/contract/parse.ts';
import { printProblem } from '../../engine/contract/problems.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import { type LocalResult, runLocally } from '../../engine/runtime/local.ts';
import { specOfNode } from '../../engine/specs.ts';

export type Rows = readonly Readonly<Record<string, unknown>>[];
export interface Node {
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
}
export type Settings = Readonly<Record<string, unknown>>;

export interface SourceOptions {
  /** How far the watermark stays behind; null: records have no event time. */
  readonly delay?: string | null;
}

/** `fields` as in `at TIMESTAMP, n INT`; event time is `at`, where there is such a field. */
export function source(fields: string, rows: Rows, { delay = '0 s' }: SourceOptions = {}): Node {
  const schema = fields.split(/,\s*(?![^<(]*[>)])/).map((text) => {
    const [name = '', ...type] = text.trim().split(' ');
    return { name, type: type.join(' ') };
  });
  const timed = delay !== null && schema.some((f) => f.name === 'at');
  const time = { field: 'at', watermark: { kind: 'bounded', delay } };
  return {
    type: 'generator',
    config: { data: { kind: 'rows', schema, rows }, ...(timed ? { time } : {}) },
  };
}

/** `count` records of generated fields, `at` being the event time. */
export const generated = (count: number, fields: readonly object[], interval = '1 ms'): Node => ({
  type: 'generator',
  config: {
    data: { kind: 'fields', count, interval, fields: [{ name: 'at', value: { kind: 'time' } }, ...fields] },
    time: { field: 'at', watermark: { kind: 'ascending' } },
  },
});

export interface RunOptions {
  readonly capture?: boolean;
  readonly batchRows?: number;
  /** Fields that a Map computes between each source and the node: values that documents cannot write, such as NaN. */
  readonly compute?: Readonly<Record<string, string>>;
}

/** Runs `node` behind its sources, by input port; every output port ends in a sink of its name. */
export async function run(
  node: Node,
  sources: Readonly<Record<string, Node>>,
  settings: Settings = {},
  { compute, ...options }: RunOptions = {},
): Promise<LocalResult> {
  const spec = specOfNode(node);
  assert.ok(spec, `node type ${node.type}`);
  const sinks = Object.fromEntries(spec.outputs.map((port) => [port.name, { type: 'table', config: {} }]));
  const parsed = validateDocument({
    weir: 1,
    settings,
    nodes: {
      ...Object.fromEntries(Object.entries(sources).map(([port, s]) => [`from-${port}`, s])),
      ...(compute === undefined
        ? {}
        : Object.fromEntries(Object.keys(sources).map((port) => [`map-${port}`, computing(compute)]))),
      node,
      ...sinks,
    },
    edges: [
      ...Object.keys(sources).flatMap((port) =>
        compute === undefined
          ? [{ from: `from-${port}:out`, to: `node:${port}` }]
          : [
              { from: `from-${port}:out`, to: `map-${port}:in` },
              { from: `map-${port}:out`, to: `node:${port}` },
            ],
      ),
      ...Object.keys(sinks).map((port) => ({ from: `node:${port}`, to: port })),
    ],
  });
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.problems.map(printProblem).join('\n'));
  const wrong = checkGraph(parsed.value).problems;
  assert.deepEqual(wrong.map(printProblem), []);
  return runLocally(parsed.value, { clock: new VirtualClock(0), ...options });
}

const computing = (compute: Readonly<Record<string, string>>): Node => ({
  type: 'map',
  config: { compute: Object.entries(compute).map(([name, expression]) => ({ name, expression })) },
});

export const figures = (result: LocalResult, node = 'node') => {
  const found = result.summary.nodes.find((n) => n.node === node);
  assert.ok(found, node);
  return found;
};

/** The run came to its end, and nothing was dropped in silence: what came in and did not go on was counted. */
export function finished(result: LocalResult): void {
  assert.deepEqual([result.summary.outcome, result.problems], ['finished', []]);
}

/** Values of one field of a sink, in the order of arrival. */
export const column = (result: LocalResult, sink: string, field: string): unknown[] =>
  (result.rows[sink] ?? []).map((row) => row[field]);
