/**
 * This engine, by its real way: a document is checked, planned and run by GraphRun with its chains, windows, joins,
 * watermarks, ports and counters. Only the ends are the bench's own: a source that hands out batches which are already in
 * memory, and a sink that counts and adds up. From NDJSON the source is the real one.
 */

import type { Batch } from '../../engine/batch/batch.ts';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { SystemClock } from '../../engine/runtime/clock.ts';
import '../../engine/runtime/v8-flags.ts';
import { GraphRun } from '../../engine/runtime/graph-run.ts';
import { RUNTIMES } from '../../engine/runtimes.ts';
import { SPECS } from '../../engine/specs.ts';
import { BATCH_ROWS, toBatches } from './corpus.ts';
import { MemorySource, memorySpec, TallySink, tallySpec } from './ends.ts';
import type { Entrant, Outcome, Prepared } from './entrant.ts';
import type { Meter } from './meter.ts';
import { BY_CLOCK, fromNdjson, inMemory, QUERIES } from './queries.ts';

/** @param batches what sources of type `memory` give */
export async function runOnce(
  document: GraphDocument,
  batches: readonly Batch[],
  meter: Meter,
): Promise<Outcome> {
  const graph = checkGraph(document, [...SPECS, memorySpec, tallySpec]);
  const problem = graph.problems.find((p) => p.severity === 'error');
  if (problem !== undefined) throw new Error(`${problem.path.join('.')}: ${problem.message}`);
  const sinks: TallySink[] = [];
  const run = new GraphRun(graph, {
    runtimes: {
      ...RUNTIMES,
      sources: { ...RUNTIMES.sources, memory: { create: () => new MemorySource(batches, meter) } },
      sinks: {
        ...RUNTIMES.sinks,
        tally: {
          create: ({ config, input }) => {
            const sink = new TallySink(
              input,
              config['fields'] as readonly string[],
              config['encode'] === true,
            );
            sinks.push(sink);
            return sink;
          },
        },
      },
    },
    clock: new SystemClock(),
    seed: 1,
    baseDir: process.cwd(),
    batchRows: BATCH_ROWS,
    log: () => {},
  });
  await run.open();
  const { outcome, problems } = await run.run();
  if (outcome !== 'finished') throw new Error(problems[0]?.message ?? outcome);
  return {
    rows: sinks.reduce((all, sink) => all + sink.rows, 0),
    sum: sinks.reduce((all, sink) => all + sink.sum, 0),
  };
}

const standing = (query: string, outcome: Outcome): Outcome =>
  BY_CLOCK.has(query) ? { ...outcome, rows: 0 } : outcome;

export const engine: Entrant = {
  label: 'Weir',
  has: (query) => QUERIES.includes(query),
  prepare(query, columns): Prepared {
    const batches = toBatches(columns);
    const document = inMemory(query);
    return async (meter) => standing(query, await runOnce(document, batches, meter));
  },
  prepareBytes(query, files): Prepared {
    const document = fromNdjson(query, files.folder);
    return async (meter) => {
      meter.batch(0);
      return standing(query, await runOnce(document, [], meter));
    };
  },
};
