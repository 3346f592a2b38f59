/** What a Kafka sink's settings mean together with what arrives. Pure. */
import { problem, showValue } from '../../contract/problems.ts';
import type { SchemaContext, SinkProtocol } from '../../contract/spec.ts';
import type { EdgeSchema } from '../../contract/types.ts';
import { isAvroName } from '../../formats/sink-value/plan.ts';
import { checkFieldName } from '../../plan/check-setting.ts';
import type { KafkaSinkConfig } from './spec.ts';

/** Takes settings as they stand in the document, which may be wrong. */
export function protocolOf(config: Readonly<Record<string, unknown>>): SinkProtocol {
  if (config['delivery'] !== 'at-least-once') return 'transactional';
  return config['changes'] === 'upsert' ? 'idempotent' : 'none';
}

/** The fields of the key: those that are set, or those of the stream. */
export const keyFields = ({ key }: KafkaSinkConfig, input: EdgeSchema | undefined): readonly string[] =>
  key.length > 0 ? key : input?.changelog === 'updating' ? (input.key ?? []) : [];

export function checkKafkaSink(context: SchemaContext<KafkaSinkConfig>): void {
  const { config, report } = context;
  const input = context.inputs['in']?.[0];
  if (input === undefined) return;
  const named: [readonly (string | number)[], string][] = [
    ...config.key.map((name, i): [(string | number)[], string] => [['key', i], name]),
    ...config.headers.map((h, i): [(string | number)[], string] => [['headers', i, 'field'], h.field]),
    ...(config.partition === undefined ? [] : [[['partition'], config.partition] as [string[], string]]),
    ...(config.timestamp === undefined ? [] : [[['timestamp'], config.timestamp] as [string[], string]]),
    ...(config.format.kind === 'field'
      ? [[['format', 'field'], config.format.field] as [string[], string]]
      : []),
  ];
  for (const [path, name] of named) checkFieldName(context, path, name, input.fields);
  checkType(context, input, ['partition'], config.partition, ['INT', 'BIGINT']);
  checkType(context, input, ['timestamp'], config.timestamp, ['TIMESTAMP']);
  if (config.format.kind === 'field')
    checkType(context, input, ['format', 'field'], config.format.field, ['STRING', 'BYTES']);
  if (config.changes === 'upsert' && keyFields(config, input).length === 0)
    report(
      problem('S-VALUE', {
        path: ['key'],
        message: 'Upserts need a key, and the rows that arrive have none.',
        value: '[]',
        expected: 'the fields by which the newest record counts',
        next: 'Set the key.',
      }),
    );
  if (config.format.kind === 'avro')
    for (const { name } of input.fields.filter((f) => !isAvroName(f.name)))
      report(
        problem('S-VALUE', {
          path: ['format'],
          message: `The field ${showValue(name)} cannot be one in Avro.`,
          value: showValue(name),
          expected: 'names of ASCII letters, digits and "_"',
          next: 'Rename it with a Map, or write JSON Schema.',
        }),
      );
  if (config.changes === 'debezium' && config.format.kind !== 'json')
    report(
      problem('S-VALUE', {
        path: ['changes'],
        message: 'Debezium’s format is JSON.',
        value: showValue(config.changes),
        expected: 'the format JSON, or another way to write changes',
        next: 'Set the format to JSON.',
      }),
    );
}

function checkType(
  { report }: SchemaContext<KafkaSinkConfig>,
  input: EdgeSchema,
  path: readonly string[],
  name: string | undefined,
  kinds: readonly string[],
): void {
  const field = input.fields.find((f) => f.name === name);
  if (field === undefined || kinds.includes(field.type.kind)) return;
  report(
    problem('T-TYPE', {
      path,
      message: `The field ${showValue(name)} is ${field.type.kind}.`,
      value: showValue(name),
      expected: `a field of type ${kinds.join(' or ')}`,
      next: 'Pick another field, or convert it with a Map.',
    }),
  );
}
