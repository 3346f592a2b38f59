/** The fields that a source reads or makes, for its own settings that name one of them. */
import { type EdgeSchema, type Field, field, parseType, STRING } from '../../../engine/contract/types.ts';
import type { FormField } from './model.ts';
import { isRecord } from './values.ts';

/**
 * What comes out, where the check knows it; else what its schema setting says so far: while the event-time field is
 * chosen nothing comes out yet.
 */
export function selfFields(
  form: readonly FormField[],
  config: unknown,
  out: EdgeSchema | null,
): readonly Field[] {
  if (out !== null) return out.fields;
  const schema = findSchema(form, config);
  return schema.flatMap((item) => {
    if (!isRecord(item) || typeof item['name'] !== 'string' || item['name'] === '') return [];
    const type = typeof item['type'] === 'string' ? parseType(item['type']) : null;
    return [field(item['name'], type ?? STRING)];
  });
}

/** The value of the first schema setting, also inside of groups and the picked variants. */
function findSchema(form: readonly FormField[], config: unknown): readonly unknown[] {
  if (!isRecord(config)) return [];
  for (const { key, widget, shape } of form) {
    const value = config[key];
    if (widget === 'schema') return Array.isArray(value) ? value : [];
    const inner =
      shape.kind === 'group'
        ? shape.fields
        : shape.kind === 'variants' && isRecord(value)
          ? (shape.variants.find(({ kind }) => kind === value['kind'])?.fields ?? [])
          : [];
    const found = findSchema(inner, value);
    if (found.length > 0) return found;
  }
  return [];
}
