/** Random plans of operators without state, over random columns with NULLs: as documents, as people would write them. */

import { type Batch, select } from '../../engine/batch/batch.ts';
import { BatchBuilder } from '../../engine/batch/builder.ts';
import type { GraphDocument } from '../../engine/contract/document.ts';
import type { Field } from '../../engine/contract/types.ts';
import type { Value } from '../../engine/contract/values.ts';
import {
  FIELDS,
  KINDS,
  type Kind,
  pick,
  type Random,
  SAMPLES,
  write,
} from '../../engine/expressions/testing/random-expression.ts';

const STEPS_MAX = 4;
const EXPRESSION_DEPTH = 2;

/** A chain of one to four maps and filters between a source `in` (of type `given`) and a sink `out`. */
export function randomPlan(random: Random): GraphDocument {
  const count = 1 + random(STEPS_MAX);
  const nodes: Record<string, GraphDocument['nodes'][string]> = { in: { type: 'given', config: {} } };
  const edges: { from: string; to: string }[] = [];
  let above = 'in:out';
  for (let n = 0; n < count; n++) {
    const id = `s${n}`;
    nodes[id] = random(2) === 0 ? filter(random) : map(random);
    edges.push({ from: above, to: id });
    above = `${id}:out`;
  }
  nodes['out'] = { type: 'nothing', config: {} };
  return { weir: 1, nodes, edges: [...edges, { from: above, to: 'out' }] };
}

const filter = (random: Random): GraphDocument['nodes'][string] => ({
  type: 'filter',
  config: { condition: write('BOOLEAN', EXPRESSION_DEPTH, random) },
});

/**
 * Computed fields take the place of a field of their own type, so that every expression further down still finds what it names;
 * renamed ones and dropped ones are extra fields, made here and read by nobody.
 */
function map(random: Random): GraphDocument['nodes'][string] {
  const compute = Array.from({ length: 1 + random(3) }, () => {
    const kind = pick(random, KINDS);
    // The first field of a type may be NULL, as expressions may.
    return { name: `${kind.toLowerCase()}0`, expression: write(kind, EXPRESSION_DEPTH, random) };
  });
  const once = [...new Map(compute.map((c) => [c.name, c])).values()];
  return { type: 'map', config: { compute: once } };
}

export interface RandomRows {
  readonly rows: readonly (readonly Value[])[];
  readonly batch: Batch;
}

/** Rows of FIELDS, of which a random selection counts; times and changes stand beside them. */
export function randomRows(random: Random, count: number, fields: readonly Field[] = FIELDS): RandomRows {
  const rows = Array.from({ length: count }, () =>
    fields.map((f) => (f.nullable && random(3) === 0 ? null : pick(random, SAMPLES[f.type.kind as Kind]))),
  );
  const builder = new BatchBuilder(fields);
  for (const row of rows) builder.push(row);
  const batch: Batch = {
    ...builder.take(0),
    times: Float64Array.from(rows, () => random(1000)),
    changes: random(3) === 0 ? Uint8Array.from(rows, () => random(4)) : null,
  };
  if (random(2) === 0) return { rows, batch };
  const chosen = Int32Array.from(rows.keys()).filter(() => random(3) > 0);
  return { rows, batch: select(batch, chosen, chosen.length) };
}
