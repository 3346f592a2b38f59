import type { z } from 'zod';
import type { Batch } from '../../batch/batch.ts';
import type { Sample, SinkView } from '../../contract/link.ts';
import type { Sink, SinkContext, SinkRuntime } from '../../runtime/contracts.ts';
import { LastRows } from '../../telemetry/last-rows.ts';
import type { chartSpec } from './spec.ts';

type Config = z.output<typeof chartSpec.config>;

function create({ config, input, clock }: SinkContext<Config>): Sink {
  const { mark, x, y, series, points } = config;
  // Only what is drawn is kept: x, then the series, then every y.
  const names = [...new Set([x, ...(series === undefined ? [] : [series]), ...y])];
  const drawn = names.flatMap((name) => {
    const at = input.fields.findIndex((f) => f.name === name);
    const field = input.fields[at];
    return field === undefined ? [] : [{ at, field }];
  });
  const last = new LastRows(
    drawn.map(({ field }) => field),
    points,
  );
  const project = (batch: Batch): Batch => ({
    ...batch,
    columns: drawn.flatMap(({ at }) => batch.columns[at] ?? []),
  });
  const keyCells = series === undefined || series === x ? 1 : 2;
  const chart = { mark, x, y, series: series ?? null };
  return {
    open: async () => {},
    write: (batch) => last.push(project(batch), clock.now()),
    finish: () => {},
    close: () => {},
    get committed() {
      return last.total;
    },
    view: () => {
      const view: SinkView = { kind: 'chart', sample: newestPerPoint(last.sample(), keyCells), chart };
      return { version: last.total, view };
    },
  };
}

/** One row per point (its first cells): the newest, at the newest's place. */
function newestPerPoint(sample: Sample, keyCells: number): Sample {
  const byPoint = new Map<string, Sample['rows'][number]>();
  for (const row of sample.rows) {
    const key = JSON.stringify(row.cells.slice(0, keyCells));
    // What is taken back before an update is replaced by the row after it.
    if (row.change === '-U') continue;
    byPoint.delete(key);
    byPoint.set(key, row);
  }
  return { ...sample, rows: [...byPoint.values()].filter((row) => row.change !== '-D') };
}

export const chartSink: SinkRuntime<Config> = { create };
