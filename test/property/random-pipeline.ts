/** Random pipelines of operators with state, as documents: what they give must not depend on how the input is cut, nor on whether the run died. */
import type { GraphDocument } from '../../engine/contract/document.ts';
import type { EdgeSchema, TypeKind } from '../../engine/contract/types.ts';
import { pick, type Random } from '../../engine/expressions/testing/random-expression.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { hasErrors } from '../../engine/plan/graph.ts';

type Node = GraphDocument['nodes'][string];
type Edge = GraphDocument['edges'][number];

interface Draft {
  readonly nodes: Record<string, Node>;
  readonly edges: Edge[];
  /** What the next operator is connected to. */
  readonly end: string;
  /** Two inputs met: their rows come in an order that the size of batches decides, so nothing that goes by arrival may follow. */
  readonly unordered: boolean;
}

const ROWS_MAX = 40;
const SECOND = 1000;

/** Rows out of order by up to four seconds, with a watermark that waits for all of them. */
function source(random: Random): Node {
  const rows = Array.from({ length: 1 + random(ROWS_MAX) }, (_, n) => ({
    at: new Date(Math.max(0, n * 700 - random(5) * SECOND)).toISOString(),
    k: random(6) === 0 ? null : pick(random, ['a', 'b', 'c']),
    n: random(8) === 0 ? null : random(10) - 3,
    x: random(8) === 0 ? null : random(100) / 8,
  }));
  return {
    type: 'generator',
    config: {
      data: {
        kind: 'rows',
        schema: [
          { name: 'at', type: 'TIMESTAMP' },
          { name: 'k', type: 'STRING' },
          { name: 'n', type: 'BIGINT' },
          { name: 'x', type: 'DOUBLE' },
        ],
        rows,
      },
      time: { field: 'at', watermark: { kind: 'bounded', delay: '5 s' } },
    },
  };
}

const fieldsOf = (schema: EdgeSchema, ...kinds: TypeKind[]): string[] =>
  schema.fields.filter((f) => kinds.includes(f.type.kind)).map((f) => f.name);

type Make = (
  random: Random,
  schema: EdgeSchema,
) => { type: string; config: Record<string, unknown>; inputs?: readonly string[] } | null;

const numbers = (s: EdgeSchema): string[] => fieldsOf(s, 'BIGINT', 'DOUBLE', 'INT', 'DECIMAL');
const keys = (random: Random, s: EdgeSchema): string[] => {
  const strings = fieldsOf(s, 'STRING');
  return strings.length === 0 || random(4) === 0 ? [] : [pick(random, strings)];
};

function aggregates(random: Random, s: EdgeSchema, byArrival: boolean): object[] {
  const of = numbers(s);
  const functions = ['sum', 'min', 'max', 'avg', 'count', ...(byArrival ? ['first', 'last'] : [])];
  return [
    { function: 'count', as: 'c' },
    ...(of.length === 0
      ? []
      : [
          {
            function: pick(random, functions),
            of: pick(random, of),
            as: 'v',
            ...(random(3) === 0 ? { distinct: false } : {}),
          },
          { function: 'count', of: pick(random, of), distinct: true, as: 'd' },
        ]),
  ];
}

const window = (random: Random): object =>
  pick(random, [
    { kind: 'tumbling', size: '5 s' },
    { kind: 'hopping', size: '6 s', slide: '2 s' },
    { kind: 'cumulating', size: '8 s', step: '2 s' },
    { kind: 'session', gap: '2 s' },
  ]);

/** Operators whose result does not depend on the order in which rows of different times come. */
const ANY_ORDER: readonly Make[] = [
  (random, s) => {
    const of = numbers(s);
    return of.length === 0
      ? null
      : { type: 'filter', config: { condition: `${pick(random, of)} > ${random(5)}` } };
  },
  (random, s) => {
    const of = numbers(s);
    return of.length === 0
      ? null
      : {
          type: 'map',
          config: { compute: [{ name: 'm', expression: `COALESCE(${pick(random, of)}, 0) * 2` }] },
        };
  },
  (random, s) => ({
    type: 'window',
    config: { window: window(random), keys: keys(random, s), aggregates: aggregates(random, s, false) },
  }),
  (random, s) => ({
    type: 'group-aggregate',
    config: { keys: keys(random, s), aggregates: aggregates(random, s, false) },
  }),
  (random, s) => ({
    type: pick(random, ['join', 'window-join']),
    inputs: ['left', 'right'],
    config: {
      join: pick(random, ['inner', 'left', 'full', 'semi', 'anti']),
      on: fieldsOf(s, 'STRING')
        .slice(0, 1)
        .map((name) => ({ left: name, right: name })),
    },
  }),
  (random, s) => ({
    type: 'interval-join',
    inputs: ['left', 'right'],
    config: {
      join: pick(random, ['inner', 'left', 'right', 'full']),
      on: fieldsOf(s, 'STRING')
        .slice(0, 1)
        .map((name) => ({ left: name, right: name })),
      lower: '-1 s',
      upper: '2 s',
    },
  }),
];

/** Those that go by the order of arrival where times or values tie. */
const BY_ARRIVAL: readonly Make[] = [
  // Of equal rows the first goes on, and with it its event time.
  (random, s) => ({
    type: 'distinct',
    config:
      random(2) === 0
        ? {}
        : {
            fields: [
              pick(
                random,
                s.fields.map((f) => f.name),
              ),
            ],
          },
  }),
  (random, s) => {
    const of = numbers(s);
    return of.length === 0
      ? null
      : {
          type: 'top-n',
          config: {
            n: 1 + random(3),
            keys: keys(random, s),
            orderBy: [{ field: pick(random, of), direction: pick(random, ['asc', 'desc']) }],
            ...(random(2) === 0 ? { as: 'rank' } : {}),
          },
        };
  },
  (random, s) => ({
    type: 'dedup',
    config: {
      keys: keys(random, s),
      keep: pick(random, ['first', 'last']),
      by: { kind: pick(random, ['arrival', 'event-time']) },
    },
  }),
  () => ({ type: 'sort', config: {} }),
  (random, s) => ({ type: 'assign-windows', config: { window: window(random), keys: keys(random, s) } }),
  (random, s) => ({
    type: 'over-aggregate',
    config: {
      keys: keys(random, s),
      frame: pick(random, [
        { kind: 'range' },
        { kind: 'rows', preceding: 2 },
        { kind: 'range', preceding: '3 s' },
      ]),
      aggregates: aggregates(random, s, true),
    },
  }),
  (random, s) => ({
    type: 'window',
    config: {
      window: window(random),
      keys: keys(random, s),
      aggregates: aggregates(random, s, true),
      ...(random(2) === 0 ? { lateness: '3 s' } : {}),
    },
  }),
];

/** One to three operators between a source and a table; those that do not fit what comes are left out. */
export function randomPipeline(random: Random): GraphDocument {
  let draft: Draft = { nodes: { in: source(random) }, edges: [], end: 'in', unordered: false };
  const count = 1 + random(3);
  for (let tries = 0; tries < 12 && Object.keys(draft.nodes).length <= count; tries++) {
    const schema = outputOf(documentOf(draft), draft.end);
    if (schema === null) throw new Error('a draft without a schema');
    const makes = draft.unordered ? ANY_ORDER : [...ANY_ORDER, ...BY_ARRIVAL];
    const made = pick(random, makes)(random, schema);
    if (made === null) continue;
    const id = `op${Object.keys(draft.nodes).length}`;
    const config =
      made.type === 'window-join'
        ? { ...made.config, window: { kind: 'tumbling', size: '4 s' } }
        : made.config;
    const { end } = draft;
    const next: Draft = {
      nodes: { ...draft.nodes, [id]: { type: made.type, config } },
      edges: [
        ...draft.edges,
        ...(made.inputs ?? ['']).map((port) => ({
          from: end === 'in' ? end : `${end}:out`,
          to: port === '' ? id : `${id}:${port}`,
        })),
      ],
      end: id,
      unordered: draft.unordered || made.inputs !== undefined,
    };
    if (!hasErrors(checkGraph(documentOf(next)).problems)) draft = next;
  }
  return documentOf(draft);
}

const documentOf = ({ nodes, edges, end }: Draft): GraphDocument => ({
  weir: 1,
  nodes: { ...nodes, out: { type: 'table', config: {} } },
  edges: [...edges, { from: end === 'in' ? end : `${end}:out`, to: 'out' }],
});

function outputOf(document: GraphDocument, node: string): EdgeSchema | null {
  return checkGraph(document).nodes.get(node)?.outputs['out'] ?? null;
}
