/** For the tests of joins: random inputs on two sides, and the merged watermark that a reference goes by. */
import fc from 'fast-check';
import type { ChangeName } from '../../batch/changes.ts';
import { BIGINT, type EdgeSchema, field, INT, STRING } from '../../contract/types.ts';
import type { DriveStep } from '../../testing/steps.ts';

export interface TestRow {
  readonly id: number;
  readonly key: string | null;
  readonly value: number | null;
}

/** `id`, a key and a value, on both sides; the right side's value is a BIGINT. */
export const SIDES = {
  left: {
    fields: [field('id', INT, false), field('key', STRING), field('value', INT)],
    eventTime: true,
    changelog: 'append',
  },
  right: {
    fields: [field('id', INT, false), field('key', STRING), field('value', BIGINT)],
    eventTime: true,
    changelog: 'append',
  },
} as const satisfies Record<string, EdgeSchema>;

export type SideName = 'left' | 'right';

export type RandomStep =
  | {
      readonly port: SideName;
      readonly time: number;
      readonly key: string | null;
      readonly value: number | null;
    }
  | { readonly port: SideName; readonly watermark: number };

const port = fc.constantFrom<SideName>('left', 'right');
const key = fc.constantFrom('a', 'b', 'c', null);

/** Rows and watermarks in any order: rows may be late, watermarks may fall (they are ignored then). */
export const randomSteps = (timeMax = 40): fc.Arbitrary<RandomStep[]> =>
  fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          port,
          time: fc.integer({ min: -5, max: timeMax }),
          key,
          value: fc.option(fc.integer({ min: 0, max: 3 })),
        }),
      },
      { weight: 1, arbitrary: fc.record({ port, watermark: fc.integer({ min: -5, max: timeMax }) }) },
    ),
    { maxLength: 40 },
  );

/** With ids by position, watermarks that only rise, and the end of both inputs. */
export function toSteps(random: readonly RandomStep[]): DriveStep[] {
  const highest = { left: -Infinity, right: -Infinity };
  const steps = random.flatMap((step, id): DriveStep[] => {
    if (!('watermark' in step)) {
      const { port: at, time, key: k, value } = step;
      return [{ port: at, time, row: { id, key: k, value } }];
    }
    if (step.watermark <= highest[step.port]) return [];
    highest[step.port] = step.watermark;
    return [step];
  });
  return [...steps, { end: true }];
}

export interface ReferenceRow extends TestRow {
  readonly side: SideName;
  readonly time: number;
  readonly change: ChangeName;
}

/** Calls `row` and `watermark` as a join of two inputs sees them: the watermark is the smaller of both. */
export function replay(
  steps: readonly DriveStep[],
  to: { row(row: ReferenceRow, watermark: number): void; watermark(time: number): void },
): void {
  const marks = { left: -Infinity, right: -Infinity };
  let merged = -Infinity;
  for (const step of steps) {
    if ('row' in step) {
      const row = step.row as unknown as TestRow;
      const { time, change = '+I' } = step;
      to.row({ ...row, side: (step.port ?? 'left') as SideName, time, change }, merged);
    } else if ('watermark' in step || 'end' in step) {
      const time = 'watermark' in step ? step.watermark : Infinity;
      if (step.port !== 'right') marks.left = Math.max(marks.left, time);
      if (step.port !== 'left') marks.right = Math.max(marks.right, time);
      const now = Math.min(marks.left, marks.right);
      if (now > merged) {
        merged = now;
        to.watermark(now);
      }
    }
  }
}
