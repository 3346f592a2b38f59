/** Which computed columns of a chain are read by nobody: the generated code leaves them out, and so must everything that stands in for it. */
import { type Checked, fieldsOf } from '../../expressions/index.ts';
import type { FusedStep } from '../contracts.ts';

/**
 * The same steps, with NULL in the place of every expression whose value nobody reads. A row then fails here exactly when it
 * fails in the generated code, whatever other rows are in its batch.
 */
export function withoutDead(steps: readonly FusedStep[]): FusedStep[] {
  const pruned: FusedStep[] = [];
  /** Columns after the step that is looked at which are read further down; null: all of them. */
  let read: Set<number> | null = null;
  for (const step of [...steps].reverse()) {
    if (step.kind === 'filter') {
      const after: Set<number> | null = read;
      read = after === null ? null : new Set([...after, ...fieldsOf(step.condition)]);
      pruned.unshift(step);
      continue;
    }
    const live: ReadonlySet<number> | null = read;
    const columns = step.columns.map(({ field, expression }, at) => ({
      field,
      expression: live === null || live.has(at) ? expression : nothing(expression),
    }));
    read = new Set(columns.flatMap(({ expression }) => [...fieldsOf(expression)]));
    pruned.unshift({ kind: 'project', columns });
  }
  return pruned;
}

const nothing = ({ type, span }: Checked): Checked => ({
  kind: 'literal',
  value: null,
  nullable: true,
  type,
  span,
});
