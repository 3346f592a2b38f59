import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SPECS } from '../../engine/specs.ts';
import { paletteSections } from './palette-sections.ts';

test('every node type stands in the palette once, between sources and sinks', () => {
  const sections = paletteSections(SPECS);
  assert.deepEqual(
    sections
      .flatMap((section) => section.specs)
      .map(({ type }) => type)
      .sort(),
    SPECS.map(({ type }) => type).sort(),
  );
  assert.equal(sections[0]?.name, 'source');
  assert.equal(sections.at(-1)?.name, 'sink');
  const joins = sections.find(({ name }) => name === 'join')?.specs.map(({ type }) => type) ?? [];
  assert.ok(joins.includes('join') && joins.includes('interval-join'), joins.join());
});

test('a heading without types is left out', () => {
  assert.deepEqual(
    paletteSections(SPECS.filter(({ type }) => type === 'window')).map(({ name }) => name),
    ['aggregate'],
  );
});
