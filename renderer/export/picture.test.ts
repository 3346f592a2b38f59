import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseDocument } from '../../engine/contract/parse.ts';
import { pictureOf } from './picture.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');

test('every example becomes a picture that stands for itself', () => {
  for (const file of globSync('*.weir', { cwd: EXAMPLES })) {
    const parsed = parseDocument(readFileSync(join(EXAMPLES, file), 'utf8'));
    assert.ok(parsed.ok);
    const picture = pictureOf(parsed.value, 'light');
    assert.ok(picture !== null, file);
    const { svg, width, height } = picture;
    assert.equal(svg.match(/<g /g)?.length, Object.keys(parsed.value.nodes).length, file);
    assert.ok(width > 200 && height > 50, file);
    assert.doesNotMatch(svg, /foreignObject|href|var\(|NaN|undefined/, file);
  }
});

test('texts of a document stay texts', () => {
  const parsed = parseDocument(
    JSON.stringify({
      weir: 1,
      name: '<script>',
      nodes: { a: { type: 'nothing', name: '"/><script>alert(1)</script>\u0001', config: {} } },
      edges: [],
    }),
  );
  assert.ok(parsed.ok);
  assert.doesNotMatch(pictureOf(parsed.value, 'dark')?.svg ?? '', /<script/);
});

test('an empty document has none', () => {
  const parsed = parseDocument('{"weir":1,"nodes":{},"edges":[]}');
  assert.ok(parsed.ok);
  assert.equal(pictureOf(parsed.value, 'light'), null);
});
