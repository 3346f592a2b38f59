import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { SPECS } from '../../../engine/specs.ts';
import { type FormField, formOf } from '../../inspector/form/model.ts';
import { findSpecs } from '../find-specs.ts';
import { setLanguage } from './index.ts';
import { jaDescriptions } from './ja-descriptions.ts';
import { jaNodes } from './ja-nodes.ts';
import { jaSettings } from './ja-settings.ts';

afterEach(() => setLanguage('en'));

/** Names of formats and functions, and units, are the same in both languages. */
const SAME: ReadonlySet<string> = new Set(
  'NDJSON,JSON,CSV,gzip,zstd,Parquet,Cron,NULL,NOT EXISTS,NOT IN,JavaScript,Debezium JSON,×,MB'.split(','),
);
/** Placeholders are examples of what one writes; those that say what holds instead are in the catalogue. */
interface Said {
  readonly needed: Set<string>;
  readonly all: Set<string>;
  readonly descriptions: Set<string>;
}

function gather(fields: readonly FormField[], said: Said): Said {
  for (const { meta, shape } of fields) {
    for (const text of [meta.title, meta.unit, ...Object.values(meta.labels ?? {})])
      if (text !== undefined) said.needed.add(text);
    if (meta.description !== undefined) said.descriptions.add(meta.description);
    if (meta.placeholder !== undefined) said.all.add(meta.placeholder);
    if (shape.kind === 'group') gather(shape.fields, said);
    if (shape.kind === 'list') gather(shape.item, said);
    if (shape.kind === 'variants') for (const { fields: own } of shape.variants) gather(own, said);
  }
  return said;
}

test('every node type and port has a Japanese name, and nothing else has', () => {
  const said = SPECS.flatMap(({ label, summary, inputs, outputs }) => [
    label,
    summary,
    ...(inputs ?? []).map((port) => port.label),
    ...outputs.map((port) => port.label),
  ]);
  assert.deepEqual(Object.keys(jaNodes).sort(), [...new Set(said)].sort());
});

test('every title, choice, unit and description of a setting is in Japanese, and nothing that no setting says', () => {
  const said: Said = { needed: new Set(), all: new Set(), descriptions: new Set() };
  for (const spec of SPECS) gather(formOf(spec), said);
  const missing = [...said.needed].filter((text) => !SAME.has(text) && !Object.hasOwn(jaSettings, text));
  assert.deepEqual(missing, []);
  const unused = Object.keys(jaSettings).filter((text) => !said.needed.has(text) && !said.all.has(text));
  assert.deepEqual(unused, []);
  assert.deepEqual(Object.keys(jaDescriptions).sort(), [...said.descriptions].sort());
});

test('a form is said in the language of the moment, and kept for each', () => {
  const spec = SPECS.find(({ type }) => type === 'filter');
  assert.ok(spec !== undefined);
  const title = (): string | undefined => formOf(spec).find(({ key }) => key === 'condition')?.meta.title;
  assert.equal(title(), 'Condition');
  setLanguage('ja');
  assert.equal(title(), '条件');
  setLanguage('en');
  assert.equal(title(), 'Condition');
});

test('the palette finds nodes by their Japanese names, and still by the English ones', () => {
  const found = (text: string): string[] => findSpecs(SPECS, text).map(({ type }) => type);
  assert.deepEqual(found('重複排除'), []);
  setLanguage('ja');
  assert.deepEqual(found('重複排除'), ['dedup']);
  assert.equal(found('filter')[0], 'filter');
});
