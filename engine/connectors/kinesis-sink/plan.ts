/** What a Kinesis sink's settings mean together with what arrives. Pure. */
import { problem, showValue } from '../../contract/problems.ts';
import type { SchemaContext } from '../../contract/spec.ts';
import { checkFieldName } from '../../plan/check-setting.ts';
import type { KinesisSinkConfig } from './spec.ts';

export function checkKinesisSink(context: SchemaContext<KinesisSinkConfig>): void {
  const { config, report } = context;
  const fields = context.inputs['in']?.[0]?.fields;
  if (config.eventId !== undefined && config.format.kind !== 'json')
    report(
      problem('S-VALUE', {
        path: ['eventId'],
        message: 'Only JSON has room for a field more.',
        value: showValue(config.eventId),
        expected: 'the format JSON, or no event id',
        next: 'Set the format to JSON.',
      }),
    );
  if (config.order === 'per-key' && config.partitionKey === undefined)
    report(
      problem('S-VALUE', {
        path: ['partitionKey'],
        message: 'An order per key needs a key.',
        expected: 'the field whose records stay in order',
        next: 'Set the partition key.',
      }),
    );
  if (fields === undefined) return;
  const named: [string[], string | undefined][] = [
    [['partitionKey'], config.partitionKey],
    [['explicitHash'], config.explicitHash],
    [['format', 'field'], config.format.kind === 'field' ? config.format.field : undefined],
  ];
  for (const [path, name] of named) if (name !== undefined) checkFieldName(context, path, name, fields);
  if (config.eventId !== undefined && fields.some(({ name }) => name === config.eventId))
    report(
      problem('S-VALUE', {
        path: ['eventId'],
        message: `The rows have a field ${showValue(config.eventId)} already.`,
        value: showValue(config.eventId),
        expected: 'a name that no field has',
        next: 'Pick another name, or leave it out.',
      }),
    );
}
