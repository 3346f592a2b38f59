/** The step in front of a stateful operator: its input as it is, and the columns that it needs beside. */
import type { Field } from '../../contract/types.ts';
import { type Checked, fieldReference } from '../../expressions/index.ts';
import type { FusedStep } from '../contracts.ts';

export const computedStep = (input: readonly Field[], needs: readonly Checked[]): FusedStep => ({
  kind: 'project',
  columns: [
    ...input.map((f, index) => ({ field: f, expression: fieldReference(f, index) })),
    ...needs.map((expression, i) => ({
      field: { name: `#${i}`, type: expression.type, nullable: expression.nullable },
      expression,
    })),
  ],
});
