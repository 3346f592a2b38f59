import type { z } from 'zod';
import type { Sink, SinkContext, SinkRuntime } from '../../runtime/contracts.ts';
import { LastRows } from '../../telemetry/last-rows.ts';
import { StandingRows } from '../../telemetry/standing-rows.ts';
import type { tableSpec } from './spec.ts';

type Config = z.output<typeof tableSpec.config>;

function create({ config, input, clock }: SinkContext<Config>): Sink {
  const isTable = config.show === 'table' && input.changelog === 'updating';
  const rows = isTable ? new StandingRows(input, config.rows) : new LastRows(input.fields, config.rows);
  return {
    open: async () => {},
    write: (batch) => rows.push(batch, clock.now()),
    finish: () => {},
    close: () => {},
    get committed() {
      return rows.total;
    },
    view: () => ({ version: rows.total, view: { kind: 'table', sample: rows.sample() } }),
  };
}

export const tableSink: SinkRuntime<Config> = { create };
