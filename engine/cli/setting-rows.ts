/** The settings of a node type as flat rows, for `weir nodes` and the reference. */
import { z } from 'zod';
import type { NodeSpec } from '../contract/spec.ts';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** A config as people write it: what has a default may be left out. */
export function configSchema(spec: NodeSpec): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(spec.config, { io: 'input' }) as JsonSchema;
  return schema;
}

export interface SettingRow {
  /** `window.size`, `aggregates[].as`. */
  readonly path: string;
  readonly title: string;
  readonly type: string;
  /** JSON text; null where the setting has none. */
  readonly default: string | null;
  readonly required: boolean;
  readonly description: string;
  /** The variants that have it; empty where all have. */
  readonly kinds: readonly string[];
}

export function settingRows(schema: JsonSchema, prefix = '', kinds: readonly string[] = []): SettingRow[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]): SettingRow[] => {
    const child = value as JsonSchema;
    const path = prefix + key;
    // What tells variants apart is said by the row of the whole.
    if (kinds.length > 0 && key === 'kind' && child.const !== undefined) return [];
    const own: SettingRow = {
      path,
      title: child.title ?? '',
      type: typeText(child) + (child['unit'] === undefined ? '' : ` (${child['unit']})`),
      default: child.default === undefined ? null : JSON.stringify(child.default),
      required: required.has(key),
      description: child.description ?? '',
      kinds,
    };
    return [own, ...nested(child, path)];
  });
}

function nested(schema: JsonSchema, path: string): SettingRow[] {
  const variants = schema.oneOf as JsonSchema[] | undefined;
  if (variants !== undefined) {
    return mergeKinds(variants.flatMap((v) => settingRows(v, `${path}.`, [kindOf(v)])));
  }
  if (schema.items !== undefined) return nested(schema.items as JsonSchema, `${path}[]`);
  return settingRows(schema, `${path}.`);
}

/** A setting that several variants share is one row. */
function mergeKinds(rows: readonly SettingRow[]): SettingRow[] {
  const merged = new Map<string, SettingRow>();
  for (const row of rows) {
    const key = JSON.stringify({ ...row, kinds: [] });
    const earlier = merged.get(key);
    merged.set(key, earlier === undefined ? row : { ...row, kinds: [...earlier.kinds, ...row.kinds] });
  }
  return [...merged.values()];
}

const kindOf = (variant: JsonSchema): string =>
  String((variant.properties?.['kind'] as JsonSchema | undefined)?.const ?? 'other');

const WIDGET_TYPES: Readonly<Record<string, string>> = {
  duration: 'duration',
  expression: 'SQL expression',
  field: 'field name',
  fields: 'list of field names',
  path: 'path',
};

function typeText(schema: JsonSchema): string {
  const widget = WIDGET_TYPES[String(schema['widget'])];
  if (widget !== undefined) return widget;
  if (schema.oneOf !== undefined)
    return `one kind of ${(schema.oneOf as JsonSchema[]).map((v) => code(kindOf(v))).join(', ')}`;
  if (schema.enum !== undefined) return `one of ${schema.enum.map((v) => code(String(v))).join(', ')}`;
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.anyOf !== undefined) return (schema.anyOf as JsonSchema[]).map(typeText).join(' or ');
  if (schema.items !== undefined) return `list of ${typeText(schema.items as JsonSchema)}`;
  if (schema.type === 'integer' || schema.type === 'number') return schema.type + rangeText(schema);
  return String(schema.type ?? 'any value');
}

function rangeText({ minimum, maximum, exclusiveMinimum }: JsonSchema): string {
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? null : `at most ${maximum}`;
  const least = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? null : `at least ${minimum}`;
  const above = exclusiveMinimum === undefined ? null : `above ${exclusiveMinimum}`;
  const parts = [above, least, most].filter((part) => part !== null);
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`;
}

/** A tab as `\t`: nobody sees a blank in a table. */
const code = (text: string): string => `\`${text.replaceAll('\t', '\\t')}\``;
