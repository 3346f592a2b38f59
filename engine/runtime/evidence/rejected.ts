/** The last record that a filter did not let through, and which part of its condition said so. */
import { position } from '../../batch/batch.ts';
import type { Value } from '../../batch/column.ts';
import type { EvidenceOf } from '../../contract/evidence.ts';
import { printType } from '../../contract/types.ts';
import { cellValue } from '../../contract/value-text.ts';
import type { Checked } from '../../expressions/api.ts';
import { evaluate } from '../../expressions/index.ts';
import type { CheckedGraph } from '../../plan/graph.ts';
import { interpretRow, readRow } from '../chain/interpret.ts';
import type { ChainTask } from '../tasks/chain-task.ts';
import { CELL_TEXT_MAX, shownCell } from './cells.ts';

/** Rows of the last batch that are tried, newest first. */
const TRIED_ROWS = 50;
const FIELDS_SHOWN = 50;
const PARTS_SHOWN = 20;

/** By filter of the chain that has rejected something lately. */
export function rejectedIn(chain: ChainTask, graph: CheckedGraph): EvidenceOf<'rejected'>[] {
  const batch = chain.lastInput;
  const [first] = chain.members;
  if (batch === null || first === undefined) return [];
  const input = graph.nodes.get(first.stats.node)?.inputs['in']?.[0]?.fields ?? [];
  const found = new Map<number, EvidenceOf<'rejected'>>();
  for (let k = batch.count - 1; k >= Math.max(0, batch.count - TRIED_ROWS); k--) {
    const values = readRow(batch, input, position(batch, k));
    const result = interpretRow(values, chain.chain.steps);
    if (result.kind !== 'filtered' || found.has(result.step)) continue;
    const before = interpretRow(values, chain.chain.steps, result.step);
    if (before.kind !== 'passed') continue;
    const node = chain.members[result.step]?.stats.node ?? '';
    const evidence = said(graph, node, chain, result.step, before.values);
    if (evidence !== null) found.set(result.step, evidence);
  }
  return [...found.values()];
}

function said(
  graph: CheckedGraph,
  node: string,
  chain: ChainTask,
  at: number,
  values: readonly Value[],
): EvidenceOf<'rejected'> | null {
  const checked = graph.nodes.get(node);
  const text = checked?.config?.['condition'];
  const step = chain.chain.steps[at];
  const fields = checked?.inputs['in']?.[0]?.fields ?? [];
  if (typeof text !== 'string' || step?.kind !== 'filter') return null;
  return {
    kind: 'rejected',
    node,
    record: fields.slice(0, FIELDS_SHOWN).map(({ name, type }, c) => ({
      name,
      type: printType(type),
      value: shownCell(cellValue(values[c] ?? null, type)),
    })),
    parts: partsOf(step.condition)
      .slice(0, PARTS_SHOWN)
      .map((part) => ({
        text: text.slice(part.span.from, part.span.to).slice(0, CELL_TEXT_MAX),
        value: truthOf(part, values),
      })),
  };
}

/** What stands between the ANDs. */
const partsOf = (condition: Checked): Checked[] =>
  condition.kind === 'call' && condition.fn === 'and' ? condition.args.flatMap(partsOf) : [condition];

function truthOf(part: Checked, values: readonly Value[]): boolean | null {
  try {
    const value = evaluate(part, values);
    return typeof value === 'boolean' ? value : null;
  } catch {
    // In the whole condition a part before it said no.
    return null;
  }
}
