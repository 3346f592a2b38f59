/** What flows inside a fused chain, for those who look: the last input batch, taken through the steps by the interpreter. */

import { position } from '../../batch/batch.ts';
import { CHANGE_NAMES, type Change } from '../../batch/changes.ts';
import type { Sample } from '../../contract/link.ts';
import { type Field, printType } from '../../contract/types.ts';
import { cellValue } from '../../contract/value-text.ts';
import type { CheckedGraph } from '../../plan/graph.ts';
import { SAMPLE_ROWS } from '../port.ts';
import type { ChainTask } from '../tasks/chain-task.ts';
import { interpretRow, readRow } from './interpret.ts';

/** Rows of the last batch that are tried, so that a filter that keeps little costs little. */
const TRIED_ROWS = 500;

/** Samples of the ports between the members of a chain; its last port keeps its own. */
export function chainSample(
  chain: ChainTask,
  graph: CheckedGraph,
  wanted: (node: string, port: string) => boolean,
): { node: string; port: string; sample: Sample }[] {
  const batch = chain.lastInput;
  const [first] = chain.members;
  if (batch === null || first === undefined) return [];
  const input = graph.nodes.get(first.stats.node)?.inputs['in']?.[0]?.fields ?? [];
  return chain.members.slice(0, -1).flatMap(({ stats }, at) => {
    if (!wanted(stats.node, 'out')) return [];
    const fields = graph.nodes.get(stats.node)?.outputs['out']?.fields ?? [];
    const rows: Sample['rows'] = [];
    // Backwards, until there are enough of them.
    const least = Math.max(0, batch.count - TRIED_ROWS);
    for (let k = batch.count - 1; k >= least && rows.length < SAMPLE_ROWS; k--) {
      const row = position(batch, k);
      const result = interpretRow(readRow(batch, input, row), chain.chain.steps, at + 1);
      if (result.kind !== 'passed') continue;
      const time = batch.times?.[row];
      rows.push({
        time: time === undefined || !Number.isFinite(time) ? null : time,
        ingested: batch.ingestedAt,
        ...(batch.changes === null ? {} : { change: CHANGE_NAMES[batch.changes[row] as Change] }),
        cells: result.values.map((v, c) => cellValue(v, (fields[c] as Field).type)),
      });
    }
    const sample = { columns: columnsOf(fields), rows: rows.reverse(), total: stats.recordsOut };
    return [{ node: stats.node, port: 'out', sample }];
  });
}

const columnsOf = (fields: readonly Field[]): Sample['columns'] =>
  fields.map((f) => ({ name: f.name, type: printType(f.type) }));
