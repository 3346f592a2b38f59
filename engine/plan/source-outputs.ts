import { DEAD_LETTER_SCHEMA } from '../contract/dead-letter.ts';
import { checkSourceSchema, type SourceField, type TimeSettings, toFields } from '../contract/settings.ts';
import type { SchemaContext } from '../contract/spec.ts';
import { appendOnly, type EdgeSchema } from '../contract/types.ts';

/** What leaves a source with an errors port. @param schema all its fields; null: they are not known, and that was reported */
export function sourceOutputs(
  { config, report }: Pick<SchemaContext<{ readonly time?: TimeSettings | undefined }>, 'config' | 'report'>,
  schema: readonly SourceField[] | null,
): Record<'out' | 'errors', EdgeSchema | null> {
  const { time } = config;
  const found = schema === null ? [] : checkSourceSchema(schema, time);
  for (const one of found) report(one);
  const usable = schema !== null && found.every((one) => one.severity !== 'error');
  return {
    out: usable ? appendOnly(toFields(schema), time !== undefined) : null,
    errors: DEAD_LETTER_SCHEMA,
  };
}
