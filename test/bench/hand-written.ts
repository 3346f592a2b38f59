/**
 * The loops that a person would write for exactly these queries over exactly these columns, as fast as we can: the
 * measure of what generality costs. They know what the corpus is like (times in order, ids of 31 bits, no NULL), keep typed columns,
 * and give their sink columns of rows. Buffers are made once and used again. Queries without one are in the table without it.
 */
import type { Entrant } from './entrant.ts';
import { hotItems } from './hand/hot-items.ts';
import { JOINS } from './hand/joins.ts';
import { KEYED } from './hand/keyed.ts';
import { type Loop, slices } from './hand/slices.ts';
import { STATELESS } from './hand/stateless.ts';
import { WINDOWS } from './hand/windows.ts';

const LOOPS: Readonly<Record<string, Loop>> = { ...STATELESS, ...WINDOWS, ...JOINS, ...KEYED, q5: hotItems };

export const handWritten: Entrant = {
  label: 'hand-written loop',
  has: (query, from) => from === 'memory' && Object.hasOwn(LOOPS, query),
  prepare(query, columns) {
    const batches = slices(columns);
    const loop = LOOPS[query];
    if (loop === undefined) throw new Error(`no loop for ${query}`);
    return (meter) => loop(batches, meter);
  },
};
