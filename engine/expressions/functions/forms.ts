/** What looks like a function but has rules of its own, in the check and the emitter: for reference and completion. */
import type { FunctionSpec } from './spec.ts';

type Form = Pick<FunctionSpec, 'name' | 'group' | 'signature' | 'reference' | 'example' | 'note'>;

export const FORMS: readonly Form[] = [
  {
    name: 'CASE',
    group: 'condition',
    signature: 'CASE [x] WHEN a THEN b … [ELSE c] END',
    reference: 'The value of the first case that holds; NULL where none does and there is no ELSE.',
    example: { text: "CASE WHEN 3 > 2 THEN 'more' ELSE 'less' END", result: 'more' },
  },
  {
    name: 'CAST',
    group: 'condition',
    signature: 'CAST(x AS type)',
    reference: 'x as another type; the record fails where it cannot be one.',
    example: { text: "CAST('12' AS INT)", result: 12 },
    note: 'Flink lets numbers that are too large wrap or saturate; here, and in Spark’s ANSI mode, the record fails.',
  },
  {
    name: 'TRY_CAST',
    group: 'condition',
    signature: 'TRY_CAST(x AS type)',
    reference: 'x as another type; NULL where it cannot be one.',
    example: { text: "TRY_CAST('x' AS INT)", result: null },
  },
  {
    name: 'COALESCE',
    group: 'condition',
    signature: 'COALESCE(a, b, …)',
    reference: 'The first that is not NULL.',
    example: { text: 'COALESCE(NULL, 2, 3)', result: 2 },
  },
  {
    name: 'IFNULL',
    group: 'condition',
    signature: 'IFNULL(a, b)',
    reference: 'a, or b where a is NULL.',
    example: { text: 'IFNULL(NULL, 2)', result: 2 },
  },
  {
    name: 'NULLIF',
    group: 'condition',
    signature: 'NULLIF(a, b)',
    reference: 'a, or NULL where both are equal.',
    example: { text: "NULLIF('', '')", result: null },
  },
  {
    name: 'IF',
    group: 'condition',
    signature: 'IF(condition, a, b)',
    reference: 'a where the condition is TRUE, else b.',
    example: { text: 'IF(1 > 2, 10, 20)', result: 20 },
  },
  {
    name: 'POSITION',
    group: 'string',
    signature: 'POSITION(part IN s)',
    reference: 'Where a part first stands, from 1; 0 where it does not.',
    example: { text: "POSITION('c' IN 'abc')", result: 3 },
  },
];
