/** What a Kinesis source's settings mean together. Pure. */
import { problem } from '../../contract/problems.ts';
import { type SourceField, withArrival } from '../../contract/settings.ts';
import type { SchemaContext } from '../../contract/spec.ts';
import { valueSchema } from '../../formats/value/spec.ts';
import type { KinesisConfig, KinesisMetadata } from './spec.ts';

const METADATA_TYPES: Readonly<Record<KinesisMetadata, string>> = {
  'partition-key': 'STRING',
  'sequence-number': 'STRING',
  shard: 'STRING',
  arrival: 'TIMESTAMP',
};

/** All fields: those of the data, then what stands beside it, then the arrival time. */
export function kinesisSchema(config: KinesisConfig): SourceField[] | null {
  const value = valueSchema(config.format, config.schema);
  if (value === null) return null;
  const beside = config.metadata.map(({ what, name }) => ({
    name,
    type: METADATA_TYPES[what],
    nullable: false,
  }));
  return withArrival([...value, ...beside], config.arrival);
}

export function checkKinesis({ config, report }: SchemaContext<KinesisConfig>): void {
  if (valueSchema(config.format, config.schema) !== null) return;
  report(
    problem('S-SCHEMA', {
      path: ['schema'],
      message: 'This Kinesis source has no schema yet.',
      expected: 'the fields to read, with their types',
      next: 'Write the fields of the records, or read the data as text.',
    }),
  );
}

export function summarizeKinesis({ stream, start, end }: KinesisConfig): string {
  const parts = [stream];
  if (start.kind === 'timestamp') parts.push(`from ${start.at}`);
  else if (start.kind === 'latest') parts.push('from latest');
  if (end === 'caught-up') parts.push('until caught up');
  return parts.join(', ');
}
