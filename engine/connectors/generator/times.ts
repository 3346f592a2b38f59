/** Event times of generated rows, in ms: one interval apart, a share of them moved back. */
import { durationMs } from '../../contract/settings.ts';
import { nodeSeed, randomAt } from '../../runtime/random.ts';
import type { MakeTimes } from './columns.ts';
import type { FieldsData } from './spec.ts';

/** ms between two event times: the setting, else what the rate says, else 1. `spacing`: of the rate, 0 without. */
export const intervalOf = (data: FieldsData, spacing: number): number =>
  data.interval !== undefined ? durationMs(data.interval) : spacing > 0 ? spacing : 1;

/** `start`: event time of row 0. */
export function timesMaker(data: FieldsData, seed: number, start: number, interval: number): MakeTimes {
  const { disorder } = data;
  if (disorder === undefined) {
    return (rows) => {
      const times = new Float64Array(rows.length);
      for (let k = 0; k < rows.length; k++) times[k] = start + Math.floor(rows[k]! * interval);
      return times;
    };
  }
  const { share } = disorder;
  const span = durationMs(disorder.delay) + 1;
  const whether = nodeSeed(seed, 'disorder');
  const howMuch = nodeSeed(seed, 'disorder delay');
  return (rows) => {
    const times = new Float64Array(rows.length);
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k]!;
      const back = randomAt(whether, row) < share ? Math.floor(randomAt(howMuch, row) * span) : 0;
      times[k] = start + Math.floor(row * interval) - back;
    }
    return times;
  };
}
