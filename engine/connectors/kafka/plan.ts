/** What a Kafka source's settings mean together. Pure. */
import { problem, showValue } from '../../contract/problems.ts';
import { type SourceField, withArrival } from '../../contract/settings.ts';
import type { SchemaContext } from '../../contract/spec.ts';
import { valueSchema } from '../../formats/value/spec.ts';
import type { KafkaConfig, Metadata } from './spec.ts';

const METADATA_TYPES: Readonly<Record<Metadata, string>> = {
  key: 'STRING',
  topic: 'STRING',
  partition: 'INT',
  offset: 'BIGINT',
  timestamp: 'TIMESTAMP',
  headers: 'STRING',
  header: 'STRING',
};
/** A record may have no key, and lack a header. */
const NULLABLE: readonly Metadata[] = ['key', 'header'];

/** All fields: those of the value, then what stands beside it, then the arrival time. */
export function kafkaSchema(config: KafkaConfig): SourceField[] | null {
  const value = valueSchema(config.format, config.schema);
  if (value === null) return null;
  const beside = config.metadata.map(({ what, name }) => ({
    name,
    type: METADATA_TYPES[what],
    nullable: NULLABLE.includes(what),
  }));
  return withArrival([...value, ...beside], config.arrival);
}

export function checkKafka({ config, report }: SchemaContext<KafkaConfig>): void {
  if (valueSchema(config.format, config.schema) === null)
    report(
      problem('S-SCHEMA', {
        path: ['schema'],
        message: 'This Kafka source has no schema yet.',
        expected: 'the fields to read, with their types',
        next: 'Press Infer to take the schema from records of the topic (weir run does so by itself), write it, or read values as text.',
      }),
    );
  if (topicPatterns(config.topic) === null)
    report(
      problem('S-VALUE', {
        path: ['topic'],
        message: `${showValue(config.topic)} cannot be the name of a topic.`,
        value: showValue(config.topic),
        expected: 'letters, digits, ".", "_" and "-", with commas between several, and * for any letters',
        next: 'Correct the name.',
      }),
    );
  config.metadata.forEach(({ what, header }, at) => {
    if (what !== 'header' || header !== undefined) return;
    report(
      problem('S-VALUE', {
        path: ['metadata', at, 'header'],
        message: 'Which header is not said.',
        expected: 'the name of a header',
        next: 'Write its name, or take all headers as JSON.',
      }),
    );
  });
  if (config.start.kind === 'committed' && config.group === undefined)
    report(
      problem('S-VALUE', {
        path: ['group'],
        message: 'To begin where a consumer group is, the group must be named.',
        expected: 'the name of a consumer group',
        next: 'Set the group, or begin at the earliest or latest record.',
      }),
    );
}

export function summarizeKafka({ topic, start, end }: KafkaConfig): string {
  const parts = [topic];
  if (start.kind === 'timestamp') parts.push(`from ${start.at}`);
  else if (start.kind !== 'earliest') parts.push(`from ${start.kind}`);
  if (end === 'latest') parts.push('to what is there');
  return parts.join(', ');
}

/** `orders, payments-*`: names, with `*` for any letters. Null where one of them cannot be a topic's. */
export function topicPatterns(text: string): readonly string[] | null {
  const parts = text.split(',').map((part) => part.trim());
  return parts.every((part) => /^[A-Za-z0-9._*-]{1,249}$/.test(part)) ? parts : null;
}

export const isPattern = (name: string): boolean => name.includes('*');

/** Without a regular expression of a stranger's: `*` takes any letters, the rest itself. */
export function matchesTopic(pattern: string, topic: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return topic === pattern;
  if (!topic.startsWith(first)) return false;
  let at = first.length;
  const last = rest.pop() ?? '';
  for (const part of rest) {
    const found = topic.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return topic.length - last.length >= at && topic.endsWith(last);
}
