import { z } from 'zod';
import { problem, showValue } from '../../contract/problems.ts';
import { defineNode, MAIN_OUT } from '../../contract/spec.ts';
import { appendOnly, type EdgeSchema, printType, sameType, updating } from '../../contract/types.ts';

export const unionSpec = defineNode({
  type: 'union',
  kind: 'operator',
  label: 'Union',
  summary: 'Merges streams with the same fields into one.',
  description:
    'All records of all inputs, none removed (UNION ALL). The inputs need the same fields with the same types; their ' +
    'order is taken from the first. The watermark is the lowest of the inputs that are active: one slow input holds ' +
    'all windows below, unless it is marked idle.',
  icon: 'M2 4h3l4 4h5M2 12h3l4-4M12 6l2 2-2 2',
  config: z.strictObject({}),
  inputs: [{ name: 'in', label: 'in', role: 'main', many: true, changelog: 'any' }],
  outputs: [MAIN_OUT],
  stateful: false,
  passesRows: true,
  targets: ['weir', 'flink', 'spark'],
  summarize: () => 'all records of all inputs',
  schemas(context) {
    const [first, ...others] = context.inputs['in'] ?? [];
    if (first === undefined) return { out: null };
    others.forEach((other, i) => {
      const reason = misfit(first, other);
      if (reason !== null) {
        context.report(
          problem('G-FIT', {
            path: [],
            message: `Input ${i + 2} does not fit input 1: ${reason}.`,
            value: other.fields.map((f) => `${f.name} ${printType(f.type)}`).join(', '),
            expected: first.fields.map((f) => `${f.name} ${printType(f.type)}`).join(', '),
            next: 'Put a Map in front of this input that gives it the same fields.',
          }),
        );
      }
    });
    const fields = first.fields.map((f) => ({
      ...f,
      nullable: f.nullable || others.some((o) => o.fields.find((g) => g.name === f.name)?.nullable === true),
    }));
    const isUpdating = [first, ...others].some((s) => s.changelog === 'updating');
    // Rows of two inputs may have the same key: together they have none.
    return { out: isUpdating ? updating(fields, first.eventTime) : appendOnly(fields, first.eventTime) };
  },
  examples: [{ title: 'Two streams of the same shape', fields: { id: 'BIGINT' }, config: {} }],
});

function misfit(first: EdgeSchema, other: EdgeSchema): string | null {
  for (const f of first.fields) {
    const g = other.fields.find((candidate) => candidate.name === f.name);
    if (g === undefined) return `the field ${showValue(f.name)} is missing`;
    if (!sameType(f.type, g.type))
      return `${showValue(f.name)} is ${printType(g.type)}, not ${printType(f.type)}`;
  }
  const extra = other.fields.find((g) => !first.fields.some((f) => f.name === g.name));
  if (extra !== undefined) return `the field ${showValue(extra.name)} is not in input 1`;
  return first.eventTime === other.eventTime ? null : 'only one of them has event time';
}
