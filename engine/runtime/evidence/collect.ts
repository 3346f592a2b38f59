/** What a run has seen of its records, gathered when someone asks: nothing here is done while records flow. */
import type { Evidence, EvidenceOf } from '../../contract/evidence.ts';
import type { CheckedGraph, CheckedNode } from '../../plan/graph.ts';
import type { BuiltGraph } from '../build.ts';
import { shownCell } from './cells.ts';
import { rejectedIn } from './rejected.ts';

/** Keys of each side that are shown. */
const KEYS_SHOWN = 20;

export function collectEvidence(graph: CheckedGraph, built: BuiltGraph): Evidence[] {
  return [
    ...built.sources.flatMap((task): Evidence[] => {
      const { node } = task.parts.stats;
      const { oldestTime: oldest, newestTime: newest, jump } = task;
      return Number.isFinite(newest) ? [{ kind: 'times', node, oldest, newest, jump }] : [];
    }),
    ...[...built.lateness].flatMap(([node, lateness]): Evidence[] => {
      const { behind } = lateness;
      return behind.length === 0 ? [] : [{ kind: 'late', node, behind }];
    }),
    ...built.stateful.flatMap(({ operator, stats: { node } }): Evidence[] => {
      const due = operator.dueWatermark;
      return due === undefined ? [] : [{ kind: 'firing', node, due: Number.isFinite(due) ? due : null }];
    }),
    ...built.chains.flatMap((chain) => rejectedIn(chain, graph)),
    ...built.deadLetters.flatMap((letters): Evidence[] => {
      const { first, node } = letters;
      if (first === null) return [];
      const { code, message } = first.problem;
      return [{ kind: 'unusable', node, code, message, record: String(shownCell(first.raw)) }];
    }),
    ...[...graph.nodes.values()].flatMap((node) => keysOf(graph, node, built)),
  ];
}

/** Of a join, whose settings say which fields of both sides must be equal. */
function keysOf(graph: CheckedGraph, node: CheckedNode, built: BuiltGraph): EvidenceOf<'keys'>[] {
  const on = node.config?.['on'];
  const [left, right] = node.spec.inputs;
  if (!Array.isArray(on) || on.length === 0 || left === undefined || right === undefined) return [];
  const pairs = on as readonly { readonly left: string; readonly right: string }[];
  const side = (port: string, names: readonly string[]): EvidenceOf<'keys'>['sides'][number] => {
    const edge = graph.edges.find((e) => e.to.node === node.id && e.to.port === port);
    const sample = built.ports.get(`${edge?.from.node}:${edge?.from.port}`)?.sample();
    const columns = names.map((name) => sample?.columns.findIndex((c) => c.name === name) ?? -1);
    return {
      port,
      fields: columns.flatMap((c) => sample?.columns[c] ?? []),
      rows: (sample?.rows ?? [])
        .slice(-KEYS_SHOWN)
        .map((row) => columns.map((c) => shownCell(row.cells[c] ?? null))),
    };
  };
  return [
    {
      kind: 'keys',
      node: node.id,
      sides: [
        side(
          left.name,
          pairs.map((p) => p.left),
        ),
        side(
          right.name,
          pairs.map((p) => p.right),
        ),
      ],
    },
  ];
}
