/** What a regular join keeps of its rows and how it finds them: decided from settings and schemas alone. */
import type { EdgeSchema } from '../../contract/types.ts';
import { throwProblem } from '../../plan/check-setting.ts';
import { type Band, bandOf } from '../joins/band.ts';
import { fieldsRead, type PairCondition } from '../joins/condition.ts';
import { LEFT, type PlannedJoin, planJoin, RIGHT } from '../joins/plan.ts';
import type { JoinConfig } from './spec.ts';

export type Inputs = readonly [EdgeSchema, EdgeSchema];

export interface JoinLayout {
  /** By side, the fields that condition, output or look-up read: no others are kept. */
  readonly kept: readonly [ReadonlySet<number>, ReadonlySet<number>];
  /** Null: rows of both sides are found by their keys. */
  readonly band: Band | null;
}

export function layoutOf(
  config: JoinConfig,
  plan: PlannedJoin,
  inputs: Inputs,
  condition: PairCondition | null,
): JoinLayout {
  const band = plannedBand(config, plan, inputs);
  const kept = fieldsRead(plan.columns, condition);
  // Rows that wait are found by the key itself.
  if (band !== null) kept[band.wide].add(plan.keys[band.wide][0] as number);
  return { kept, band };
}

/** Types of keys that are found among rows that wait. */
const WHOLE: readonly string[] = ['INT', 'BIGINT', 'TIMESTAMP'];

/** Null where no field is bounded, or rows are not found by one whole number, or are not only added. */
function plannedBand(config: JoinConfig, plan: PlannedJoin, inputs: Inputs): Band | null {
  const [left, right] = inputs;
  if (config.join !== 'inner' || inputs.some((input) => input.changelog === 'updating')) return null;
  const kinds = ([LEFT, RIGHT] as const).map((side) => {
    const [column, ...others] = plan.keys[side];
    return others.length > 0 ? undefined : inputs[side].fields[column ?? -1]?.type.kind;
  });
  if (kinds.some((kind) => kind === undefined || !WHOLE.includes(kind))) return null;
  return bandOf(config.condition, left.fields, right.fields);
}

export const planOf = (config: JoinConfig, inputs: readonly EdgeSchema[]): PlannedJoin =>
  planJoin(config, inputs[LEFT]?.fields ?? [], inputs[RIGHT]?.fields ?? [], { report: throwProblem });

/** The layout as lines for people. */
export function printLayout({ kept, band }: JoinLayout, inputs: Inputs): string[] {
  const names = (['left', 'right'] as const).map((side, at) => {
    const { fields } = inputs[at as 0 | 1];
    const own = fields.flatMap((f, index) => (kept[at as 0 | 1].has(index) ? [f.name] : []));
    return `${own.length === 0 ? 'no field' : own.join(', ')} of ${side}`;
  });
  const lines = [`keeps ${names.join('; ')}`];
  if (band !== null) {
    const field = inputs[band.wide].fields[band.column]?.name ?? '';
    const side = band.wide === LEFT ? 'left' : 'right';
    lines.push(
      `rows of ${side} wait in order of arrival and are found by ${field}, while that is cheaper than by key`,
    );
  }
  return lines;
}
