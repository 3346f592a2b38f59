/** The JSON Schema takes what Weir takes, judged by a small reading of the keywords that it uses. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SPECS } from '../../engine/specs.ts';
import { documentSchema, type JsonSchema } from './json-schema.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));
const schema = documentSchema();

type Keys = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Keys =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where `value` misses required keys, has unknown ones, or another constant, type or variant. */
function misfits(s: JsonSchema | boolean, value: unknown, at: string): string[] {
  if (typeof s === 'boolean') return s ? [] : [`${at}: not allowed`];
  if (s.$ref !== undefined) {
    const target = schema.$defs?.[s.$ref.replace('#/$defs/', '')];
    assert.ok(target !== undefined, s.$ref);
    return misfits(target, value, at);
  }
  const found: string[] = [];
  if (s.const !== undefined && s.const !== value) found.push(`${at}: not ${s.const}`);
  if (s.enum !== undefined && !s.enum.includes(value as string)) found.push(`${at}: not in the enum`);
  if (s.type === 'object' && !isObject(value)) found.push(`${at}: not an object`);
  if (s.type === 'string' && typeof value !== 'string') found.push(`${at}: not a string`);
  if (s.type === 'array' && !Array.isArray(value)) found.push(`${at}: not an array`);
  if (s.oneOf !== undefined && s.oneOf.filter((one) => misfits(one, value, at).length === 0).length !== 1)
    found.push(`${at}: not one of the variants`);
  for (const part of s.allOf ?? []) found.push(...misfits(part, value, at));
  if (s.if !== undefined && misfits(s.if, value, at).length === 0)
    found.push(...misfits(s.then ?? true, value, at));
  if (Array.isArray(value) && s.items !== undefined)
    value.forEach((item, i) => {
      found.push(...misfits(s.items as JsonSchema, item, `${at}[${i}]`));
    });
  if (!isObject(value)) return found;
  for (const key of s.required ?? []) if (!Object.hasOwn(value, key)) found.push(`${at}: no ${key}`);
  for (const [key, child] of Object.entries(value)) {
    const known = s.properties?.[key] ?? s.additionalProperties ?? true;
    found.push(...misfits(known, child, `${at}.${key}`));
  }
  return found;
}

const example = (name: string): Keys => JSON.parse(readFileSync(join(EXAMPLES, name), 'utf8')) as Keys;

for (const file of globSync('*.weir', { cwd: EXAMPLES }).sort()) {
  test(`the JSON Schema takes ${file}`, () => assert.deepEqual(misfits(schema, example(file), ''), []));
}

for (const spec of SPECS) {
  test(`the JSON Schema takes the examples of ${spec.type}, and refuses them under an unknown key`, () => {
    for (const { config } of spec.examples) {
      const around = (c: unknown) => ({ weir: 1, nodes: { n: { type: spec.type, config: c } }, edges: [] });
      assert.deepEqual(misfits(schema, around(config), ''), []);
      assert.deepEqual(misfits(schema, around({ ...config, unknown: 1 }), ''), [
        '.nodes.n.config.unknown: not allowed',
      ]);
    }
  });
}

test('it refuses another version, an unknown type, and a config without what is required', () => {
  const doc = (type: string, config: unknown) => ({ weir: 1, nodes: { n: { type, config } }, edges: [] });
  assert.deepEqual(misfits(schema, { weir: 2, nodes: {}, edges: [] }, ''), ['.weir: not 1']);
  assert.deepEqual(misfits(schema, { weir: 1, nodes: {} }, ''), [': no edges']);
  assert.deepEqual(misfits(schema, doc('windw', {}), ''), ['.nodes.n.type: not one of the variants']);
  assert.deepEqual(misfits(schema, doc('filter', {}), ''), ['.nodes.n.config: no condition']);
});

test('no keyword of the form is left in it, though settings may have such names', () => {
  const text = JSON.stringify(schema);
  assert.doesNotMatch(text, /"widget"/);
  assert.doesNotMatch(text, /"placeholder"/);
});
