/**
 * The form of a node's settings, made from its spec alone: zod's JSON Schema carries what each setting says of
 * itself (`SettingMeta`), said in the studio's language. One model per spec and language, kept.
 */
import { z } from 'zod';
import type { NodeSpec, SettingMeta, Widget } from '../../../engine/contract/spec.ts';
import { type Language, language } from '../../app/strings/index.ts';
import { descriptionText, settingText } from '../../app/strings/spec-text.ts';

export interface FormField {
  readonly key: string;
  readonly meta: SettingMeta;
  readonly widget: Widget;
  readonly required: boolean;
  /** What holds where the setting is left out; undefined where nothing does. */
  readonly fallback: unknown;
  readonly shape: FieldShape;
}

export type FieldShape =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'number'; readonly integer: boolean; readonly min?: number; readonly max?: number }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'group'; readonly fields: readonly FormField[] }
  | {
      readonly kind: 'list';
      readonly item: readonly FormField[];
      readonly min: number;
      readonly max: number;
    }
  | { readonly kind: 'variants'; readonly variants: readonly Variant[] };

export interface Variant {
  readonly kind: string;
  readonly label: string;
  readonly fields: readonly FormField[];
}

/** The part of JSON Schema that zod writes for settings. */
interface JsonSchema extends Partial<SettingMeta> {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

const models: Readonly<Record<Language, WeakMap<z.ZodObject, readonly FormField[]>>> = {
  en: new WeakMap(),
  ja: new WeakMap(),
};

export const formOf = (spec: NodeSpec): readonly FormField[] => formOfObject(spec.config);

export function formOfObject(config: z.ZodObject): readonly FormField[] {
  const kept = models[language()];
  const known = kept.get(config);
  if (known !== undefined) return known;
  const made = fieldsOf(z.toJSONSchema(config, { io: 'input' }) as JsonSchema);
  kept.set(config, made);
  return made;
}

function fieldsOf(schema: JsonSchema): FormField[] {
  return Object.entries(schema.properties ?? {})
    .filter(([key, property]) => !(key === 'kind' && property.const !== undefined))
    .map(([key, property]) => fieldOf(key, property, schema.required?.includes(key) ?? false));
}

function fieldOf(key: string, schema: JsonSchema, required: boolean): FormField {
  const widget = schema.widget ?? guessWidget(schema);
  return {
    key,
    meta: { ...schema, ...saidOf(schema), title: settingText(schema.title ?? key), widget },
    widget,
    required,
    fallback: schema.default,
    shape: shapeOf(widget, schema),
  };
}

/** What a setting says beside its title, where it says anything. */
function saidOf({ description, unit, placeholder, labels }: JsonSchema): Partial<SettingMeta> {
  return {
    ...(description === undefined ? {} : { description: descriptionText(description) }),
    ...(unit === undefined ? {} : { unit: settingText(unit) }),
    ...(placeholder === undefined ? {} : { placeholder: settingText(placeholder) }),
    ...(labels === undefined
      ? {}
      : {
          labels: Object.fromEntries(
            Object.entries(labels).map(([value, label]) => [value, settingText(label)]),
          ),
        }),
  };
}

/** A setting without meta still gets a control; specs are expected to say more. */
function guessWidget(schema: JsonSchema): Widget {
  if (variantsOf(schema) !== null) return 'variants';
  if (schema.enum !== undefined) return 'select';
  if (schema.type === 'number' || schema.type === 'integer') return 'number';
  if (schema.type === 'boolean') return 'switch';
  if (schema.type === 'object') return 'group';
  return schema.type === 'array' ? (schema.items?.type === 'object' ? 'list' : 'fields') : 'text';
}

function shapeOf(widget: Widget, schema: JsonSchema): FieldShape {
  switch (widget) {
    case 'number':
      return {
        kind: 'number',
        integer: schema.type === 'integer',
        ...(schema.minimum === undefined ? {} : { min: schema.minimum }),
        ...(schema.maximum === undefined ? {} : { max: schema.maximum }),
      };
    case 'select':
    case 'segmented':
      return { kind: 'choice', values: (schema.enum ?? []).map(String) };
    case 'group':
      return { kind: 'group', fields: fieldsOf(schema) };
    case 'list':
    case 'pairs':
      return {
        kind: 'list',
        item: fieldsOf(schema.items ?? {}),
        min: schema.minItems ?? 0,
        max: schema.maxItems ?? Number.POSITIVE_INFINITY,
      };
    case 'variants':
      return {
        kind: 'variants',
        variants: (variantsOf(schema) ?? []).map(({ kind, schema: own }) => ({
          kind,
          label: settingText(schema.labels?.[kind] ?? kind),
          fields: fieldsOf(own),
        })),
      };
    default:
      return { kind: 'leaf' };
  }
}

function variantsOf(schema: JsonSchema): { kind: string; schema: JsonSchema }[] | null {
  const options = schema.oneOf ?? schema.anyOf;
  if (options === undefined) return null;
  const found = options.flatMap((option) => {
    const kind = option.properties?.['kind']?.const;
    return typeof kind === 'string' ? [{ kind, schema: option }] : [];
  });
  return found.length === options.length ? found : null;
}

/** Widgets that share a line with another of them. */
const HALF: ReadonlySet<Widget> = new Set<Widget>([
  'number',
  'duration',
  'switch',
  'field',
  'variable',
  'select',
]);
export const isHalf = (field: FormField): boolean => HALF.has(field.widget);

/** Fields line by line: two half-wide ones that follow each other share one. */
export function linesOf(fields: readonly FormField[]): readonly (readonly FormField[])[] {
  const lines: FormField[][] = [];
  for (const field of fields) {
    const last = lines.at(-1);
    const [first] = last ?? [];
    if (last?.length === 1 && first !== undefined && isHalf(first) && isHalf(field)) last.push(field);
    else lines.push([field]);
  }
  return lines;
}

/** Fields as the form shows them: in sections, half-wide ones together; what is advanced apart. */
export function sectionsOf(fields: readonly FormField[]): {
  readonly sections: readonly (readonly FormField[])[];
  readonly more: readonly FormField[];
} {
  const sections: FormField[][] = [];
  for (const field of fields) {
    if (field.meta.advanced === true) continue;
    const last = sections.at(-1);
    const first = last?.[0];
    if (last !== undefined && first !== undefined && isHalf(first) && isHalf(field)) last.push(field);
    else sections.push([field]);
  }
  return { sections, more: fields.filter((field) => field.meta.advanced === true) };
}
