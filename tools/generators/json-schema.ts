/** `docs/weir.schema.json`: what an editor needs to complete and check a `.weir` file. */
import { z } from 'zod';
import { configSchema } from '../../engine/cli/setting-rows.ts';
import { zDocument } from '../../engine/contract/document.ts';
import type { NodeSpec } from '../../engine/contract/spec.ts';
import { SPECS } from '../../engine/specs.ts';
import type { Generator } from '../generate.ts';

export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** What only the studio's form asks for: validators in strict mode refuse keywords that they do not know. */
const FORM_KEYS = [
  'widget',
  'unit',
  'placeholder',
  'advanced',
  'expects',
  'scope',
  'kinds',
  'labels',
  'drawing',
];

/** The document's schema; `type` of a node decides which `config` it takes. */
export function documentSchema(specs: readonly NodeSpec[] = SPECS): JsonSchema {
  const { $schema, ...document } = z.toJSONSchema(zDocument, { io: 'input' }) as JsonSchema;
  const nodes = document.properties?.['nodes'] as JsonSchema;
  const node = nodes.additionalProperties as JsonSchema;
  return {
    $schema,
    $comment: 'generated; run npm run generate',
    title: 'Weir pipeline',
    ...document,
    properties: {
      ...document.properties,
      nodes: { ...nodes, additionalProperties: { $ref: '#/$defs/node' } },
    },
    $defs: {
      node: {
        ...node,
        properties: {
          ...node.properties,
          type: { oneOf: specs.map((s) => ({ const: s.type, title: s.label, description: s.summary })) },
        },
        allOf: specs.map((s) => ({
          if: { properties: { type: { const: s.type } }, required: ['type'] },
          // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so
          then: { properties: { config: { $ref: `#/$defs/config-${s.type}` } } },
        })),
      },
      ...Object.fromEntries(specs.map((s) => [`config-${s.type}`, withoutFormKeys(configSchema(s))])),
    },
  } as JsonSchema;
}

/** Names of properties are data: only the schemas themselves lose keywords. */
function withoutFormKeys(schema: JsonSchema): JsonSchema {
  const strip = (value: unknown, names: boolean): unknown => {
    if (Array.isArray(value)) return value.map((item) => strip(item, false));
    if (typeof value !== 'object' || value === null) return value;
    const kept = Object.entries(value).filter(([key]) => names || !FORM_KEYS.includes(key));
    return Object.fromEntries(
      kept.map(([key, child]) => [
        key,
        key === 'default' && !names ? child : strip(child, key === 'properties' && !names),
      ]),
    );
  };
  return strip(schema, false) as JsonSchema;
}

export const jsonSchema: readonly Generator[] = [
  {
    path: 'docs/weir.schema.json',
    make: async () => `${JSON.stringify(documentSchema(), null, 2)}\n`,
  },
];
