import type { z } from 'zod';
import type { SinkRuntime } from '../../runtime/contracts.ts';
import type { nothingSpec } from './spec.ts';

export const nothingSink: SinkRuntime<z.output<typeof nothingSpec.config>> = {
  create: () => {
    let rows = 0;
    return {
      open: async () => {},
      write: (batch) => {
        rows += batch.count;
      },
      finish: () => {},
      close: () => {},
      get committed() {
        return rows;
      },
    };
  },
};
